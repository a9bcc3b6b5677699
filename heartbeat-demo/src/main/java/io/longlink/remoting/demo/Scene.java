package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Words;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What all plots with messages in them share: servers and clients, an open loop of messages between them, their beginning and their end.
 * What happens in between is the plot's. Used once, by one thread.
 */
final class Scene implements AutoCloseable {
    /** How long a server may drain. */
    static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    /** How long servers may take to see that all clients have gone. */
    private static final long LAST_CLOSE_MILLIS = 3_000;

    /** How long clients may take, when all calls have ended, to be known everywhere and to rebalance. */
    private static final long LAST_BEAT_MILLIS = 2_000;

    /** How long clients may take to connect to all servers, before messages or a drain wait for them no more. */
    private static final long CONNECT_MILLIS = 10_000;

    private final DemoOptions options;
    private final Ledger ledger;
    private final Story story;
    private final Latencies latencies = new Latencies();
    private final Servers servers;
    private final Clients clients;
    private final Traffic traffic;

    /** @param onFailure hears of every call that failed, on a client's thread */
    Scene(DemoOptions options, Ledger ledger, Story story, Faults faults, Consumer<DemoClient.Failure> onFailure) {
        this.options = options;
        this.ledger = ledger;
        this.story = story;
        servers = new Servers(options, ledger, story, faults);
        clients = new Clients(options, ledger, latencies, story, faults, onFailure);
        traffic = new Traffic(options, clients::send, this::tellProgress);
    }

    // ---------------------------------------------------------------- the beginning

    /** Starts servers, clients and messages. */
    void begin() throws InterruptedException {
        servers.startAll();
        clients.start(servers.current().stream().map(ServerLife::address).toList());
        Pause.untilTrue(() -> unknownClients() == 0, CONNECT_MILLIS);
        JsonObject parameters = new JsonObject()
                .put("servers", options.servers())
                .put("clients", options.clients())
                .put("rate", options.rate())
                .put("durationMillis", options.duration().toMillis())
                .put("gapMillis", options.gap().toMillis())
                .put("deadlineMillis", options.deadline().toMillis())
                .put("processes", options.processes())
                .put("lines", ledger.workload().size());
        story.timeline().begin(parameters);
        story.tell(
                "traffic",
                parameters,
                String.format(
                        "the %d lines of the file go from %s to %s, %d a second for %s, each within %s",
                        ledger.workload().size(),
                        Words.count(options.clients(), "client"),
                        Words.count(options.servers(), "server"),
                        options.rate(),
                        DurationText.of(options.duration()),
                        DurationText.of(options.deadline())));
        traffic.start();
    }

    /** The servers, all their lives. */
    Servers servers() {
        return servers;
    }

    /** The clients. */
    Clients clients() {
        return clients;
    }

    /**
     * A restart is to hurt: it begins when half a group waits for its commit, if that comes within two commits. All clients are there by
     * then, since a server's promise is to those that are connected.
     */
    void awaitInconvenientMoment(ServerLife server) throws InterruptedException {
        Pause.untilTrue(() -> server.counters().connected() >= options.clients(), CONNECT_MILLIS);
        int half = Math.max(1, options.expectedGroup() / 2);
        Pause.untilTrue(() -> server.counters().parked() >= half, 2 * options.commitInterval().toMillis());
    }

    private void tellProgress() {
        Latencies.Interval interval = latencies.interval();
        long sent = ledger.sent();
        long inFlight = ledger.inFlight();
        long refused = servers.sum(ServerCounters::refused);
        long retried = clients.sum(Counter.RETRIES);
        story.tell(
                "progress",
                new JsonObject()
                        .put("sent", sent)
                        .put("answered", ledger.answered())
                        .put("onewaySent", ledger.written())
                        .put("failed", ledger.failed())
                        .put("inFlight", inFlight)
                        .put("refused", refused)
                        .put("retried", retried)
                        .put("p99Micros", interval.p99Micros())
                        .put("durableP99Micros", interval.durableP99Micros()),
                String.format(
                        "  sent %d, answered %d, one-way %d, failed %d, in flight %d, refused %d, retried %d, "
                                + "p99 %.1f ms (durable %.1f ms)",
                        sent,
                        ledger.answered(),
                        ledger.written(),
                        ledger.failed(),
                        inFlight,
                        refused,
                        retried,
                        interval.p99Micros() / 1e3,
                        interval.durableP99Micros() / 1e3));
    }

    // ---------------------------------------------------------------- the end

    /** Waits until all messages are sent. */
    void awaitTraffic() throws InterruptedException {
        traffic.await();
    }

    /** Waits for the calls, which end by their deadlines, then ends clients and servers and counts. */
    Verdict.Counted end() throws InterruptedException {
        Pause.untilTrue(() -> ledger.inFlight() == 0, options.deadline().toMillis() + 1_000);
        traffic.close();
        Pause.untilTrue(() -> unknownClients() == 0 && clients.rebalances() >= options.rebalances(), LAST_BEAT_MILLIS);
        long unknownClients = unknownClients();
        long rebalances = clients.rebalances();
        long leftByClients = endClients();
        long registeredLeft = servers.sum(ServerCounters::registered);
        long leftByServers = endServers();
        return new Verdict.Counted(
                servers.sum(ServerCounters::refused),
                clients.sum(Counter.RETRIES),
                servers.sum(ServerCounters::droppedEvents) + clients.droppedEvents(),
                Math.max(leftByClients, leftByServers),
                clients.sum(Counter.GO_AWAYS_RECEIVED),
                latencies.maxMillis(),
                rebalances,
                servers.sum(ServerCounters::requestsBeforeBeat),
                unknownClients,
                registeredLeft);
    }

    /** Clients that the last life of a server does not know, over all servers. */
    private long unknownClients() {
        return servers.current().stream()
                .mapToLong(server -> Math.abs(options.clients() - server.counters().registered()))
                .sum();
    }

    /** Ends all clients; returns how many connections that are left, on their side or on the servers'. */
    private long endClients() throws InterruptedException {
        Clients.End end = clients.end();
        // Lives that have ended do not change any more.
        Pause.untilTrue(() -> servers.current().stream().map(ServerLife::counters).allMatch(Scene::isDeserted), LAST_CLOSE_MILLIS);
        long left = clients.sum(Counter.CONNECTIONS_OPEN) + servers.sum(ServerCounters::open);
        story.tell(
                "clientsEnded",
                new JsonObject().put("forced", end.forced()).put("broken", end.broken()).put("connectionsLeft", left),
                String.format(
                        "all clients ended: %d connections forced, %d broken, %d left open", end.forced(), end.broken(), left));
        return left;
    }

    private static boolean isDeserted(ServerCounters counters) {
        return counters.open() == 0 && counters.registered() == 0;
    }

    /** Ends all servers; returns how many connections are left on any of their lives. */
    private long endServers() {
        List<CompletableFuture<DrainReport>> ends =
                servers.current().stream().map(server -> server.drain(DRAIN_TIMEOUT)).toList();
        ends.forEach(CompletableFuture::join);
        long left = servers.sum(ServerCounters::open);
        story.tell(
                "serversEnded",
                new JsonObject().put("connectionsLeft", left),
                String.format("all servers ended: %d connections left open", left));
        return left;
    }

    /** Ends whatever still runs. */
    @Override
    public void close() {
        traffic.close();
        clients.close();
        servers.close();
    }
}
