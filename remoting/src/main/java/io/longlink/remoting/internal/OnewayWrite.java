package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import org.jspecify.annotations.Nullable;

/** A one-way request between our buffer and the kernel's; tells its listener once. Event loop only. */
final class OnewayWrite extends Deadline implements RequestPromise.Listener {
    private final ConnectionHandler connection;
    private @Nullable WriteListener listener;

    OnewayWrite(ConnectionHandler connection, long deadlineNanos, WriteListener listener) {
        super(deadlineNanos);
        this.connection = connection;
        this.listener = listener;
    }

    /** Whether nobody waits for it any more. */
    boolean isOver() {
        return listener == null;
    }

    @Override
    public void onWriteEnd(@Nullable Throwable failure) {
        connection.onWriteEnd(this, failure);
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
