package io.longlink.remoting.internal;

/** Something with a deadline; in one {@link DeadlineQueue} at a time. Event loop only. */
abstract class Deadline {
    // Both are the queue's to change.
    long deadlineNanos;
    int index = -1;

    /** @param deadlineNanos on the event loop's ticker */
    Deadline(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    final long deadlineNanos() {
        return deadlineNanos;
    }

    final boolean isQueued() {
        return index >= 0;
    }

    /** The deadline has come; it has left the queue already. */
    abstract void onDeadline();
}
