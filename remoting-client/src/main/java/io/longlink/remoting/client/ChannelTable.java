package io.longlink.remoting.client;

import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.InUseCount;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Finds the slot of an address. Thread-safe. */
final class ChannelTable {
    private final ConcurrentHashMap<String, ChannelWrapper> slots = new ConcurrentHashMap<>();
    private final InUseCount openConnections = new InUseCount();
    private final EventLoopGroup loops;
    private final RemotingEndpoint endpoint;
    private final Connector connector;
    private final ClientSettings settings;

    ChannelTable(EventLoopGroup loops, RemotingEndpoint endpoint, Connector connector, ClientSettings settings) {
        this.loops = loops;
        this.endpoint = endpoint;
        this.connector = connector;
        this.settings = settings;
    }

    /** The slot of an address, made if there is none. It does nothing until a call is submitted. */
    ChannelWrapper get(String address) {
        ChannelWrapper slot = slots.get(address);
        return slot != null ? slot : slots.computeIfAbsent(address, this::newSlot);
    }

    /** The slot of an address that was used before. */
    @Nullable ChannelWrapper find(String address) {
        return slots.get(address);
    }

    private ChannelWrapper newSlot(String address) {
        return new ChannelWrapper(
                address, loops.next(), endpoint, connector, settings, RandomGenerator.getDefault(), openConnections);
    }

    InUseCount openConnections() {
        return openConnections;
    }

    void shutdown(DrainTally tally, long graceMillis) {
        slots.values().forEach(slot -> slot.shutdown(tally, graceMillis));
    }

    void end(boolean orderly) {
        slots.values().forEach(slot -> slot.end(orderly));
    }
}
