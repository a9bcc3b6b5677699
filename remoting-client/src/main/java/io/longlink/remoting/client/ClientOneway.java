package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** One one-way request on its way to a connection that takes it. Event loop only, after it was submitted. */
final class ClientOneway extends ClientCall implements WriteListener {
    private final WriteListener caller;

    /** @param round the call's way through the name-server list; {@code null} if its address was given */
    ClientOneway(RemotingCommand request, long deadlineNanos, WriteListener caller, @Nullable AddressRound round) {
        super(request, deadlineNanos, round);
        this.caller = caller;
    }

    @Override
    public boolean wasRefused() {
        return false;
    }

    @Override
    void send(Connection connection) {
        connection.sendOneway(request, deadlineNanos(), this);
    }

    @Override
    public void onWritten() {
        caller.onWritten();
    }

    @Override
    public void fail(RemotingException cause) {
        caller.onFailure(cause);
    }
}
