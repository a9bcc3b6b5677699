package io.longlink.remoting.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends at a fixed rate, whatever becomes of what was sent: message {@code n} is due {@code n / rate} seconds after the start, and if the
 * sender is late it sends what is due at once and says when it was due. So nobody who makes the sender wait makes the latencies look
 * better.
 */
final class OpenLoop {

    /** Where messages go. */
    @FunctionalInterface
    interface Sender {
        /**
         * Sends without blocking.
         *
         * @param dueNanos on {@link System#nanoTime()}
         */
        void send(int id, long dueNanos);
    }

    /** A sender that is this late at the end gives up, and has sent too little. */
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int messages;
    private final int rate;
    private final long durationNanos;
    private final Sender sender;

    OpenLoop(int messages, int rate, Duration duration, Sender sender) {
        this.messages = messages;
        this.rate = rate;
        this.durationNanos = duration.toNanos();
        this.sender = sender;
    }

    /** Sends all messages; blocks until the last one is sent, it is too late for the rest, or the thread is interrupted. */
    void run() {
        long start = System.nanoTime();
        int id = 0;
        while (id < messages && !Thread.currentThread().isInterrupted()) {
            long now = System.nanoTime() - start;
            long due = dueNanos(id);
            if (due > now) {
                LockSupport.parkNanos(due - now);
            } else if (now > durationNanos + GIVE_UP_NANOS) {
                return;
            } else {
                sender.send(id, start + due);
                id++;
            }
        }
    }

    private long dueNanos(int id) {
        return (long) (id * (1e9 / rate));
    }
}
