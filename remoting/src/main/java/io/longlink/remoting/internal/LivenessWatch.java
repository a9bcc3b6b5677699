package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Liveness.Due;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the {@link Liveness} of one connection what happens on it, asks it what is due, and has that done. One deadline at a time, however
 * much is read and written: when it comes, what happened meanwhile moves it. Event loop only.
 */
final class LivenessWatch extends Deadline implements Liveness.Seen {
    /** A connection gets from nine tenths to eleven tenths of the age in the settings. */
    private static final double AGE_JITTER = 0.1;

    private static final Logger log = LoggerFactory.getLogger(LivenessWatch.class);

    private final ConnectionHandler connection;
    private final Liveness liveness;
    private long unsentBytes;
    private boolean secondLook;

    // From the first PING on.
    private @Nullable PingStrikes strikes;

    /** The watch of a connection that is being made. */
    LivenessWatch(ConnectionHandler connection, Side side, RandomGenerator random) {
        super(connection.now());
        long now = deadlineNanos();
        this.connection = connection;
        this.liveness = new Liveness(side, connection.settings().liveness(), this, random.nextDouble(-AGE_JITTER, AGE_JITTER), now);
    }

    /** The connection is established. */
    void start() {
        check(false);
    }

    /** HELLO was answered well, by them or by us. */
    void onHello(HelloAnswer told, int stretch) {
        liveness.onHello(told, stretch);
        check(false);
    }

    /** A PING has come; whether it is one too many. */
    boolean onPing() {
        PingStrikes counted = strikes;
        if (counted == null) {
            counted = new PingStrikes(TimeUnit.MILLISECONDS.toNanos(connection.settings().hello().minPingIntervalMillis()));
            strikes = counted;
        }
        return counted.onPing(connection.now());
    }

    /** A request of the user's got no answer in time. */
    void onTimeout(long writtenNanos) {
        if (connection.isOver()) {
            return;
        }
        if (connection.settings().liveness().closeOnTimeout()) {
            log.debug("closing the connection with {}: a request timed out", connection.remoteAddress());
            connection.close(null);
            return;
        }
        observe(connection.now());
        liveness.onTimeout(writtenNanos);
        check(false);
    }

    /** The peer was told to go away. */
    void onRetired() {
        liveness.onRetired();
    }

    /** Whether what has piled up grows less is not told, it has to be looked at. */
    private void observe(long now) {
        if (!connection.traffic().hasUnflushed()) {
            // What waits for its flush does not wait for the peer.
            long unsent = connection.unsentBytes();
            if (unsent != unsentBytes && unsentBytes != 0) {
                connection.traffic().onProgress(now);
            }
            unsentBytes = unsent;
        }
    }

    @Override
    public long lastReadNanos() {
        return connection.traffic().lastReadNanos();
    }

    @Override
    public long lastWriteNanos() {
        return connection.traffic().lastWriteNanos();
    }

    @Override
    public long lastProgressNanos() {
        return connection.traffic().lastProgressNanos();
    }

    @Override
    public long lastUseNanos() {
        return connection.lastUseNanos();
    }

    @Override
    public boolean isBusy() {
        return !connection.isIdle();
    }

    /** @param secondLook whether everything that had arrived by the last look has been read now */
    private void check(boolean secondLook) {
        if (connection.isOver()) {
            // Its end has its own limits.
            return;
        }
        long now = connection.now();
        observe(now);
        Due due = liveness.due(now);
        if (due == Due.DEAD && !secondLook) {
            // This thread may have been held up, and the bytes that prove life may wait in the socket.
            await(1, true);
            return;
        }
        switch (due) {
            case NOTHING -> {}
            case PING -> {
                liveness.onPingSent(now);
                connection.ping(() -> onPingLeft(now), new AtTheAnswer());
            }
            case DEAD -> {
                log.debug("closing the connection with {}: it was silent for too long", connection.remoteAddress());
                connection.closeSilent();
            }
            case UNUSED -> connection.retireAlone(GoAwayNotice.REASON_IDLE);
            case OLD -> connection.retireAlone(GoAwayNotice.REASON_AGE);
            default -> throw new AssertionError(due);
        }
        awaitNext(now);
    }

    private void onPingLeft(long sentNanos) {
        long now = connection.now();
        liveness.onPingLeft(sentNanos, now);
        awaitNext(now);
    }

    /** The next PING may be due sooner than the end of this one's time. */
    private final class AtTheAnswer implements ReplyListener {
        @Override
        public void onResponse(RemotingCommand response) {
            check(false);
        }

        @Override
        public void onFailure(RemotingException cause) {}
    }

    private void awaitNext(long now) {
        if (!connection.isOver()) {
            await(liveness.untilDueNanos(now), false);
        }
    }

    private void await(long nanos, boolean secondLook) {
        if (nanos == Long.MAX_VALUE) {
            connection.deadlines().remove(this);
            return;
        }
        this.secondLook = secondLook;
        connection.deadlines().move(this, connection.now() + nanos);
    }

    @Override
    void onDeadline() {
        check(secondLook);
    }
}
