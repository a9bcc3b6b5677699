package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;

/** One one-way request on its way to a connection that takes it. Event loop only, after it was submitted. */
record ClientOneway(ChannelWrapper slot, RemotingCommand request, long begunNanos, long deadlineNanos, WriteListener caller)
        implements WaitingCall, WriteListener {

    @Override
    public long bodyBytes() {
        byte[] body = request.getBody();
        return body == null ? 0 : body.length;
    }

    @Override
    public boolean wasRefused() {
        return false;
    }

    @Override
    public void sendOn(Connection connection) {
        connection.sendOneway(request, connection.deadlineFromSystem(deadlineNanos), this);
    }

    @Override
    public void onWritten() {
        caller.onWritten();
    }

    @Override
    public void onFailure(RemotingException cause) {
        if (cause.outcome() == Outcome.NOT_SENT && !(cause instanceof RemotingCommandException)) {
            slot.submitAgain(this, cause);
        } else {
            caller.onFailure(cause);
        }
    }

    @Override
    public void fail(RemotingException cause) {
        caller.onFailure(cause);
    }
}
