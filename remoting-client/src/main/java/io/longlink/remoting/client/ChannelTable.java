package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.InUseCount;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.netty.channel.EventLoopGroup;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the slot of an address, keeps those of the name-server list connected, and forgets those that nobody needs. Thread-safe. Mapping
 * functions construct, they neither connect nor touch the map.
 */
final class ChannelTable implements ChannelWrapper.Host {

    /** Hears of all slots, each on its own event loop and in its order: must not block. */
    interface Listener {
        /** The slot of an address made a transition. */
        void onState(String address, AddressState before, AddressState after);

        /** A connection that was READY went away or broke, or none could be made to an address that was not known to be dead. */
        void onLost(String address);
    }

    /** What a slot is told that was made too late. */
    private record Ending(DrainTally tally, long graceMillis) {}

    private final ConcurrentHashMap<String, ChannelWrapper> slots = new ConcurrentHashMap<>();
    private final InUseCount openConnections = new InUseCount();
    private final EventLoopGroup loops;
    private final RemotingEndpoint endpoint;
    private final Connector connector;
    private final ClientSettings settings;
    private final RandomGenerator random;
    private final Listener listener;
    private volatile Set<String> listed = Set.of();
    private volatile @Nullable Ending ending;

    ChannelTable(
            EventLoopGroup loops,
            RemotingEndpoint endpoint,
            Connector connector,
            ClientSettings settings,
            RandomGenerator random,
            Listener listener) {
        this.loops = loops;
        this.endpoint = endpoint;
        this.connector = connector;
        this.settings = settings;
        this.random = random;
        this.listener = listener;
    }

    /** The slot of an address, made if there is none. It does nothing until it is asked to. */
    @Override
    public ChannelWrapper get(String address) {
        ChannelWrapper slot = slots.get(address);
        return slot != null ? slot : make(address);
    }

    private ChannelWrapper make(String address) {
        ChannelWrapper slot = slots.computeIfAbsent(address, this::newSlot);
        // Whoever ends all slots may have looked before this one was there.
        Ending over = ending;
        if (over != null) {
            slot.shutdown(over.tally(), over.graceMillis());
        }
        return slot;
    }

    /** The slot of an address that is in use. */
    @Nullable ChannelWrapper find(String address) {
        return slots.get(address);
    }

    private ChannelWrapper newSlot(String address) {
        return new ChannelWrapper(address, loops.next(), endpoint, connector, settings, random, this, openConnections);
    }

    /** Where an address stands. */
    AddressState state(String address) {
        ChannelWrapper slot = slots.get(address);
        if (slot != null) {
            return slot.state();
        }
        return ending == null ? AddressState.IDLE : AddressState.SHUTDOWN;
    }

    int size() {
        return slots.size();
    }

    // ---------------------------------------------------------------- the list

    /** Connects to all that are new in the list and lets those finish that left it. One thread at a time. */
    void list(Set<String> addresses) {
        Set<String> before = listed;
        Set<String> after = new LinkedHashSet<>(addresses);
        listed = after;
        Set<String> entered = new LinkedHashSet<>(after);
        entered.removeAll(before);
        for (String address : entered) {
            get(address).want();
            if (state(address) == AddressState.READY) {
                tellOthersOfTheList(address);
            }
        }
        Set<String> left = new HashSet<>(before);
        left.removeAll(after);
        for (String address : left) {
            ChannelWrapper slot = slots.get(address);
            if (slot != null) {
                slot.unlist();
            }
        }
    }

    // ---------------------------------------------------------------- what slots tell

    @Override
    public boolean isListed(String address) {
        return listed.contains(address);
    }

    @Override
    public void onState(String address, AddressState before, AddressState after) {
        if (after == AddressState.READY && isListed(address)) {
            tellOthersOfTheList(address);
        }
        listener.onState(address, before, after);
    }

    /** Whoever waits for another address of the list may go to this one. */
    private void tellOthersOfTheList(String ready) {
        for (String other : listed) {
            ChannelWrapper slot = other.equals(ready) ? null : slots.get(other);
            if (slot != null) {
                slot.onOtherReady(ready);
            }
        }
    }

    @Override
    public void onLost(String address) {
        listener.onLost(address);
    }

    @Override
    public void evict(ChannelWrapper slot) {
        slots.remove(slot.address(), slot);
    }

    // ---------------------------------------------------------------- the end

    InUseCount openConnections() {
        return openConnections;
    }

    void shutdown(DrainTally tally, long graceMillis) {
        ending = new Ending(tally, graceMillis);
        slots.values().forEach(slot -> slot.shutdown(tally, graceMillis));
    }

    void end(boolean orderly) {
        slots.values().forEach(slot -> slot.end(orderly));
    }
}
