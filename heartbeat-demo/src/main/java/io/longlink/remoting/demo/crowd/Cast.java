package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.process.Dialogue;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;

/** The JVMs of a scenario, and what every scenario has them do. One thread. */
final class Cast implements AutoCloseable {
    private static final long START_MILLIS = 20_000;
    private static final int WARM_CONNECTIONS = 400;
    private static final long CONNECT_MILLIS = 60_000;
    private static final long SHORT_MILLIS = 10_000;
    private static final long TOLD_MILLIS = 10_000;
    private static final long DRAIN_MILLIS = 30_000;

    /** Behind the drain's own deadline: forcing, threads. */
    private static final long DRAINED_MILLIS = DRAIN_MILLIS + 10_000;

    private final Crowd crowd;
    private final Story story;
    private final Dialogue clients = new Dialogue("the clients", ClientSide.class);
    private Dialogue server = new Dialogue("the server", ServerSide.class);

    Cast(Crowd crowd, Story story) {
        this.crowd = crowd;
        this.story = story;
    }

    Dialogue server() {
        return server;
    }

    Dialogue clients() {
        return clients;
    }

    /** The server's ports open; returns when the first and the last did. */
    Moments listen() throws InterruptedException {
        String[] moments = server.ask("listen " + crowd.text(), "listening", START_MILLIS).split(" ", -1);
        return new Moments(Long.parseLong(moments[0]), Long.parseLong(moments[1]));
    }

    /** All connections are made. */
    void connect() throws InterruptedException {
        long millis = Long.parseLong(clients.ask("connect " + crowd.text(), "connected", CONNECT_MILLIS));
        story.tell(
                "connected",
                new JsonObject()
                        .put("connections", crowd.connections())
                        .put("clients", crowd.clients())
                        .put("hosts", crowd.hosts())
                        .put("ports", crowd.ports().size())
                        .put("millis", millis),
                String.format(
                        "%d connections made in %d ms: %d clients in one JVM, a server with %d addresses and %d ports in another",
                        crowd.connections(), millis, crowd.clients(), crowd.hosts(), crowd.ports().size()));
    }

    /** The server leaves. */
    Departure drain() throws InterruptedException {
        clients.ask("watch", "watching", SHORT_MILLIS);
        long serverCpu = count(server)[1];
        long clientCpu = count(clients)[1];
        server.say("drain " + DRAIN_MILLIS);
        long beganMicros = Long.parseLong(server.hear("draining", SHORT_MILLIS));
        story.tell("drain", new JsonObject().put("connections", crowd.connections()), "the server drains");
        Moments told = Moments.parse(clients.ask("told " + TOLD_MILLIS, "told", TOLD_MILLIS + SHORT_MILLIS));
        DrainReport report = ServerSide.parse(server.hear("drained", DRAINED_MILLIS));
        Departure departure = new Departure(
                crowd.connections(), beganMicros, told, report, count(server)[1] - serverCpu, count(clients)[1] - clientCpu);
        story.tell("drained", departure.facts(), departure.sentence());
        return departure;
    }

    /** How many connections are left open when the server has left, on either side. */
    long leftOpen() throws InterruptedException {
        long closed = Long.parseLong(clients.ask("gone " + SHORT_MILLIS, "gone", 2 * SHORT_MILLIS));
        return count(server)[0] + crowd.connections() - closed;
    }

    /**
     * Ends the server's JVM and starts another one, which does not listen yet, but has warmed up: what is to be seen is how clients come,
     * and not how slow a JVM is that has just been born.
     */
    void replaceServer() throws InterruptedException {
        server.end();
        server = new Dialogue("the new server", ServerSide.class);
        server.ask("warm " + Crowd.of(WARM_CONNECTIONS).text(), "warm", START_MILLIS);
    }

    /** Connections, processor time in milliseconds, and what else that side counts. */
    static long[] count(Dialogue side) throws InterruptedException {
        String[] words = side.ask("count", "count", SHORT_MILLIS).split(" ", -1);
        long[] numbers = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Long.parseLong(words[i]);
        }
        return numbers;
    }

    @Override
    public void close() {
        clients.close();
        server.close();
    }
}
