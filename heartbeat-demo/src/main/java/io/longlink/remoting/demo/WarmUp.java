package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Timeline;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the first message that counts: a server and a client of their own, for a second at most, so that the run measures
 * restarts and not a JVM that has just been born. On a busy machine a cold one needs seconds to catch up with 5,000 messages a second.
 */
final class WarmUp {
    /** So many make a JVM warm. */
    static final int MESSAGES = 4_000;

    /** So many wait for a server that is away, in a restart that is played before those that count. */
    private static final int REHEARSED = 200;

    private static final long REHEARSED_GAP_NANOS = 200_000_000;
    private static final int MAX_IN_FLIGHT = 256;
    private static final long MAX_MILLIS = 1_000;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

    private WarmUp() {}

    /**
     * Sends, replaces the server once while some more wait for it, and when all answers are there ends it and the client.
     *
     * @param messages how many, if there is time for them
     * @return how many messages it sent
     * @throws IllegalStateException if a message failed; warm or not, it must not
     */
    static long run(Workload workload, int messages) throws InterruptedException {
        Profile profile = Profile.ROLLING;
        DemoOptions options =
                new DemoOptions(profile.duration(), profile.rate(), 1, 1, profile.gap(), DEADLINE, false, profile);
        Ledger ledger = new Ledger(workload, messages + REHEARSED, null);
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        DemoClient.Listener listener = new DemoClient.Listener() {
            @Override
            public void onFailure(DemoClient.Failure failed) {
                failure.set(failed.why());
            }
        };
        DemoServer server = start(1, 0, ledger);
        List<String> addresses = List.of(server.address());
        Timeline.Client unseen = new Timeline().client("warm-up", addresses);
        DemoClient client = new DemoClient(0, options, addresses, ledger, new Latencies(), unseen, listener, Runnable::run);
        client.start();
        try {
            send(messages, ledger, client);
            server.drain(END_TIMEOUT).join();
            for (int id = messages; id < ledger.messages(); id++) {
                client.send(id, id, System.nanoTime());
            }
            Pause.until(System.nanoTime() + REHEARSED_GAP_NANOS);
            server = start(2, server.port(), ledger);
            Pause.untilTrue(() -> ledger.inFlight() == 0, DEADLINE.toMillis() + 1_000);
        } finally {
            client.shutdown(END_TIMEOUT).join();
            client.close();
            server.drain(END_TIMEOUT).join();
        }
        String why = failure.get();
        if (why != null || ledger.inFlight() > 0) {
            throw new IllegalStateException("a message failed before anything was restarted: " + why);
        }
        return ledger.sent();
    }

    private static DemoServer start(int life, int port, Ledger ledger) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            DemoServer server = new DemoServer(0, life, port, Duration.ofMillis(50), ledger, Faults.NONE);
            try {
                server.start();
                return server;
            } catch (UncheckedIOException e) {
                if (attempt == Servers.BIND_ATTEMPTS) {
                    throw e;
                }
                Pause.until(System.nanoTime() + Servers.BIND_PAUSE_NANOS);
            }
        }
    }

    private static void send(int messages, Ledger ledger, DemoClient client) throws InterruptedException {
        // The first one brings the connection about, with all the classes that takes.
        client.send(0, 0, System.nanoTime());
        Pause.untilTrue(() -> ledger.inFlight() == 0, DEADLINE.toMillis());
        long beganNanos = System.nanoTime();
        for (int id = 1; id < messages && Pause.millisSince(beganNanos) < MAX_MILLIS; id++) {
            Pause.untilTrue(() -> ledger.inFlight() < MAX_IN_FLIGHT, MAX_MILLIS);
            client.send(id, id, System.nanoTime());
        }
        Pause.untilTrue(() -> ledger.inFlight() == 0, DEADLINE.toMillis());
    }
}
