package io.longlink.remoting.internal;

import io.longlink.remoting.DrainReport;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What one drain has counted so far, over all its connections. Thread-safe. */
public final class DrainTally {

    /** How a connection ended; each is one part of {@link DrainReport}. */
    public enum End {
        /** The peer ended its stream. */
        CLOSED_BY_PEER,
        /** We did, with nothing left to do. */
        QUIET,
        /** We did, with work left. */
        FORCED,
        /** It broke, or its peer was dead. */
        BROKEN
    }

    private final Map<End, LongAdder> ends = new EnumMap<>(End.class);
    final LongAdder connections = new LongAdder();
    final LongAdder told = new LongAdder();
    final LongAdder inFlight = new LongAdder();
    final LongAdder acceptedLater = new LongAdder();
    final LongAdder finished = new LongAdder();
    final LongAdder unanswered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder oneWaysExecuted = new LongAdder();

    /** An empty tally. */
    public DrainTally() {
        for (End end : End.values()) {
            ends.put(end, new LongAdder());
        }
    }

    void ended(End end) {
        LongAdder adder = ends.get(end);
        if (adder != null) {
            adder.increment();
        }
    }

    /** The report of what was counted until now. */
    public DrainReport report(Duration duration) {
        return new DrainReport(
                connections.sum(),
                told.sum(),
                sum(End.CLOSED_BY_PEER),
                sum(End.QUIET),
                sum(End.FORCED),
                sum(End.BROKEN),
                inFlight.sum(),
                acceptedLater.sum(),
                finished.sum(),
                unanswered.sum(),
                refused.sum(),
                oneWaysExecuted.sum(),
                duration);
    }

    /**
     * The report of a drain that could not end every connection, because something blocks an event loop: those that are left, and what is in
     * flight on them, count as forced and unanswered.
     */
    public DrainReport reportWithThoseLeft(Duration duration) {
        // Whoever ends right now must not count twice, so that everything is read once.
        DrainReport counted = report(duration);
        return new DrainReport(
                counted.connections(),
                counted.told(),
                counted.closedByPeer(),
                counted.quietClosed(),
                counted.connections() - counted.closedByPeer() - counted.quietClosed() - counted.broken(),
                counted.broken(),
                counted.inFlight(),
                counted.acceptedLater(),
                counted.finished(),
                counted.inFlight() + counted.acceptedLater() - counted.finished(),
                counted.refused(),
                counted.oneWaysExecuted(),
                duration);
    }

    private long sum(End end) {
        LongAdder adder = ends.get(end);
        return adder == null ? 0 : adder.sum();
    }
}
