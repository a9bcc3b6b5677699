package io.longlink.remoting.exception;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot be written as a frame, a frame cannot be read as a command, or a custom header does not hold what it must.
 *
 * <p>When reading, the outcome is {@link RemotingException.Outcome#UNKNOWN}: an answer that cannot be read says nothing about the
 * request. When writing it is {@link RemotingException.Outcome#NOT_SENT}, because no byte of the frame left.
 */
public final class RemotingCommandException extends RemotingException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates a failure to read.
     *
     * @param message what is wrong with the command, never its whole content
     */
    public RemotingCommandException(String message) {
        this(message, null, Outcome.UNKNOWN);
    }

    /**
     * Creates a failure to read.
     *
     * @param message what is wrong with the command, never its whole content
     * @param cause why, null if there is nothing more to tell
     */
    public RemotingCommandException(String message, @Nullable Throwable cause) {
        this(message, cause, Outcome.UNKNOWN);
    }

    /**
     * Creates a failure with a known outcome.
     *
     * @param message what is wrong with the command, never its whole content
     * @param cause why, null if there is nothing more to tell
     * @param outcome whether the request may have run
     */
    public RemotingCommandException(String message, @Nullable Throwable cause, Outcome outcome) {
        super(message, cause, outcome);
    }
}
