package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import org.jspecify.annotations.Nullable;

/** A one-way request between our buffer and the kernel's; tells its listener once. Event loop only. */
final class OnewayWrite extends Deadline implements ChannelFutureListener {
    private final ConnectionHandler connection;
    private @Nullable WriteListener listener;

    OnewayWrite(ConnectionHandler connection, long deadlineNanos, WriteListener listener) {
        super(deadlineNanos);
        this.connection = connection;
        this.listener = listener;
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        connection.onWriteEnd(this, written);
    }

    void succeed() {
        WriteListener waiting = listener;
        listener = null;
        if (waiting != null) {
            waiting.onWritten();
        }
    }

    void fail(RemotingException cause) {
        WriteListener waiting = listener;
        listener = null;
        if (waiting != null) {
            waiting.onFailure(cause);
        }
    }

    @Override
    void onDeadline() {
        fail(new RemotingTimeoutException("not written to " + connection.remoteAddress() + " in time, it may still be", Outcome.UNKNOWN));
    }
}
