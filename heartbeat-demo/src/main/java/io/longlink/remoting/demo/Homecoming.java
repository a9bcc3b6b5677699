package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The clients' way to the replacement of one server: told once, when the last of them has a connection. Thread-safe. */
final class Homecoming {
    private final int server;
    private final String address;
    private final int clients;
    private final Story story;
    private final Set<Integer> home = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile long startedNanos = System.nanoTime();

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

    /** A client has a connection to some server that is ready for traffic. */
    void onActive(int client, String activeAddress) {
        if (activeAddress.equals(address) && home.add(client) && home.size() >= clients && told.compareAndSet(false, true)) {
            long millis = Pause.millisSince(startedNanos);
            story.tell(
                    "moved",
                    new JsonObject().put("server", server).put("clients", clients).put("afterMillis", millis),
                    String.format(
                            "all %d clients have moved to the new server %d, the last one %d ms after its start",
                            clients, server, millis));
        }
    }
}
