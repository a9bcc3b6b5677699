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
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<String> addresses = List.of();
    private boolean started;

    NameServers(ChannelTable slots) {
        this.slots = slots;
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

    boolean contains(String address) {
        return addresses.contains(address);
    }

    /** The next one in turn that is READY and not among these, else the next one that is not among these, or {@code null}. */
    @Nullable String next(Set<String> tried) {
        List<String> all = addresses;
        int now = turn.getAndIncrement();
        String chosen = inTurn(now, all, address -> !tried.contains(address) && isReady(address));
        return chosen != null ? chosen : inTurn(now, all, address -> !tried.contains(address));
    }

    /** Counts among those that are eligible, so that the load of one that is not is shared by all others. */
    private static @Nullable String inTurn(int now, List<String> all, Predicate<String> eligible) {
        List<String> candidates = all.stream().filter(eligible).toList();
        return candidates.isEmpty() ? null : candidates.get(Math.floorMod(now, candidates.size()));
    }
}
