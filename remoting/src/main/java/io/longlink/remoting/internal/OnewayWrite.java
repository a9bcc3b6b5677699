package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import org.jspecify.annotations.Nullable;

/** A one-way request between our buffer and the kernel's; tells its listener once. Event loop only. */
final class OnewayWrite extends DeadlineQueue.Node {
    private final String peer;
    private @Nullable WriteListener listener;

    OnewayWrite(long deadlineNanos, WriteListener listener, String peer) {
        super(deadlineNanos);
        this.listener = listener;
        this.peer = peer;
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
        fail(new RemotingTimeoutException("not written to " + peer + " in time, it may still be", Outcome.UNKNOWN));
    }
}
