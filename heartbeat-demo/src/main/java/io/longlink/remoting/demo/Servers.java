package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/** All servers of one run, and all their lives. For the plot's thread, but for {@link #sum}. */
final class Servers implements AutoCloseable {
    /** Somebody else may hold the port for a moment: a client's attempt that connected to itself, for example. */
    static final int BIND_ATTEMPTS = 50;

    static final long BIND_PAUSE_NANOS = 100_000_000;

    private final DemoOptions options;
    private final Ledger ledger;
    private final Story story;
    private final Faults faults;
    private final List<ServerLife> lives = new CopyOnWriteArrayList<>();
    private final List<ServerLife> current = new ArrayList<>();

    /** Warm JVMs for lives to come, in the order in which they will be needed. */
    private final Queue<RemoteServer> spares = new ArrayDeque<>();

    Servers(DemoOptions options, Ledger ledger, Story story, Faults faults) {
        this.options = options;
        this.ledger = ledger;
        this.story = story;
        this.faults = faults;
    }

    private void onExecute(int id, MessageKind kind, int server, String text) {
        if (kind == MessageKind.ONE_WAY && faults.losesOneway(id)) {
            return;
        }
        ledger.onExecute(id, kind, server, text);
        if (faults.executesTwice(id)) {
            ledger.onExecute(id, kind, server, text);
        }
    }

    /**
     * Starts the first life of each. Where they have JVMs of their own, those of all later lives are born now, too, and wait: so it is an
     * absence that the run measures, and not how long a JVM takes to start beside the messages.
     */
    void startAll() throws InterruptedException {
        List<ServerLife> first = new ArrayList<>();
        for (int number = 1; number <= options.servers(); number++) {
            first.add(prepare(number, 1, 0));
        }
        for (int i = 0; options.processes() && i < options.restarts(); i++) {
            spares.add(spawn(1 + i % options.servers(), 2 + i / options.servers()));
        }
        for (ServerLife server : first) {
            ServerLife started = start(server);
            current.add(started);
            story.timeline().name(started.address(), "server " + started.number());
            story.tell(
                    "started",
                    about(started),
                    String.format("server %d started on port %d%s", started.number(), started.port(), inWhichJvm()));
        }
        spares.forEach(RemoteServer::awaitReady);
    }

    private String inWhichJvm() {
        return options.processes() ? ", in a JVM of its own" : "";
    }

    /** The life after this one, not yet started, on its port. */
    ServerLife prepareNext(ServerLife server) {
        RemoteServer spare = spares.poll();
        return spare == null ? prepare(server.number(), server.life() + 1, server.port()) : spare.on(server.port());
    }

    private ServerLife prepare(int number, int life, int port) {
        if (options.processes()) {
            return spawn(number, life).on(port);
        }
        ServerLife server = new DemoServer(number, life, port, options.commitInterval(), this::onExecute, faults);
        lives.add(server);
        return server;
    }

    private RemoteServer spawn(int number, int life) {
        RemoteServer server = new RemoteServer(number, life, options.commitInterval(), this::onExecute);
        lives.add(server);
        return server;
    }

    /** Starts what was prepared, or another one like it if somebody has its port. */
    ServerLife start(ServerLife prepared) throws InterruptedException {
        ServerLife server = prepared;
        for (int attempt = 1; ; attempt++) {
            try {
                server.start();
                return server;
            } catch (UncheckedIOException e) {
                if (attempt == BIND_ATTEMPTS) {
                    throw e;
                }
                story.tell(
                        "portTaken",
                        about(server).put("attempt", attempt).put("why", e.getMessage()),
                        String.format("server %d cannot start yet: %s", server.number(), e.getMessage()));
                Pause.until(System.nanoTime() + BIND_PAUSE_NANOS);
                server.close();
                server = prepare(server.number(), server.life(), server.port());
            }
        }
    }

    /** Starts the next life of a server and tells; from now on it is the current one. */
    ServerLife startNext(ServerLife prepared, Homecoming expected) throws InterruptedException {
        Pause.until(System.nanoTime() + faults.oversleeps(prepared.number(), prepared.life()).toNanos());
        ServerLife next = start(prepared);
        expected.onStarted();
        story.timeline().serverBack("server " + next.number());
        current.set(next.number() - 1, next);
        story.tell("restarted", about(next), String.format("server %d is back on port %d", next.number(), next.port()));
        return next;
    }

    /** The lives that run, in the order of their numbers. */
    List<ServerLife> current() {
        return List.copyOf(current);
    }

    /** One of the counters, over all lives, those that have ended included. Any thread. */
    long sum(ToLongFunction<ServerCounters> counter) {
        return lives.stream().mapToLong(life -> counter.applyAsLong(life.counters())).sum();
    }

    /** A server, for machines. */
    static JsonObject about(ServerLife server) {
        return new JsonObject().put("server", server.number()).put("life", server.life()).put("port", server.port());
    }

    @Override
    public void close() {
        lives.forEach(ServerLife::close);
    }
}
