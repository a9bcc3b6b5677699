package io.longlink.remoting.exception;

/** The deadline of a call passed. The outcome tells whether the request had left by then. */
public final class RemotingTimeoutException extends RemotingException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message what was waited for and how long
     * @param outcome {@code NOT_SENT} if no write of the request had begun, {@code REFUSED} if a refused request found no time for another
     *     try, else {@code UNKNOWN}
     */
    public RemotingTimeoutException(String message, Outcome outcome) {
        super(message, outcome);
    }
}
