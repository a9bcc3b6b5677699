package io.longlink.remoting.exception;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A remote call that failed. {@link #outcome()} answers the question every caller has next: may the request have run?
 *
 * <p>Instances are immutable as far as this type is concerned and may be passed between threads.
 */
public class RemotingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is known about a request that failed. */
    public enum Outcome {
        /** No write was begun, or it failed so that no complete frame left: the request did not run and may be sent again. */
        NOT_SENT,
        /** The peer said that the request did not run; it may be sent again, preferably elsewhere. */
        REFUSED,
        /** The request left and nobody said what became of it: it may have run, so only an idempotent one may be repeated. */
        UNKNOWN
    }

    /** Never null; part of the serial form. */
    private final Outcome outcome;

    /**
     * Creates a failure without a cause.
     *
     * @param message what happened, for people
     * @param outcome whether the request may have run
     */
    public RemotingException(String message, Outcome outcome) {
        this(message, null, outcome);
    }

    /**
     * Creates a failure.
     *
     * @param message what happened, for people
     * @param cause what made it happen, null if there is nothing more to tell
     * @param outcome whether the request may have run
     */
    public RemotingException(String message, @Nullable Throwable cause, Outcome outcome) {
        super(message, cause);
        this.outcome = Objects.requireNonNull(outcome, "outcome");
    }

    /** {@return whether the request may have run} */
    public final Outcome outcome() {
        return outcome;
    }
}
