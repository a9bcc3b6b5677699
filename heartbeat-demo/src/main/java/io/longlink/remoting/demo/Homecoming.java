package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The clients' way to the replacement of one server: who beat it again, who moved, and when the last one had. Thread-safe. */
final class Homecoming {
    private final int server;
    private final String address;
    private final int clients;
    private final Story story;
    private final Set<Integer> beaten = ConcurrentHashMap.newKeySet();
    private final Set<Integer> home = ConcurrentHashMap.newKeySet();
    private final Set<Integer> rebalanced = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile long startedNanos = System.nanoTime();
    private volatile long completedNanos;
    private volatile boolean complete;

    /** @param clients how many are expected */
    Homecoming(int server, String address, int clients, Story story) {
        this.server = server;
        this.address = address;
        this.clients = clients;
        this.story = story;
    }

    /** The replacement has started. */
    void onStarted() {
        startedNanos = System.nanoTime();
    }

    /** Some server has taken a client's heartbeat. */
    void onBeat(int client, String beatenAddress) {
        if (beatenAddress.equals(address) && beaten.add(client)) {
            story.tell("beat", about(client).put("afterMillis", Pause.millisSince(startedNanos)), "");
        }
    }

    /** A client has a connection to some server that is ready for traffic. */
    void onActive(int client, String activeAddress) {
        if (!activeAddress.equals(address) || !home.add(client)) {
            return;
        }
        long millis = Pause.millisSince(startedNanos);
        boolean beatFirst = beaten.contains(client);
        story.tell(
                "moved",
                about(client).put("afterMillis", millis).put("beatFirst", beatFirst),
                String.format(
                        "client %d moved to the new server %d after %d ms%s",
                        client, server, millis, beatFirst ? ", its heartbeat went first" : ""));
        if (home.size() >= clients && !complete) {
            completedNanos = System.nanoTime();
            complete = true;
        }
        tellIfAllAreThere();
    }

    /** A client was told to rebalance, for which a connection to this server is the only reason there is. */
    void onRebalance(int client) {
        if (rebalanced.add(client)) {
            story.tell("rebalance", about(client), "");
        }
        tellIfAllAreThere();
    }

    private void tellIfAllAreThere() {
        if (complete && rebalanced.size() >= clients && told.compareAndSet(false, true)) {
            long millis = Math.max(0, (completedNanos - startedNanos) / 1_000_000);
            story.tell(
                    "allMoved",
                    new JsonObject().put("server", server).put("clients", clients).put("afterMillis", millis),
                    String.format(
                            "all %d clients moved to the new server %d within %d ms and rebalanced", clients, server, millis));
        }
    }

    /** Whether all clients have moved. */
    boolean isComplete() {
        return complete;
    }

    /** When the last client had moved, on {@link System#nanoTime()}; says nothing before. */
    long completedNanos() {
        return completedNanos;
    }

    private JsonObject about(int client) {
        return new JsonObject().put("server", server).put("client", client);
    }
}
