package io.longlink.remoting.demo;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting on the monotonic clock. Stateless. */
final class Pause {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Pause() {}

    /** Waits until {@link System#nanoTime()} says {@code nanos} or later. */
    static void until(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = nanos - System.nanoTime();
        }
    }

    /** Waits until a condition holds, or for {@code millis}; says whether it holds. The condition is asked every few milliseconds. */
    static boolean untilTrue(BooleanSupplier condition, long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNanos >= 0) {
                return false;
            }
            until(System.nanoTime() + POLL_NANOS);
        }
        return true;
    }

    /** Milliseconds since then; 0 if that is still to come. */
    static long millisSince(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos));
    }
}
