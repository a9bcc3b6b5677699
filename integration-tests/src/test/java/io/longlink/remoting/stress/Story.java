package io.longlink.remoting.stress;

import java.util.Comparator;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What happened in one round, in order. Thread-safe. */
final class Story {

    private record Line(long nanos, String text) {}

    private final long beganNanos = System.nanoTime();
    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

    void add(String text) {
        lines.add(new Line(System.nanoTime(), text));
    }

    /** Nobody will ask any more. */
    void forget() {
        lines.clear();
    }

    @Override
    public String toString() {
        return lines.stream()
                .sorted(Comparator.comparingLong(line -> line.nanos() - beganNanos))
                .map(line -> String.format(Locale.ROOT, "%9.3f ms  %s", (line.nanos() - beganNanos) / 1e6, line.text()))
                .collect(Collectors.joining("\n"));
    }
}
