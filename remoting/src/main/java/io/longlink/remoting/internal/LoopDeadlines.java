package io.longlink.remoting.internal;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one event loop, behind one timer: those of its connections, each of which is a queue itself. A timer for each of ten
 * thousand idle connections would be more than what it waits for. Event loop only.
 */
final class LoopDeadlines extends DeadlineQueue implements Runnable {
    private @Nullable Future<?> timer;

    LoopDeadlines(EventExecutor loop) {
        super(loop);
    }

    /** Takes one out for good. */
    void forget(Deadline deadline) {
        remove(deadline);
        if (size() == 0) {
            disarm();
        }
    }

    @Override
    void arm(long nanos) {
        Future<?> armed = timer;
        if (armed != null) {
            if (nanos - deadlineNanos >= 0) {
                return;
            }
            armed.cancel(false);
        }
        deadlineNanos = nanos;
        timer = loop().schedule(this, Math.max(0, nanos - loop().ticker().nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    void disarm() {
        Future<?> armed = timer;
        timer = null;
        if (armed != null) {
            armed.cancel(false);
        }
    }

    @Override
    public void run() {
        timer = null;
        onDeadline();
    }
}
