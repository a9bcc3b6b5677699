package io.longlink.remoting.demo.process;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A talk with another JVM: a command, then answers, each a line that begins with the word that was agreed on. One thread at a time. */
public final class Dialogue implements AutoCloseable {
    private static final String END = "its end";
    private static final long END_MILLIS = 5_000;

    /**
     * A JVM that lives for ten seconds and shares two processors had better use them for its work than for compiling it as well as it can.
     * It takes most of what it allocates to its end: a collection would stop ten thousand clients at once, which real ones never do. The
     * rest spares people the warnings that some JDKs have about Netty.
     */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms1g",
            "-Xmx1g",
            "-Xmn700m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final String name;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final ChildJvm child;

    /**
     * Starts the JVM.
     *
     * @param name what people call it
     * @param main its class, which serves {@link Commands}
     */
    public Dialogue(String name, Class<?> main) {
        this.name = name;
        child = ChildJvm.start(JVM_OPTIONS, main, List.of(), heard::add);
        child.outputEnded().whenComplete((nothing, failure) -> heard.add(END));
    }

    /** Says something to which nobody waits for an answer yet. */
    public void say(String command) {
        child.send(command);
    }

    /** Says something and waits for the one answer to it. */
    public String ask(String command, String word, long millis) throws InterruptedException {
        say(command);
        return hear(word, millis);
    }

    /**
     * Waits for the next line.
     *
     * @return what comes behind the word
     * @throws IllegalStateException if it does not come in time, or another one does, or the JVM has ended
     */
    public String hear(String word, long millis) throws InterruptedException {
        String line = heard.poll(millis, TimeUnit.MILLISECONDS);
        if (line == null || !line.startsWith(word)) {
            throw new IllegalStateException(
                    "the JVM of " + name + " should have said '" + word + "' within " + millis + " ms; it said " + quoted(line));
        }
        return line.substring(word.length()).trim();
    }

    /**
     * Waits that long and expects to hear nothing; returns at once if there is no time to wait.
     *
     * @throws IllegalStateException if the JVM says something or has ended
     */
    public void hearNothing(long millis) throws InterruptedException {
        String line = millis <= 0 ? null : heard.poll(millis, TimeUnit.MILLISECONDS);
        if (line != null) {
            throw new IllegalStateException("the JVM of " + name + " should have been quiet; it said " + quoted(line));
        }
    }

    private static String quoted(@Nullable String line) {
        return line == null ? "nothing" : "'" + line + "'";
    }

    /** Ends the JVM, without a warning as a crash would, and waits until it is gone. */
    public void end() throws InterruptedException {
        child.close();
        if (!child.awaitEnd(END_MILLIS)) {
            throw new IllegalStateException("the JVM of " + name + " does not end");
        }
    }

    /** Ends the JVM, in a hurry. */
    @Override
    public void close() {
        child.close();
    }
}
