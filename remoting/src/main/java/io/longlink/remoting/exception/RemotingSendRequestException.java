package io.longlink.remoting.exception;

import org.jspecify.annotations.Nullable;

/** A request could not be handed over to the peer, or the peer turned it away. */
public class RemotingSendRequestException extends RemotingException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message what happened
     * @param cause why, null if there is nothing more to tell
     * @param outcome whether the request may have run
     */
    public RemotingSendRequestException(String message, @Nullable Throwable cause, Outcome outcome) {
        super(message, cause, outcome);
    }
}
