package io.longlink.remoting.exception;

/** The peer is leaving and refused the request; it certainly did not run ({@link RemotingException.Outcome#REFUSED}). */
public final class RemotingGoAwayException extends RemotingSendRequestException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message which peer refused what
     */
    public RemotingGoAwayException(String message) {
        super(message, null, Outcome.REFUSED);
    }
}
