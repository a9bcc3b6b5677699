package io.longlink.remoting.internal;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is due on one connection, by what happened on it and when (DESIGN 4). Pure: it is told and asked, does nothing itself, and knows no
 * time but what it is given. Event loop only.
 *
 * <pre>
 *   nothing read, or nothing written, for long ---> PING ---not a byte for 5 s---> DEAD
 *   a request timed out, not a byte since      -+-> PING (HELLO peer)
 *                                               +-> DEAD (stock peer, on a client)
 *   silent for longer than the settings allow  ---> DEAD
 *   unused for long, or old                    ---> UNUSED, OLD: once
 * </pre>
 *
 * <p>All times are nanoseconds on one clock, whose zero and sign mean nothing, so that what is ahead is told as a duration.
 */
final class Liveness {

    /** What to do now. */
    enum Due {
        NOTHING,
        /** Ask the peer; tell {@link #onPingSent}, and {@link #onPingLeft} when it has left. */
        PING,
        /** Close: the peer was silent for too long. */
        DEAD,
        /** Tell the peer to go away: nobody has used the connection for long; tell {@link #onRetired}. */
        UNUSED,
        /** Tell the peer to go away: the connection has lived long enough; tell {@link #onRetired}. */
        OLD
    }

    /** What was seen of the connection until now. */
    interface Seen {
        /** When bytes came last. */
        long lastReadNanos();

        /** When bytes were given to the socket last. */
        long lastWriteNanos();

        /** When bytes that had piled up there were last seen to leave: the peer takes its time, but it takes them. */
        long lastProgressNanos();

        /** When a request of a user's came, went or was answered last. */
        long lastUseNanos();

        /** Whether a request is in flight, in either direction. */
        boolean isBusy();
    }

    /** A PING that was sent. Most connections never need one. */
    private static final class Ping {
        private final long sentNanos;
        private boolean left;
        private long leftNanos;

        Ping(long sentNanos) {
            this.sentNanos = sentNanos;
        }
    }

    /** How long not one byte may come after a PING has left, and how long it may take to leave. */
    static final long PING_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How soon to ask again when only work in flight keeps something from being due. */
    static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final Side side;
    private final LivenessSettings settings;
    private final Seen seen;
    private final long oldNanos;

    private @Nullable HelloAnswer told;
    private int stretch = 1;
    private @Nullable Ping lastPing;
    private boolean suspected;
    private long suspectedSinceNanos;
    private boolean retired;

    /**
     * A connection that has just been established.
     *
     * @param jitter from -0.1 to 0.1, by which the age this connection may reach differs from the others'
     */
    Liveness(Side side, LivenessSettings settings, Seen seen, double jitter, long nowNanos) {
        this.side = side;
        this.settings = settings;
        this.seen = seen;
        long age = Math.min(TimeUnit.MILLISECONDS.toNanos(settings.maxConnectionAgeMillis()), NEVER / 4);
        this.oldNanos = nowNanos + age + (long) (age * jitter);
    }

    private static long orNever(long millis) {
        return millis == 0 ? NEVER : TimeUnit.MILLISECONDS.toNanos(millis);
    }

    // ---------------------------------------------------------------- what happened

    /**
     * HELLO was answered.
     *
     * @param told by the server, to us or by us
     * @param stretch by how much to lengthen the time between PINGs: 1, or more after this server found them too many
     */
    void onHello(HelloAnswer told, int stretch) {
        this.told = told;
        this.stretch = stretch;
    }

    private long stretched(long nanos) {
        return nanos > NEVER / stretch ? NEVER : nanos * stretch;
    }

    void onPingSent(long nowNanos) {
        lastPing = new Ping(nowNanos);
        suspected = false;
    }

    /** @param sentNanos which PING: one may leave when the next has been sent already */
    void onPingLeft(long sentNanos, long nowNanos) {
        Ping sent = lastPing;
        if (sent != null && sent.sentNanos == sentNanos) {
            sent.left = true;
            sent.leftNanos = nowNanos;
        }
    }

    /** A request of a user's got no answer in time. Without meaning if anything was read since it was written. */
    void onTimeout(long writtenNanos) {
        if (isReadSince(writtenNanos) || (told == null && side == Side.SERVER)) {
            // A stock client need not answer its server at all; its silence has a limit of its own.
            return;
        }
        suspected = true;
        suspectedSinceNanos = writtenNanos;
    }

    /** The peer was told to go away, for whatever reason. */
    void onRetired() {
        retired = true;
    }

    // ---------------------------------------------------------------- what is due

