package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.RemotingHelper;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Which brokers there are: broker name, then broker id, then address. Thread-safe; what it returns are immutable snapshots.
 *
 * <p>Addresses are {@code host:port} or {@code [ipv6]:port}. Nothing here looks a name up: the {@link HeartbeatService} that uses the table
 * does, on a thread of its own, when an address is put and again with each round of beats. Until then {@link #brokersBehind} does not find
 * the broker of that name; one whose address is an IP address is found at once.
 */
public final class BrokerAddressTable {
    /** The id of a broker that is the master of its name. */
    public static final long MASTER_ID = 0L;

    /**
     * One entry of the table.
     *
     * @param name the broker's
     * @param id {@link #MASTER_ID} for the master, above for a replica
     * @param address as it was put
     */
    public record Broker(String name, long id, String address) {}

    /** Everything, at one moment. {@code resolved} has an entry for each address whose name was found. */
    private record Content(
            Map<String, Map<Long, String>> brokers, Set<String> addresses, Map<String, Set<InetSocketAddress>> resolved) {}

    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();

    /** Guards writing {@link #content}: nothing else happens under it, listeners hear afterwards. */
    private final Object lock = new Object();

    private volatile Content content = new Content(Map.of(), Set.of(), Map.of());

    /** An empty table. */
    public BrokerAddressTable() {}

    // ---------------------------------------------------------------- changing

    /**
     * Adds a broker, or changes its address.
     *
     * @return the address it had, {@code null} if it is new
     * @throws IllegalArgumentException if the address is none, or the id negative
     */
    public @Nullable String put(String brokerName, long brokerId, String address) {
        check(brokerName, brokerId, address);
        String before;
        synchronized (lock) {
            Map<String, Map<Long, String>> brokers = copy();
            before = brokers.computeIfAbsent(brokerName, name -> new LinkedHashMap<>()).put(brokerId, address);
            set(brokers);
        }
        if (!address.equals(before)) {
            tell();
        }
        return before;
    }

    /**
     * Removes a broker.
     *
     * @return the address it had, {@code null} if there was none
     */
    public @Nullable String remove(String brokerName, long brokerId) {
        String before;
        synchronized (lock) {
            Map<String, Map<Long, String>> brokers = copy();
            Map<Long, String> ids = brokers.get(brokerName);
            before = ids == null ? null : ids.remove(brokerId);
            set(brokers);
        }
        if (before != null) {
            tell();
        }
        return before;
    }

    /** Removes all brokers of a name. */
    public void remove(String brokerName) {
        replace(brokerName, Map.of());
    }

    /**
     * Replaces all brokers of a name, as a route does.
     *
     * @throws IllegalArgumentException if an address is none, or an id negative; then nothing has changed
     */
    public void replace(String brokerName, Map<Long, String> addressesById) {
        addressesById.forEach((id, address) -> check(brokerName, id, address));
        synchronized (lock) {
            Map<String, Map<Long, String>> brokers = copy();
            brokers.put(brokerName, new LinkedHashMap<>(addressesById));
            set(brokers);
        }
        tell();
    }

    /**
     * Replaces everything.
     *
     * @throws IllegalArgumentException if an address is none, or an id negative; then nothing has changed
     */
    public void replaceAll(Map<String, Map<Long, String>> addressesByName) {
        addressesByName.forEach((name, ids) -> ids.forEach((id, address) -> check(name, id, address)));
        synchronized (lock) {
            set(addressesByName);
        }
        tell();
    }

    private static void check(String brokerName, long brokerId, String address) {
        Objects.requireNonNull(brokerName, "brokerName");
        if (brokerId < 0) {
            throw new IllegalArgumentException("the id of " + brokerName + " must be 0 or more: " + brokerId);
        }
        RemotingHelper.string2SocketAddress(address);
    }

    private Map<String, Map<Long, String>> copy() {
        Map<String, Map<Long, String>> copy = new LinkedHashMap<>();
        content.brokers.forEach((name, ids) -> copy.put(name, new LinkedHashMap<>(ids)));
        return copy;
    }

    /** Freezes and publishes; keeps what is known of addresses that stay. Under the lock. */
    private void set(Map<String, Map<Long, String>> next) {
        Map<String, Map<Long, String>> brokers = new LinkedHashMap<>();
        Set<String> addresses = new LinkedHashSet<>();
        next.forEach((name, ids) -> {
            if (!ids.isEmpty()) {
                brokers.put(name, Collections.unmodifiableMap(new LinkedHashMap<>(ids)));
                addresses.addAll(ids.values());
            }
        });
        Map<String, Set<InetSocketAddress>> resolved = new LinkedHashMap<>();
        for (String address : addresses) {
            InetSocketAddress parsed = RemotingHelper.string2SocketAddress(address);
            Set<InetSocketAddress> known = parsed.isUnresolved() ? content.resolved.get(address) : Set.of(parsed);
            if (known != null) {
                resolved.put(address, known);
            }
        }
        content = new Content(
                Collections.unmodifiableMap(brokers), Collections.unmodifiableSet(addresses), Collections.unmodifiableMap(resolved));
    }

    // ---------------------------------------------------------------- asking

    /** The address of a broker, {@code null} if it is not known. */
    public @Nullable String address(String brokerName, long brokerId) {
        return content.brokers.getOrDefault(brokerName, Map.of()).get(brokerId);
    }

    /** The address of the master of a name, {@code null} if none is known. */
    public @Nullable String masterAddress(String brokerName) {
        return address(brokerName, MASTER_ID);
    }

    /** The addresses of a name by broker id, empty if the name is not known. */
    public Map<Long, String> addresses(String brokerName) {
        return content.brokers.getOrDefault(brokerName, Map.of());
    }

    /** Everything: broker name, then broker id, then address. */
    public Map<String, Map<Long, String>> snapshot() {
        return content.brokers;
    }

    /** Every address, each once. */
    public Set<String> addresses() {
        return content.addresses;
    }

    /**
     * The brokers whose address is this one, whatever name either goes by: resolved addresses are compared.
     *
     * @param address {@code null}, or not an {@link InetSocketAddress}, is nobody's
     */
    public List<Broker> brokersBehind(@Nullable SocketAddress address) {
        Content now = content;
        List<Broker> found = new ArrayList<>();
        if (address instanceof InetSocketAddress inet) {
            now.brokers.forEach((name, ids) -> ids.forEach((id, text) -> {
                if (now.resolved.getOrDefault(text, Set.of()).contains(inet)) {
                    found.add(new Broker(name, id, text));
                }
            }));
        }
        return Collections.unmodifiableList(found);
    }

    @Override
    public String toString() {
        return content.brokers.toString();
    }

    // ---------------------------------------------------------------- for the service

    /** The socket addresses behind each address, as far as they are known. */
    Map<String, Set<InetSocketAddress>> resolved() {
        return content.resolved;
    }

    /** Notes what a name means now; without effect if the address has gone meanwhile. */
    void onResolved(String address, Set<InetSocketAddress> found) {
        synchronized (lock) {
            Content now = content;
            if (now.addresses.contains(address)) {
                Map<String, Set<InetSocketAddress>> resolved = new LinkedHashMap<>(now.resolved);
                resolved.put(address, Set.copyOf(found));
                content = new Content(now.brokers, now.addresses, Collections.unmodifiableMap(resolved));
            }
        }
    }

    /** Calls after each change, on the thread that made it; not for {@link #onResolved}. */
    void addChangeListener(Runnable listener) {
        changeListeners.add(listener);
    }

    void removeChangeListener(Runnable listener) {
        changeListeners.remove(listener);
    }

    private void tell() {
        changeListeners.forEach(Runnable::run);
    }
}
