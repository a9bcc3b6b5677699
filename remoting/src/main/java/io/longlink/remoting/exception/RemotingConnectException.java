package io.longlink.remoting.exception;

import org.jspecify.annotations.Nullable;

/**
 * No usable connection to the peer. Unless said otherwise the request was {@link RemotingException.Outcome#NOT_SENT not sent}.
 */
public final class RemotingConnectException extends RemotingException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure of an attempt to reach {@code addr}; nothing was sent.
     *
     * @param addr the address as the caller gave it
     */
    public RemotingConnectException(String addr) {
        this(addr, null);
    }

    /**
     * Creates the failure of an attempt to reach {@code addr}; nothing was sent.
     *
     * @param addr the address as the caller gave it
     * @param cause why it failed, null if unknown
     */
    public RemotingConnectException(String addr, @Nullable Throwable cause) {
        this("connect to <" + addr + "> failed", cause, Outcome.NOT_SENT);
    }

    /**
     * Creates a connection failure with its own words and outcome, for example for a connection that ended under a pending request.
     *
     * @param message what happened
     * @param cause why, null if unknown
     * @param outcome whether the request may have run
     */
    public RemotingConnectException(String message, @Nullable Throwable cause, Outcome outcome) {
        super(message, cause, outcome);
    }
}
