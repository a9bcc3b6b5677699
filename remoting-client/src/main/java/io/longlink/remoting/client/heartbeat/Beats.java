package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.client.SessionRestorer.Session;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who is sent a heartbeat and when, and when to rebalance. Beat thread only, but for what is said to be otherwise.
 *
 * <p>Beats go along lanes. A lane is one address as the client was asked for it, so it is one slot of the client, and has one beat under
 * way at a time. It remembers its newest connection until a beat has proved it: that is when its owner may rebalance.
 */
final class Beats {
    private static final Logger log = LoggerFactory.getLogger(Beats.class);

    /** On a connection that was beaten before it became ready, the beats that did it. */
    private static final AttributeKey<Beats> RESTORED_BY = AttributeKey.valueOf(Beats.class.getName());

    /** A connection that is active. */
    private record Link(Channel channel, Lane lane, @Nullable SocketAddress remote) {}

    /** One address, one slot. */
    private static final class Lane {
        private final String address;
        private final Set<Channel> active = new HashSet<>();
        private @Nullable Channel unproven;
        private @Nullable Beat underWay;

        Lane(String address) {
            this.address = address;
        }
    }

    /**
     * One beat. It travels on whichever connection is current when it is written, so afterwards it is not known for sure which one that was:
     * it proves the unproven connection if that one was there when it began, or if there was none and only one has come.
     */
    private static final class Beat {
        private final @Nullable Channel unproven;
        private final boolean beganAlone;
        private int arrivals;

        Beat(Lane lane) {
            this.unproven = lane.unproven;
            this.beganAlone = lane.active.isEmpty();
        }

        boolean proves(@Nullable Channel connection) {
            return unproven == connection || (beganAlone && arrivals == 1);
        }
    }

    private final BrokerAddressTable table;
    private final HeartbeatSender sender;
    private final HeartbeatConfig config;
    private final BeatThread thread;
    private final NameLookups names;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Map<Channel, Link> links = new LinkedHashMap<>();
    private final Set<Link> strangers = new HashSet<>();
    private final Set<String> failing = new HashSet<>();
    private @Nullable Function<String, HeartbeatSender.Target> way;

    // Any thread.
    private final Map<Channel, CompletableFuture<@Nullable Void>> restoring = new ConcurrentHashMap<>();
    private final Set<String> lost = ConcurrentHashMap.newKeySet();
    private final LongAdder beatsSent = new LongAdder();
    private final LongAdder beatsFailed = new LongAdder();
    private final LongAdder rebalances = new LongAdder();

    Beats(BrokerAddressTable table, HeartbeatSender sender, HeartbeatConfig config, BeatThread thread, NameLookups.Resolver resolver) {
        this.table = table;
        this.sender = sender;
        this.config = config;
        this.thread = thread;
        this.names = new NameLookups(table, thread, resolver, this::recogniseStrangers);
    }

    // ---------------------------------------------------------------- what happens

    /** From now on there is a way to send: beats every broker now, and every interval. */
    void onStart(Function<String, HeartbeatSender.Target> wayTo) {
        way = wayTo;
        tick();
    }

    private void tick() {
        thread.schedule(this::tick, config.intervalMillis());
        names.refresh();
        beatEveryBroker();
    }

    /** The table has other brokers than before. */
    void onTableChange() {
        names.lookUpNew();
        lost.removeIf(address -> !names.isBroker(address, null) && !lanes.containsKey(address));
        failing.removeIf(address -> !names.isBroker(address, null) && !lanes.containsKey(address));
        recogniseStrangers();
    }

    private void recogniseStrangers() {
        for (Link link : List.copyOf(strangers)) {
            if (names.isBroker(link.lane.address, link.remote)) {
                strangers.remove(link);
                onNewConnection(link);
            }
        }
    }

    /** A connection is ready for traffic. */
    void onActive(String address, Channel channel) {
        Lane lane = lane(address);
        Link link = new Link(channel, lane, channel.remoteAddress());
        links.put(channel, link);
        lane.active.add(channel);
        lost.remove(address);
        if (channel.attr(RESTORED_BY).get() == this) {
            lane.unproven = null;
            rebalance();
            return;
        }
        names.whenKnown(address, link.remote, broker -> {
            if (!link.equals(links.get(channel))) {
                return;
            }
            if (broker) {
                onNewConnection(link);
            } else {
                strangers.add(link);
            }
        });
    }

    private void onNewConnection(Link link) {
        Lane lane = link.lane;
        lane.unproven = link.channel;
        Beat underWay = lane.underWay;
        if (underWay != null) {
            // The beat that is under way may be on its way over an older connection: we will see when it ends.
            underWay.arrivals++;
        } else {
            beat(lane);
        }
    }

    /** A connection has ended, whether it was ready ever or not. */
    void onClose(String address, Channel channel) {
        Link link = links.remove(channel);
        if (link != null) {
            strangers.remove(link);
        }
        Lane lane = lane(address);
        lane.active.remove(channel);
        if (lane.unproven == channel) {
            lane.unproven = null;
        }
        SocketAddress remote = link != null ? link.remote : channel.remoteAddress();
        if (lane.active.isEmpty() && names.isBroker(address, remote) && lost.add(address)) {
            log.debug("no connection to the broker at {} any more", address);
        }
        forgetIfIdle(lane);
    }

    private Lane lane(String address) {
        return lanes.computeIfAbsent(address, Lane::new);
    }

    private void forgetIfIdle(Lane lane) {
        if (lane.active.isEmpty() && lane.underWay == null) {
            lanes.remove(lane.address);
        }
    }

    // ---------------------------------------------------------------- beating

