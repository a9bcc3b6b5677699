package io.longlink.remoting.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** What the callers of a client count together, and how they are stopped. Thread-safe. */
final class Tally {
    /** One in so many calls of those that cost little is timed, so that the clock costs nobody much. */
    static final int TIMED_SHARE = 16;

    private final LongAdder ended = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Recorder latencies = new Recorder(TimeUnit.MINUTES.toNanos(1), 3);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /** So many calls have ended well, or so many one-ways were taken. */
    void ended(int calls) {
        ended.add(calls);
    }

    void refused() {
        refused.increment();
    }

    void timed(long nanos) {
        latencies.recordValue(nanos);
    }

    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
    }

    Recorder latencies() {
        return latencies;
    }

    /** So far. @throws IllegalStateException if a call has failed */
    Figures counted() {
        Throwable broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("a call failed: " + broken, broken);
        }
        return Figures.NONE.with("calls", ended.sum()).with("refusals", refused.sum());
    }
}
