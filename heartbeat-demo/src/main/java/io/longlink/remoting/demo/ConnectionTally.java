package io.longlink.remoting.demo;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Counts what a side's listener hears and knows who is connected, as a broker knows its clients. An event that never came shows, because
 * the side counts its connections as well. Thread-safe.
 */
final class ConnectionTally implements ChannelEventListener {
    private final LongAdder connects = new LongAdder();
    private final LongAdder closes = new LongAdder();
    private final Set<Channel> registered = ConcurrentHashMap.newKeySet();
    private final Consumer<String> onActive;
    private final Consumer<Channel> onClose;
    private final BooleanSupplier missesClose;

    /**
     * A tally of nothing yet.
     *
     * @param onActive hears the peer's address when a connection is ready for traffic; on the event thread, so it must be quick
     * @param onClose hears of a connection that was closed; likewise
     * @param missesClose whether to miss the next CLOSE; see {@link Faults#dropsClose}
     */
    ConnectionTally(Consumer<String> onActive, Consumer<Channel> onClose, BooleanSupplier missesClose) {
        this.onActive = onActive;
        this.onClose = onClose;
        this.missesClose = missesClose;
    }

    @Override
    public void onChannelConnect(String remoteAddr, Channel channel) {
        connects.increment();
    }

    @Override
    public void onChannelActive(String remoteAddr, Channel channel) {
        registered.add(channel);
        onActive.accept(remoteAddr);
    }

    @Override
    public void onChannelClose(String remoteAddr, Channel channel) {
        if (missesClose.getAsBoolean()) {
            return;
        }
        registered.remove(channel);
        closes.increment();
        onClose.accept(channel);
    }

    /** Connections that are ready for traffic, as far as the listener heard. */
    int registered() {
        return registered.size();
    }

    /**
     * Events that the side says it dropped, or that should have come and did not, or came too often. To be asked when the side has ended.
     */
    long droppedEvents(RemotingStats stats) {
        long opened = stats.get(Counter.CONNECTIONS_OPENED);
        long closed = opened - stats.get(Counter.CONNECTIONS_OPEN);
        long amiss = Math.abs(opened - connects.sum()) + Math.abs(closed - closes.sum());
        return Math.max(stats.get(Counter.EVENTS_DROPPED), amiss);
    }
}
