package io.longlink.remoting.internal;

/** The deadlines of one connection, the first of which is one of its event loop's. Event loop only. */
final class ConnectionDeadlines extends DeadlineQueue {
    private final LoopDeadlines all;

    ConnectionDeadlines(LoopDeadlines all) {
        super(all.loop());
        this.all = all;
    }

    @Override
    void arm(long nanos) {
        if (!isQueued() || nanos - deadlineNanos < 0) {
            all.move(this, nanos);
        }
    }

    @Override
    void disarm() {
        all.forget(this);
    }
}
