package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which failures a crash excuses. */
class CrashFailuresTest {
    private final Story story = new Story(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), true);
    private final CrashFailures failures = new CrashFailures();
    private final DemoServer server = new DemoServer(
            1, 1, 4_711, Duration.ofMillis(100), new Ledger(new Workload(List.of("x")), 1, null), Faults.NONE);
    private final Homecoming homecoming = new Homecoming(1, server.address(), 1, story);

    private void fail(String address, long dueNanos, @Nullable Throwable cause) {
        failures.onFailure(new DemoClient.Failure(0, MessageKind.TWO_WAY, address, dueNanos, cause, "because"));
    }

    private static RemotingException unknown() {
        return new RemotingSendRequestException("broke", null, Outcome.UNKNOWN);
    }

    @Test
    void onFailure_whatItSays_isSortedByTypeAndOutcome() {
        failures.onKill(server, homecoming);
        long now = System.nanoTime();
        fail(server.address(), now, unknown());
        fail(server.address(), now, new RemotingConnectException("nobody there", null, Outcome.NOT_SENT));
        fail(server.address(), now, new RemotingConnectException("nobody there", null, Outcome.REFUSED));
        fail(server.address(), now, new RemotingSendRequestException("closing", null, Outcome.NOT_SENT));
        fail(server.address(), now, new IllegalStateException());
        fail(server.address(), now, null);
        assertEquals(1, failures.unknown());
        assertEquals(1, failures.refusedConnects());
        assertEquals(4, failures.otherwise());
        assertEquals(0, failures.uncalledFor());
    }

    @Test
    void onFailure_beforeTheKillAtAnotherAddressOrAfterTheReturn_isUncalledFor() {
        fail(server.address(), System.nanoTime(), unknown());
        assertEquals(1, failures.uncalledFor());
        failures.onKill(server, homecoming);
        fail("127.0.0.1:1", System.nanoTime(), unknown());
        assertEquals(2, failures.uncalledFor());
        assertEquals(1, failures.stayedAway());
        assertEquals(0, failures.calmMillis());

        homecoming.onActive(1, server.address());
        fail(server.address(), homecoming.completedNanos(), unknown());
        assertEquals(2, failures.uncalledFor());
        fail(server.address(), homecoming.completedNanos() + 1, unknown());
        assertEquals(3, failures.uncalledFor());
        assertEquals(0, failures.stayedAway());
        assertTrue(failures.calmMillis() >= 0);
    }
}
