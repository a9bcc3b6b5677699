package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The plot: servers and clients start, messages flow, each server in turn is drained, stopped and started again on its port after the
 * gap, then everything ends and the verdict is made. Reads from top to bottom. Runs once, on one thread.
 */
final class RollingRestart implements Scenario {
    /** How long a server may drain. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    /** How long clients may take to end when all their calls have. */
    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(5);

    /** How long the servers may take to see that all clients have gone. */
    private static final long LAST_CLOSE_MILLIS = 3_000;

    /** Somebody else may hold the port for a moment: a client's attempt that connected to itself, for example. */
    private static final int BIND_ATTEMPTS = 50;

    private static final long BIND_PAUSE_MILLIS = 100;
    private static final int FAILURES_TOLD = 20;

    private final DemoOptions options;
    private final Ledger ledger;
    private final Story story;
    private final Faults faults;
    private final Latencies latencies = new Latencies();
    private final List<DemoServer> lives = new CopyOnWriteArrayList<>();
    private final List<DemoClient> clients = new ArrayList<>();
    private final AtomicInteger failuresTold = new AtomicInteger();

    /** The latest, or {@code null} before the first. */
    private volatile @Nullable Homecoming homecoming;

    RollingRestart(DemoOptions options, Ledger ledger, Story story, Faults faults) {
        this.options = options;
        this.ledger = ledger;
        this.story = story;
        this.faults = faults;
    }

    @Override
    public Result play() throws InterruptedException {
        return run().result(options);
    }

    /** Plays it and returns what came of it. Whatever happens, nothing is left running. */
    Verdict run() throws InterruptedException {
        try {
            List<DemoServer> servers = startServers();
            startClients(servers);
            FutureTask<@Nullable Void> traffic = startTraffic();
            ScheduledExecutorService progress = startProgress();
            try {
                restartAll(servers);
                await(traffic);
                awaitCalls();
            } finally {
                progress.shutdownNow();
            }
            long leftByClients = endClients(servers);
            long leftByServers = endServers(servers);
            return verdict(Math.max(leftByClients, leftByServers));
        } finally {
            clients.forEach(client -> client.shutdown(Duration.ZERO).join());
            lives.forEach(DemoServer::close);
        }
    }

    // ---------------------------------------------------------------- the beginning

    private List<DemoServer> startServers() {
        List<DemoServer> servers = new ArrayList<>();
        for (int number = 1; number <= options.servers(); number++) {
            DemoServer server = start(number, 1, 0);
            servers.add(server);
            story.timeline().name(server.address(), "server " + number);
            story.tell(
                    "started",
                    about(server),
                    String.format("server %d started on port %d", number, server.port()));
        }
        return servers;
    }

