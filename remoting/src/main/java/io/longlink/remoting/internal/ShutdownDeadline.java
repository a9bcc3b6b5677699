package io.longlink.remoting.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** When a shutdown must be over; others may pull it forward while the thread of the shutdown waits for it. Thread-safe. */
public final class ShutdownDeadline {
    /** What ending executors, event loops and events may take together, once connections have ended (DESIGN 3.2.6). */
    private static final Duration TEARDOWN = Duration.ofSeconds(3);

    private final AtomicLong deadlineNanos;
    private volatile @Nullable Thread waiter;

    ShutdownDeadline(long deadlineNanos) {
        this.deadlineNanos = new AtomicLong(deadlineNanos);
    }

    /** The deadline of a teardown that begins now. */
    public static ShutdownDeadline forTeardown() {
        return in(TEARDOWN);
    }

    /** A deadline of its own, that nobody else pulls forward. */
    public static ShutdownDeadline in(Duration time) {
        return new ShutdownDeadline(System.nanoTime() + time.toNanos());
    }

    /** Makes it earlier; a later time changes nothing. */
    void pullForward(long nanos) {
        deadlineNanos.accumulateAndGet(nanos, (now, wanted) -> wanted - now < 0 ? wanted : now);
        LockSupport.unpark(waiter);
    }

    /** What is left, in nanoseconds; 0 or less when it is over. */
    public long leftNanos() {
        return deadlineNanos.get() - System.nanoTime();
    }

    /** What is left, in milliseconds, not negative. */
    public long leftMillis() {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNanos()));
    }

    /** Waits until none of any is in use, or the deadline has come. Shutdown thread only. */
    public boolean awaitNone(InUseCount... counts) {
        return awaitNone(List.of(counts), Long.MAX_VALUE);
    }

    /** Waits until none is in use, or {@code atMostNanos} have passed, or the deadline has come. Shutdown thread only. */
    public boolean awaitNone(InUseCount count, long atMostNanos) {
        return awaitNone(List.of(count), atMostNanos);
    }

    private boolean awaitNone(List<InUseCount> counts, long atMostNanos) {
        counts.forEach(InUseCount::wakeMe);
        try {
            return await(() -> counts.stream().allMatch(count -> count.get() == 0), atMostNanos);
        } finally {
            counts.forEach(InUseCount::letMeSleep);
        }
    }

    /** Waits for {@code millis}, or until the deadline has come. Shutdown thread only. */
    public void pause(long millis) {
        await(() -> false, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private boolean await(BooleanSupplier over, long atMostNanos) {
        waiter = Thread.currentThread();
        long beganNanos = System.nanoTime();
        while (!over.getAsBoolean()) {
            long left = Math.min(leftNanos(), atMostNanos - (System.nanoTime() - beganNanos));
            if (left <= 0) {
                return over.getAsBoolean();
            }
            LockSupport.parkNanos(this, left);
        }
        return true;
    }
}
