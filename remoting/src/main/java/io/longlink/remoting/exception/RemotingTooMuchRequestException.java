package io.longlink.remoting.exception;

/** A local limit on concurrent or waiting calls is reached; nothing was sent. */
public final class RemotingTooMuchRequestException extends RemotingException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message which limit, and how much is in use
     */
    public RemotingTooMuchRequestException(String message) {
        super(message, Outcome.NOT_SENT);
    }
}