    private DemoServer start(int number, int life, int port) {
        for (int attempt = 1; ; attempt++) {
            DemoServer server = new DemoServer(number, life, port, options.commitInterval(), ledger, faults);
            try {
                server.start();
                lives.add(server);
                return server;
            } catch (UncheckedIOException e) {
                if (attempt == BIND_ATTEMPTS) {
                    throw e;
                }
                story.tell(
                        "portTaken",
                        new JsonObject().put("server", number).put("port", port).put("attempt", attempt).put("why", e.getMessage()),
                        String.format("server %d cannot start yet: %s", number, e.getMessage()));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BIND_PAUSE_MILLIS));
            }
        }
    }

    private void startClients(List<DemoServer> servers) {
        List<String> addresses = servers.stream().map(DemoServer::address).toList();
        for (int number = 1; number <= options.clients(); number++) {
            int self = number;
            DemoClient client = new DemoClient(
                    options,
                    addresses,
                    ledger,
                    latencies,
                    story.timeline().client("client " + number, addresses),
                    address -> onClientActive(self, address),
                    this::onFailure);
            client.start();
            clients.add(client);
        }
        JsonObject parameters = new JsonObject()
                .put("servers", options.servers())
                .put("clients", options.clients())
                .put("rate", options.rate())
                .put("durationMillis", options.duration().toMillis())
                .put("gapMillis", options.gap().toMillis())
                .put("deadlineMillis", options.deadline().toMillis())
                .put("lines", ledger.workload().size());
        story.timeline().begin(parameters);
        story.tell(
                "traffic",
                parameters,
                String.format(
                        "%d clients send the %d lines of the file to %d servers, %d a second for %s, each within %s",
                        options.clients(),
                        ledger.workload().size(),
                        options.servers(),
                        options.rate(),
                        DurationText.of(options.duration()),
                        DurationText.of(options.deadline())));
    }

    private FutureTask<@Nullable Void> startTraffic() {
        OpenLoop loop = new OpenLoop(options.messages(), options.rate(), options.duration(), (id, dueNanos) -> clients
                .get(id % clients.size())
                .send(id, id / clients.size(), dueNanos));
        FutureTask<@Nullable Void> traffic = new FutureTask<>(loop::run, null);
        daemon(traffic, "open-loop").start();
        return traffic;
    }

    private ScheduledExecutorService startProgress() {
        ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor(body -> daemon(body, "progress"));
        progress.scheduleAtFixedRate(this::tellProgress, 1, 1, TimeUnit.SECONDS);
        return progress;
    }

    private static Thread daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    // ---------------------------------------------------------------- the middle

    private void restartAll(List<DemoServer> servers) throws InterruptedException {
        long nextNanos = System.nanoTime() + options.firstRestart().toNanos();
        for (int i = 0; i < servers.size(); i++) {
            Pause.until(nextNanos);
            nextNanos += options.restartInterval().toNanos();
            servers.set(i, restart(servers.get(i)));
        }
    }

    private DemoServer restart(DemoServer server) throws InterruptedException {
        awaitInconvenientMoment(server);
        story.timeline().serverLeaves("server " + server.number(), "drains");
        story.tell(
                "draining",
                about(server).put("clients", server.clients()).put("parked", server.parked()),
                String.format(
                        "server %d drains: %d clients are connected, %d messages wait for their commit",
                        server.number(), server.clients(), server.parked()));
        long beganNanos = System.nanoTime();
        DrainReport report = server.drain(DRAIN_TIMEOUT).join();
        tellStopped(server, report, Pause.millisSince(beganNanos));
        Pause.until(System.nanoTime() + options.gap().toNanos());
        Homecoming expected = new Homecoming(server.number(), server.address(), options.clients(), story);
        homecoming = expected;
        DemoServer next = start(server.number(), server.life() + 1, server.port());
        expected.onStarted();
        story.timeline().serverBack("server " + next.number());
        story.tell(
                "restarted",
                about(next),
                String.format("server %d started again on port %d", next.number(), next.port()));
        return next;
    }

    /** A restart is to hurt: it begins when half a group waits for its commit, if that comes within two commits. */
    private void awaitInconvenientMoment(DemoServer server) throws InterruptedException {
        int half = Math.max(1, options.expectedGroup() / 2);
        Pause.untilTrue(() -> server.parked() >= half, 2 * options.commitInterval().toMillis());
    }

    private void tellStopped(DemoServer server, DrainReport report, long millis) {
        story.tell(
                "stopped",
                about(server)
                        .put("told", report.told())
                        .put("closedByPeer", report.closedByPeer())
                        .put("quietClosed", report.quietClosed())
                        .put("forced", report.forced())
                        .put("broken", report.broken())
                        .put("inFlight", report.inFlight())
                        .put("finished", report.finished())
                        .put("unanswered", report.unanswered())
                        .put("refused", server.refused())
                        .put("oneWaysExecuted", report.oneWaysExecuted())
                        .put("addsUp", report.addsUp())
                        .put("drainMillis", report.duration().toMillis())
                        .put("stopMillis", millis),
                String.format(
                        "server %d stopped after %d ms: told %d clients, %d closed, %d forced, %d broken; "
                                + "refused %d, finished %d, one-ways %d",
                        server.number(),
                        millis,
                        report.told(),
                        report.closedByPeer() + report.quietClosed(),
                        report.forced(),
                        report.broken(),
                        server.refused(),
                        report.finished(),
                        report.oneWaysExecuted()));
    }

    private void onClientActive(int client, String address) {
        Homecoming expected = homecoming;
        if (expected != null) {
            expected.onActive(client, address);
        }
    }

    private void onFailure(int id, MessageKind kind, String address, String why) {
        if (failuresTold.incrementAndGet() <= FAILURES_TOLD) {
            story.tell(
                    "failed",
                    new JsonObject().put("id", id).put("kind", kind.text()).put("address", address).put("why", why),
                    String.format("message %d (%s) to %s FAILED: %s", id, kind.text(), address, why));
        }
    }

    private void tellProgress() {
        Latencies.Interval interval = latencies.interval();
        long sent = ledger.sent();
        long inFlight = ledger.inFlight();
        story.tell(
                "progress",
                new JsonObject()
                        .put("sent", sent)
                        .put("answered", ledger.answered())
                        .put("onewaySent", ledger.written())
                        .put("failed", ledger.failed())
                        .put("inFlight", inFlight)
                        .put("refused", refused())
                        .put("retried", retried())
                        .put("p99Micros", interval.p99Micros())
                        .put("durableP99Micros", interval.durableP99Micros()),
                String.format(
                        "  sent %d, answered %d, one-way %d, in flight %d, refused %d, retried %d, p99 %.1f ms (durable %.1f ms)",
                        sent,
                        ledger.answered(),
                        ledger.written(),
                        inFlight,
                        refused(),
                        retried(),
                        interval.p99Micros() / 1e3,
                        interval.durableP99Micros() / 1e3));
    }

    private long refused() {
        return lives.stream().mapToLong(DemoServer::refused).sum();
    }

    private long retried() {
        return clients.stream().mapToLong(client -> client.stats().get(Counter.RETRIES)).sum();
    }

    // ---------------------------------------------------------------- the end

    private static void await(FutureTask<@Nullable Void> traffic) throws InterruptedException {
        try {
            traffic.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("sending broke off", e.getCause());
        }
    }

    /** Every call ends by its deadline; those that do not count as failed. */
    private void awaitCalls() throws InterruptedException {
        Pause.untilTrue(() -> ledger.inFlight() == 0, options.deadline().toMillis() + 1_000);
    }

    /** Ends all clients; returns how many connections that are left, on their side or on the servers'. */
    private long endClients(List<DemoServer> servers) throws InterruptedException {
        List<CompletableFuture<DrainReport>> ends =
                clients.stream().map(client -> client.shutdown(CLIENT_TIMEOUT)).toList();
        long forced = 0;
        long broken = 0;
        for (CompletableFuture<DrainReport> end : ends) {
            forced += end.join().forced();
            broken += end.join().broken();
        }
        Pause.untilTrue(() -> servers.stream().allMatch(server -> open(server) == 0), LAST_CLOSE_MILLIS);
        long left = clients.stream().mapToLong(client -> client.stats().get(Counter.CONNECTIONS_OPEN)).sum()
                + servers.stream().mapToLong(RollingRestart::open).sum();
        story.tell(
                "clientsEnded",
                new JsonObject().put("forced", forced).put("broken", broken).put("connectionsLeft", left),
                String.format("all clients ended: %d connections forced, %d broken, %d left open", forced, broken, left));
        return left;
    }

    /** Ends all servers; returns how many connections are left on any of their lives. */
    private long endServers(List<DemoServer> servers) {
        List<CompletableFuture<DrainReport>> ends =
                servers.stream().map(server -> server.drain(DRAIN_TIMEOUT)).toList();
        ends.forEach(CompletableFuture::join);
        long left = lives.stream().mapToLong(RollingRestart::open).sum();
        story.tell(
                "serversEnded",
                new JsonObject().put("connectionsLeft", left),
                String.format("all servers ended: %d connections left open", left));
        return left;
    }

    private static long open(DemoServer server) {
        return server.stats().get(Counter.CONNECTIONS_OPEN);
    }

    private Verdict verdict(long leakedConnections) {
        long dropped = lives.stream().mapToLong(DemoServer::droppedEvents).sum()
                + clients.stream().mapToLong(DemoClient::droppedEvents).sum();
        long goAways = clients.stream().mapToLong(client -> client.stats().get(Counter.GO_AWAYS_RECEIVED)).sum();
        return Verdict.join(
                ledger,
                new Verdict.Counted(refused(), retried(), dropped, leakedConnections, goAways, latencies.maxMillis()));
    }

    private static JsonObject about(DemoServer server) {
        return new JsonObject().put("server", server.number()).put("life", server.life()).put("port", server.port());
    }
}
