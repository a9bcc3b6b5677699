package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the first message that counts: a server and a client of their own, for a second at most, so that the run measures
 * restarts and not a JVM that has just been born. On a busy machine a cold one needs seconds to catch up with 5,000 messages a second.
 */
final class WarmUp {
    private static final int MESSAGES = 4_000;
    private static final int MAX_IN_FLIGHT = 256;
    private static final long MAX_MILLIS = 1_000;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

    private WarmUp() {}

    /**
     * Sends, waits for all answers, and ends the server and the client.
     *
     * @throws IllegalStateException if a message failed; warm or not, it must not
     */
    static void run(DemoOptions options, Workload workload, Story story) throws InterruptedException {
        long beganNanos = System.nanoTime();
        Ledger ledger = new Ledger(workload, MESSAGES, null);
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        DemoServer server = new DemoServer(0, 1, 0, Duration.ofMillis(50), ledger, Faults.NONE);
        server.start();
        DemoClient client = new DemoClient(
                options,
                List.of(server.address()),
                ledger,
                new Latencies(),
                new Timeline().client("warm-up", List.of(server.address())),
                address -> {},
                (id, kind, address, why) -> failure.set(why));
        client.start();
        try {
            send(ledger, client);
            Pause.untilTrue(() -> ledger.inFlight() == 0, options.deadline().toMillis() + 1_000);
        } finally {
            CompletableFuture<DrainReport> end = client.shutdown(END_TIMEOUT);
            end.join();
            server.close();
        }
        String why = failure.get();
        if (why != null || ledger.inFlight() > 0) {
            throw new IllegalStateException("a message failed before anything was restarted: " + why);
        }
        long millis = Pause.millisSince(beganNanos);
        story.tell(
                "warm",
                new JsonObject().put("messages", ledger.sent()).put("millis", millis),
                String.format("warmed up: %d messages that do not count, in %d ms", ledger.sent(), millis));
    }

    private static void send(Ledger ledger, DemoClient client) throws InterruptedException {
        long beganNanos = System.nanoTime();
        for (int id = 0; id < MESSAGES && Pause.millisSince(beganNanos) < MAX_MILLIS; id++) {
            Pause.untilTrue(() -> ledger.inFlight() < MAX_IN_FLIGHT, MAX_MILLIS);
            client.send(id, id, System.nanoTime());
        }
    }
}
