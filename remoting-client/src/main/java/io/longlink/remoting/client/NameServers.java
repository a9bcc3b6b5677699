package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.RemotingHelper;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The name-server list, and whose turn it is. Thread-safe. */
final class NameServers {
    private final ChannelTable slots;
    private final AtomicInteger turns;
    private volatile List<String> addresses = List.of();
    private boolean started;

    /** @param firstTurn where to begin, so that the first calls of many clients do not all go to the head of the list */
    NameServers(ChannelTable slots, int firstTurn) {
        this.slots = slots;
        this.turns = new AtomicInteger(firstTurn);
    }

    /** From now on the addresses are connected to. */
    synchronized void start() {
        started = true;
        slots.list(new LinkedHashSet<>(addresses));
    }

    /**
     * Replaces the list.
     *
     * @throws IllegalArgumentException if one of them is no address; nothing has changed
     */
    void update(Collection<String> to) {
        to.forEach(RemotingHelper::string2SocketAddress);
        Set<String> distinct = new LinkedHashSet<>(to);
        // Keeps the list and what the table makes of it together when two update at once. Only constructs slots and hands tasks to loops.
        synchronized (this) {
            addresses = List.copyOf(distinct);
            if (started) {
                slots.list(distinct);
            }
        }
    }

    List<String> addresses() {
        return addresses;
    }

    List<String> ready() {
        return addresses.stream().filter(this::isReady).toList();
    }

    boolean isReady(String address) {
        return slots.state(address) == AddressState.READY;
    }

    /** One turn per call, not per try: or an address that fails them all would get more than its share. */
    int takeTurn() {
        return turns.getAndIncrement();
    }

    /** Whose turn it is among those that are READY and were not tried, else among those that were not tried; {@code null} if all were. */
    @Nullable String choose(int turn, Set<String> tried) {
        List<String> all = addresses;
        String chosen = inTurn(turn, all, address -> !tried.contains(address) && isReady(address));
        return chosen != null ? chosen : inTurn(turn, all, address -> !tried.contains(address));
    }

    /** Counts among those that are eligible, so that the load of one that is not is shared by all others. */
    private static @Nullable String inTurn(int turn, List<String> all, Predicate<String> eligible) {
        List<String> candidates = all.stream().filter(eligible).toList();
        return candidates.isEmpty() ? null : candidates.get(Math.floorMod(turn, candidates.size()));
    }
}
