package io.longlink.remoting.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Servers are replaced, one after the other, while clients call them. Directly, there is one server, and its successor begins as soon as
 * the port can be bound: when ours has begun its shutdown, when RocketMQ's has ended it. Behind the balancer there are two, and each one's
 * successor begins on a port of its own when the shutdown has ended.
 */
final class Restart {
    static final int CLIENTS = 5;
    static final int RATE_OF_EACH = 100;

    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Side client;
    private final Side server;
    private final boolean graceful;
    private final Path directory;
    private final String run = "run" + RUNS.incrementAndGet();
    private final List<String> servers = new ArrayList<>();

    /** @param directory for the lists of ids */
    Restart(Side client, Side server, boolean graceful, Path directory) {
        this.client = client;
        this.server = server;
        this.graceful = graceful;
        this.directory = directory;
    }

    Tally directly() throws IOException {
        String old = newServer();
        int port = LowPorts.next();
        start(old, "listenPort=" + port);
        return underLoad(port, () -> {
            CompletableFuture<String> stopped = server.jvm().ask("stop", old);
            Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> LowPorts.isFree(port));
            start(newServer(), "listenPort=" + port);
            PeerJvm.result(stopped);
            awaitAnswers();
        });
    }

    Tally behindBalancer() throws IOException {
        List<String> olds = List.of(newServer(), newServer());
        try (Balancer balancer = Balancer.start()) {
            List<Integer> ports = olds.stream().map(old -> start(old, server.unhurried())).toList();
            ports.forEach(balancer::add);
            return underLoad(balancer.port(), () -> {
                for (int i = 0; i < olds.size(); i++) {
                    server.jvm().tell("stop", olds.get(i));
                    balancer.add(start(newServer()));
                    balancer.remove(ports.get(i));
                    awaitAnswers();
                }
            });
        }
    }

    private String newServer() {
        String name = run + "-server" + servers.size();
        servers.add(name);
        return name;
    }

    private int start(String name, String... settings) {
        return Integer.parseInt(server.jvm().tell(server.server(name, graceful, settings)));
    }

    private Tally underLoad(int port, Runnable restart) throws IOException {
        List<String> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String name = run + "-client" + i;
            clients.add(name);
            client.jvm().tell(client.client(name));
            client.jvm().tell("load", name, "127.0.0.1:" + port, run, String.valueOf(RATE_OF_EACH));
        }
        awaitAnswers();
        restart.run();
        Tally tally = join(clients);
        clients.forEach(name -> client.jvm().ask("close", name));
        servers.forEach(name -> server.jvm().ask("stop", name));
        return tally;
    }

    /** Goes on when every client could have been answered ten times from now on, or when nobody is for too long: the tally will tell. */
    private void awaitAnswers() {
        int before = answered();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> answered() >= before + 20 * CLIENTS);
        } catch (ConditionTimeoutException e) {
            System.err.println(run + ": only " + (answered() - before) + " answers in " + PATIENCE);
        }
    }

    private int answered() {
        return Integer.parseInt(client.jvm().tell("answered", run));
    }

    private Tally join(List<String> clients) throws IOException {
        List<CompletableFuture<String>> unloads = new ArrayList<>();
        for (String name : clients) {
            unloads.add(client.jvm().ask("unload", name + run, file(name).toString()));
        }
        unloads.forEach(PeerJvm::result);
        List<String> calls = new ArrayList<>();
        for (String name : clients) {
            calls.addAll(Files.readAllLines(file(name)));
        }
        Tally tally = Tally.join(calls, executed());
        Duration straggling = Duration.ofSeconds(2);
        long endNanos = System.nanoTime() + straggling.toNanos();
        // The last one-ways may still be on their way; only what stays away is lost.
        while (tally.lost() > 0 && System.nanoTime() < endNanos) {
            tally = Tally.join(calls, executed());
        }
        return tally;
    }

    private List<String> executed() throws IOException {
        server.jvm().tell("executed", run, file("executed").toString());
        return Files.readAllLines(file("executed"));
    }

    private Path file(String name) {
        return directory.resolve(run + "." + name + ".tsv").toAbsolutePath();
    }
}
