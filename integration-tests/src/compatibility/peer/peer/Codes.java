package peer;

/** The request codes of a run, and the ext fields by which requests are told apart. */
final class Codes {
    static final int ECHO = 1000;
    static final int RECORD = 1001;
    static final int HEADER = 1002;
    static final int BUSY = 1003;
    static final int BROKEN = 1004;
    static final int ASK_BACK = 1005;
    static final int ASKED_BACK = 1006;
    static final int WAS_EXECUTED = 1007;
    static final int UNKNOWN = 1999;

    static final String RUN = "run";
    static final String ID = "id";

    private Codes() {}
}
