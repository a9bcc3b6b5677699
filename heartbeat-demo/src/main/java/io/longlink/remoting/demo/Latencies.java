package io.longlink.remoting.demo;

import java.util.concurrent.atomic.LongAccumulator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long messages took, measured from the moment they were due and not from the moment they were sent, so that a sender that falls
 * behind makes the numbers worse and not better. Durable messages, which wait for a commit by design, are told apart. Thread-safe, but
 * for {@link #interval}.
 */
final class Latencies {

    /** The slowest percent of what ended in an interval, in microseconds; 0 if nothing did. */
    record Interval(long p99Micros, long durableP99Micros) {}

    private final Recorder prompt = new Recorder(3);
    private final Recorder durable = new Recorder(3);
    private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);

    /** A message has been answered or, if it is one-way, written. */
    void record(MessageKind kind, long dueNanos) {
        long nanos = Math.max(0, System.nanoTime() - dueNanos);
        longestNanos.accumulate(nanos);
        (kind == MessageKind.DURABLE ? durable : prompt).recordValue(nanos / 1_000);
    }

    /** What ended since the last call. One caller at a time. */
    Interval interval() {
        return new Interval(p99(prompt), p99(durable));
    }

    private static long p99(Recorder recorder) {
        Histogram histogram = recorder.getIntervalHistogram();
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(99);
    }

    /** The longest of all. */
    long maxMillis() {
        return longestNanos.get() / 1_000_000;
    }
}
