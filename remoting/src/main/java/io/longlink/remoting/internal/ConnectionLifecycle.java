package io.longlink.remoting.internal;

import io.longlink.remoting.ConnectionState;

/**
 * The states of one connection: OPENING, READY, DRAINING, CLOSED, never backwards. Pure; written on the event loop only, read anywhere.
 *
 * <p>Each {@code try} method returns whether it made the transition, so that whoever gets {@code true} notifies, once.
 */
final class ConnectionLifecycle {
    // Written on the connection's event loop only; volatile for callers who ask whether it is worth a try.
    private volatile ConnectionState state = ConnectionState.OPENING;

    ConnectionState state() {
        return state;
    }

    /** OPENING to READY. */
    boolean tryReady() {
        return transition(ConnectionState.READY, state == ConnectionState.OPENING);
    }

    /** OPENING or READY to DRAINING. */
    boolean tryDrain() {
        return transition(ConnectionState.DRAINING, state == ConnectionState.OPENING || state == ConnectionState.READY);
    }

    /** Any other state to CLOSED. */
    boolean tryClose() {
        return transition(ConnectionState.CLOSED, state != ConnectionState.CLOSED);
    }

    private boolean transition(ConnectionState next, boolean allowed) {
        if (allowed) {
            state = next;
        }
        return allowed;
    }
}
