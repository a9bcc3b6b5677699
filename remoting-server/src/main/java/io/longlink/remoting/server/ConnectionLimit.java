package io.longlink.remoting.server;

import io.longlink.remoting.RemotingHelper;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places of one listening port. A connection holds one from the moment it is accepted until its peer is told to go away, so that there
 * is room for what the peer makes instead, or until it closes. Thread-safe, and exact: each place is given back once.
 */
final class ConnectionLimit {
    /** Whoever is refused tries again and again; the log hears of it so often. */
    static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

    private final int maxConnections;
    private final Ticker ticker;
    // Unused if there is room for any number.
    private final Semaphore places;
    private final Set<Channel> holders = ConcurrentHashMap.newKeySet();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong warnedNanos;

    /** @param maxConnections how many places there are; 0 for any number */
    ConnectionLimit(int maxConnections, Ticker ticker) {
        this.maxConnections = maxConnections;
        this.ticker = ticker;
        this.places = new Semaphore(maxConnections);
        this.warnedNanos = new AtomicLong(ticker.nanoTime() - WARN_NANOS);
    }

    /** Takes a place for a channel that was accepted; false, and perhaps a line in the log, if there is none. Never blocks. */
    boolean tryEnter(Channel channel) {
        if (maxConnections == 0) {
            return true;
        }
        if (!places.tryAcquire()) {
            warn(channel);
            return false;
        }
        holders.add(channel);
        channel.closeFuture().addListener(closed -> leave(channel));
        return true;
    }

    private void warn(Channel channel) {
        long refusals = refused.incrementAndGet();
        long now = ticker.nanoTime();
        long warned = warnedNanos.get();
        if (now - warned >= WARN_NANOS && warnedNanos.compareAndSet(warned, now)) {
            log.warn("refusing {}: there are {} connections, as many as maxConnections allows; {} refused until now",
                    RemotingHelper.parseChannelRemoteAddr(channel), maxConnections, refusals);
        }
    }

    /** Gives the place of a channel back, if it holds one. */
    void leave(Channel channel) {
        if (holders.remove(channel)) {
            places.release();
        }
    }
}