    Due due(long nowNanos) {
        if (untilDead(nowNanos) <= 0) {
            return Due.DEAD;
        }
        if (untilOld(nowNanos) <= 0) {
            return Due.OLD;
        }
        if (untilUnused(nowNanos) <= 0) {
            return Due.UNUSED;
        }
        return untilPing(nowNanos) <= 0 ? Due.PING : Due.NOTHING;
    }

    /** How long from now nothing is due, if nothing happens; {@link Long#MAX_VALUE} if nothing ever is. */
    long untilDueNanos(long nowNanos) {
        return Math.min(
                Math.min(untilDead(nowNanos), untilPing(nowNanos)), Math.min(untilOld(nowNanos), untilUnused(nowNanos)));
    }

    private long untilDead(long now) {
        return Math.min(Math.min(untilPingIsLost(now), untilTooSilent(now)), isSuspected() && told == null ? 0 : NEVER);
    }

    private boolean isSuspected() {
        return suspected && !isReadSince(suspectedSinceNanos);
    }

    private boolean isReadSince(long nanos) {
        return seen.lastReadNanos() - nanos >= 0;
    }

    /** The last PING, if nothing has come since. */
    private @Nullable Ping openPing() {
        Ping sent = lastPing;
        return sent == null || isReadSince(sent.sentNanos) ? null : sent;
    }

    private long untilPingIsLost(long now) {
        Ping sent = openPing();
        if (sent == null) {
            return NEVER;
        }
        // Behind much that is still to leave it cannot leave sooner; only while that stands still its time runs.
        return after(sent.left ? sent.leftNanos : later(sent.sentNanos, seen.lastProgressNanos()), PING_TIMEOUT_NANOS, now);
    }

    private long untilTooSilent(long now) {
        // While we do not read, because the peer does not, its silence proves nothing; that it takes what we sent proves that it lives.
        long silentSince = later(seen.lastReadNanos(), seen.lastProgressNanos());
        long reader = after(silentSince, orNever(settings.readerIdleMillis()), now);
        if (side == Side.CLIENT) {
            return reader;
        }
        HelloAnswer hello = told;
        long idle = hello == null
                ? unlessBusy(after(later(silentSince, seen.lastWriteNanos()), orNever(settings.stockIdleMillis()), now))
                : after(silentSince, orNever(hello.maxIdleMillis()), now);
        return Math.min(reader, idle);
    }

    private long untilPing(long now) {
        HelloAnswer hello = told;
        if (hello == null || openPing() != null) {
            return NEVER;
        }
        long wanted = isSuspected() ? 0 : NEVER;
        if (side == Side.CLIENT) {
            long interval = stretched(orNever(settings.pingIntervalMillis()));
            long writeInterval = settings.pingIntervalMillis() == 0 ? NEVER : Math.min(interval, third(hello));
            long read = seen.lastReadNanos();
            long write = seen.lastWriteNanos();
            wanted = Math.min(wanted, after(read, interval, now));
            wanted = Math.min(wanted, after(write, writeInterval, now));
            wanted = Math.min(wanted, after(write, orNever(settings.writerIdleMillis()), now));
            wanted = Math.min(wanted, after(later(read, write), orNever(settings.allIdleMillis()), now));
        }
        Ping sent = lastPing;
        return sent == null ? wanted : Math.max(wanted, after(sent.sentNanos, minPingNanos(hello), now));
    }

    /** A peer that shall hear of us every maxIdleMillis gets three chances. */
    private static long third(HelloAnswer hello) {
        return hello.maxIdleMillis() <= 0 ? NEVER : TimeUnit.MILLISECONDS.toNanos(hello.maxIdleMillis()) / 3;
    }

    private long minPingNanos(HelloAnswer hello) {
        return side == Side.SERVER ? 0 : stretched(TimeUnit.MILLISECONDS.toNanos(Math.max(0, hello.minPingIntervalMillis())));
    }

    private long untilOld(long now) {
        return retired || settings.maxConnectionAgeMillis() == 0 ? NEVER : oldNanos - now;
    }

    private long untilUnused(long now) {
        return retired ? NEVER : unlessBusy(after(seen.lastUseNanos(), orNever(settings.maxConnectionIdleMillis()), now));
    }

    private long unlessBusy(long until) {
        return seen.isBusy() ? Math.max(until, BUSY_NANOS) : until;
    }

    private static long after(long since, long nanos, long now) {
        return nanos == NEVER ? NEVER : since + nanos - now;
    }

    private static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }
}
