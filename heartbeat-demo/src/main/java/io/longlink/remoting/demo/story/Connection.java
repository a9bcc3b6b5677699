package io.longlink.remoting.demo.story;

import io.longlink.remoting.AddressState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.IntCountsHistogram;

/** What is remembered of one client and one address. Confined to {@link Timeline}'s lock. */
final class Connection {
    static final int MAX_CHANGES = 1_000;

    /** What "in the last seconds" means: up to two of these. */
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record TimedChange(long atNanos, AddressState state) {}

    private final List<TimedChange> changes = new ArrayList<>();
    private final IntCountsHistogram all = MessageCells.histogram();
    private IntCountsHistogram recent = MessageCells.histogram();
    private IntCountsHistogram lessRecent = MessageCells.histogram();
    private long recentSinceNanos;
    private AddressState state = AddressState.IDLE;
    private long moreChanges;
    private int timesReady;
    private boolean beaten;
    private long beatNanos;
    long inFlight;
    long failed;

    void changed(long atNanos, AddressState after) {
        state = after;
        if (after == AddressState.READY) {
            timesReady++;
        }
        if (changes.size() < MAX_CHANGES) {
            changes.add(new TimedChange(atNanos, after));
        } else {
            moreChanges++;
        }
    }

    void answered(long atNanos, long micros) {
        forget(atNanos);
        all.recordValue(micros);
        recent.recordValue(micros);
    }

    void beat(long atNanos) {
        beaten = true;
        beatNanos = atNanos;
    }

    private void forget(long nowNanos) {
        long age = nowNanos - recentSinceNanos;
        if (age < RECENT_NANOS) {
            return;
        }
        IntCountsHistogram oldest = lessRecent;
        lessRecent = recent;
        recent = oldest;
        recent.reset();
        if (age >= 2 * RECENT_NANOS) {
            lessRecent.reset();
        }
        recentSinceNanos = nowNanos;
    }

    private int reconnects() {
        return Math.max(0, timesReady - 1);
    }

    Row row(String client, String server, String address, long nowNanos) {
        forget(nowNanos);
        IntCountsHistogram both = lessRecent.copy();
        both.add(recent);
        long age = beaten ? TimeUnit.NANOSECONDS.toMillis(nowNanos - beatNanos) : -1;
        return new Row(client, server, address, state, age, MessageCells.spread(both), inFlight, reconnects());
    }

    Picture.Band band(String client, String server, String address, LongUnaryOperator millis) {
        return new Picture.Band(
                client,
                server,
                address,
                changes.stream().map(change -> new Picture.Change(millis.applyAsLong(change.atNanos), change.state)).toList(),
                moreChanges,
                MessageCells.spread(all),
                failed,
                reconnects());
    }
}
