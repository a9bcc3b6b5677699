package io.longlink.remoting.internal;

import io.longlink.remoting.internal.DrainTally.End;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does about one connection while it drains, after the gate flipped (DESIGN 3.2.2, 3.2.5): a HELLO peer is told, and asked
 * every 5 s whether it lives; a stock peer is closed when it is quiet. Event loop only.
 */
final class ServerDrain {
    /** How long not one byte may come after a PING has left (DESIGN 4). */
    static final long PING_TIMEOUT_MILLIS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(ServerDrain.class);

    private final ConnectionHandler connection;
    private final long quietNanos;

    ServerDrain(ConnectionHandler connection, long quietMillis) {
        this.connection = connection;
        this.quietNanos = TimeUnit.MILLISECONDS.toNanos(quietMillis);
    }

    /** Asks a HELLO peer that was told to go away whether it still lives, again and again until the connection ends. */
    void watchHelloPeer() {
        if (connection.isOver()) {
            return;
        }
        connection.ping(() -> {
            long leftNanos = connection.now();
            connection.after(PING_TIMEOUT_MILLIS, () -> {
                if (isAliveSince(leftNanos)) {
                    watchHelloPeer();
                } else {
                    // One more turn of the loop: bytes may wait behind this task that were only not read yet.
                    connection.soon(() -> judge(leftNanos));
                }
            });
        }, ReplyListener.NOBODY);
    }

    private void judge(long pingLeftNanos) {
        if (connection.isOver()) {
            return;
        }
        if (isAliveSince(pingLeftNanos)) {
            watchHelloPeer();
            return;
        }
        log.warn("closing the connection with {}: a PING stayed unanswered during the drain", connection.remoteAddress());
        connection.close(new IOException("a PING stayed unanswered during the drain"));
    }

    /** While we do not read, because the peer does not, there is nothing to judge by. */
    private boolean isAliveSince(long nanos) {
        return connection.lastReadNanos() - nanos >= 0 || !connection.isReading();
    }

    /** Closes a stock peer when nothing is in flight, everything written has left, and no frame has passed for the quiet time. */
    void closeWhenQuiet() {
        if (connection.isOver()) {
            return;
        }
        long quietFor = connection.now() - connection.lastFrameNanos();
        if (!connection.isIdle() || quietFor < quietNanos) {
            again(Math.max(quietNanos - quietFor, quietNanos / 10));
            return;
        }
        long askedNanos = connection.now();
        connection.flushThen(() -> {
            if (connection.isOver()) {
                return;
            }
            boolean atOnce = connection.now() - askedNanos < quietNanos / 10;
            if (atOnce && connection.isIdle()) {
                connection.endOutput(End.QUIET);
            } else {
                // The peer has only just got the rest of an answer: its quiet time begins now.
                again(quietNanos);
            }
        });
    }

    private void again(long nanos) {
        connection.after(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, this::closeWhenQuiet);
    }
}
