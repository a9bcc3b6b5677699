package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Connection;

/** A call that can wait for its address and then be sent, perhaps more than once. Belongs to the event loop of its slot. */
interface WaitingCall {

    /** On the event loops' clock. */
    long deadlineNanos();

    /** When the user made the call; the order of those that were refused. */
    long begunNanos();

    /** Bytes it keeps while it waits. */
    long bodyBytes();

    /** Whether a server had it and refused it. Such a call has a place in every line, and says so when it fails. */
    boolean wasRefused();

    /** Sends it; what becomes of it comes back to the slot or goes to the user. */
    void sendOn(Connection connection);

    /** Ends it. */
    void fail(RemotingException cause);
}
