package io.longlink.remoting.compatibility;

/** What came of single calls: "ok", or what was wrong. */
record Answer(String text) implements Outcome {
    @Override
    public boolean isClean() {
        return text.equals(Calls.OK);
    }

    @Override
    public String toString() {
        return text;
    }
}
