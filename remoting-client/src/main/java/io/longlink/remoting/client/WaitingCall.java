package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A call that can wait for its address and then be sent, perhaps more than once. Belongs to the event loop of the slot it
 * is with, which may change until it is sent.
 */
interface WaitingCall {

    /** On the event loops' clock. */
    long deadlineNanos();

    /** When the user made the call; the order of those that were refused. */
    long begunNanos();

    /** Bytes it keeps while it waits. */
    long bodyBytes();

    /** Whether a server had it and refused it. Such a call has a place in every line, and says so when it fails. */
    boolean wasRefused();

    /** Whether a server that leaves says so when it gets this call, instead of dropping it. */
    default boolean canBeRefused() {
        return false;
    }

    /** What brings it to a slot, as a task of the slot's event loop. */
    default Runnable wayTo(ChannelWrapper slot) {
        return () -> slot.sendOrWait(this);
    }

    /** Sends it; what becomes of it comes back to this slot, the connection's, or goes to the user. */
    void sendOn(ChannelWrapper slot, Connection connection);

    /**
     * Asked where it would have to wait. A call that has other addresses leaves for one that is READY: it ends its try here, unsent, and
     * the slot has no more to do with it.
     *
     * @param justReady the address that became READY right now; {@code null} when the call is about to enter the line
     * @return whether it left
     */
    default boolean tryLeave(@Nullable String justReady) {
        return false;
    }

    /** Ends it. */
    void fail(RemotingException cause);
}