    /** Beats every broker: over the connections that there are, under whatever name, or by the address in the table if there is none. */
    void beatEveryBroker() {
        Map<SocketAddress, Set<String>> lanesByRemote = new HashMap<>();
        Set<String> connected = new HashSet<>();
        for (Link link : links.values()) {
            connected.add(link.lane.address);
            if (link.remote != null) {
                lanesByRemote.computeIfAbsent(link.remote, remote -> new LinkedHashSet<>()).add(link.lane.address);
            }
        }
        Map<String, Set<InetSocketAddress>> resolved = table.resolved();
        Set<String> targets = new LinkedHashSet<>();
        for (String broker : table.addresses()) {
            Set<String> ways = new LinkedHashSet<>();
            if (connected.contains(broker)) {
                ways.add(broker);
            }
            for (InetSocketAddress remote : resolved.getOrDefault(broker, Set.of())) {
                ways.addAll(lanesByRemote.getOrDefault(remote, Set.of()));
            }
            if (ways.isEmpty()) {
                ways.add(broker);
            }
            targets.addAll(ways);
        }
        targets.forEach(address -> beat(lane(address)));
    }

    private void beat(Lane lane) {
        Function<String, HeartbeatSender.Target> wayTo = way;
        if (wayTo == null || lane.underWay != null) {
            return;
        }
        Beat beat = new Beat(lane);
        lane.underWay = beat;
        send(wayTo.apply(lane.address))
                .whenComplete((result, failure) -> thread.execute(() -> onEnd(lane, beat, failure == null && result.isSuccess())));
    }

    private void onEnd(Lane lane, Beat beat, boolean success) {
        lane.underWay = null;
        if (success && lane.unproven != null && beat.proves(lane.unproven)) {
            lane.unproven = null;
            rebalance();
        }
        if (beat.arrivals > 0 && lane.unproven != null) {
            beat(lane);
        }
        forgetIfIdle(lane);
    }

    /** Sends one beat; what returns always completes, in time, and may do so on any thread. */
    private CompletableFuture<HeartbeatResult> send(HeartbeatSender.Target target) {
        beatsSent.increment();
        CompletableFuture<HeartbeatResult> ended = new CompletableFuture<>();
        Runnable cancelTimeout = thread.schedule(
                () -> ended.completeExceptionally(new TimeoutException("no answer within " + target.timeoutMillis() + " ms")),
                target.timeoutMillis());
        CompletableFuture<HeartbeatResult> counted = ended.whenComplete((result, failure) -> {
            cancelTimeout.run();
            boolean success = failure == null && result.isSuccess();
            if (!success) {
                beatsFailed.increment();
            }
            thread.execute(() -> note(target.address(), success, failure == null ? result : failure));
        });
        try {
            sender.send(target).whenComplete((result, failure) -> {
                if (failure != null) {
                    ended.completeExceptionally(failure);
                } else if (result == null) {
                    ended.completeExceptionally(new NullPointerException("the sender's stage ended without a result"));
                } else {
                    ended.complete(result);
                }
            });
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
        return counted;
    }

    /** One line when it begins to fail, one when it is over. */
    private void note(String address, boolean success, Object how) {
        if (success) {
            if (failing.remove(address)) {
                log.info("the broker at {} takes heartbeats again", address);
            }
        } else if (failing.add(address)) {
            log.warn("the broker at {} did not take a heartbeat: {}", address, how.toString());
        } else {
            log.debug("the broker at {} did not take a heartbeat: {}", address, how.toString());
        }
    }

    /** Beats on a connection that is not ready yet, if there is a broker behind it. Any thread. */
    CompletableFuture<@Nullable Void> restore(Session session) {
        CompletableFuture<@Nullable Void> restored = new CompletableFuture<>();
        restoring.put(session.channel(), restored);
        restored.whenComplete((nothing, failure) -> restoring.remove(session.channel()));
        boolean running = thread.execute(() -> names.whenKnown(session.address(), session.channel().remoteAddress(), broker -> {
            if (broker) {
                restore(session, restored);
            } else {
                restored.complete(null);
            }
        }));
        if (!running) {
            // The heartbeats may have ended while the client has not.
            restored.complete(null);
        }
        return restored;
    }

    /** The thread has ended, and with it whatever would have completed what is being restored. Any thread. */
    void onThreadEnd() {
        restoring.values().forEach(restored -> restored.complete(null));
    }

    private void restore(Session session, CompletableFuture<@Nullable Void> restored) {
        send(new Targets.OfSession(session, config.timeoutMillis())).whenComplete((result, failure) -> {
            if (failure != null) {
                restored.completeExceptionally(failure);
            } else if (!result.isSuccess()) {
                restored.completeExceptionally(new IllegalStateException(
                        "the broker at " + session.address() + " answered the heartbeat with " + result.code() + ": " + result.remark()));
            } else {
                session.channel().attr(RESTORED_BY).set(this);
                restored.complete(null);
            }
        });
    }

    private void rebalance() {
        try {
            config.rebalanceExecutor().execute(() -> {
                rebalances.increment();
                try {
                    config.rebalancer().rebalanceImmediately();
                } catch (RuntimeException | Error e) {
                    log.error("rebalancer {} failed", config.rebalancer().getClass().getName(), e);
                }
            });
        } catch (RuntimeException | Error e) {
            log.warn("no rebalance: its executor took no task", e);
        }
    }

    // ---------------------------------------------------------------- any thread

    /** Addresses of brokers that were connected and are not. */
    Set<String> lost() {
        return Set.copyOf(lost);
    }

    long beatsSent() {
        return beatsSent.sum();
    }

    long beatsFailed() {
        return beatsFailed.sum();
    }

    long rebalances() {
        return rebalances.sum();
    }
}
