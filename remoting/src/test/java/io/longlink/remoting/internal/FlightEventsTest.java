package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.longlink.remoting.AddressState;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ManualExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the Flight Recorder is told of one connection, and what that costs while nobody records. */
@ExtendWith(LeakGuard.class)
class FlightEventsTest {
    private static final String PREFIX = "io.longlink.remoting.";
    private static final List<String> CONNECTION_EVENTS = List.of(
            "ConnectionOpened", "ConnectionReady", "ConnectionDraining", "ConnectionClosed", "GoAwayTold", "GoAwayReceived");
    private static final List<String> OTHER_EVENTS = List.of("RequestRetried", "AddressState", "ServerDrain");
    private static final int CODE = 7;
    private static final int GO_AWAY = 1500;
    private static final GoAwayNotice NOTICE = new GoAwayNotice(GoAwayNotice.REASON_SHUTDOWN, 1_000);
    private static final DrainReport REPORT = new DrainTally().report(Duration.ZERO);

    @TempDir
    private Path directory;

    /** Records what happens on one connection, and tells each event as its name and its own fields. */
    private List<String> record(Runnable script) throws IOException {
        Path file = directory.resolve("connection.jfr");
        try (Recording recording = new Recording()) {
            CONNECTION_EVENTS.forEach(name -> recording.enable(PREFIX + name));
            recording.start();
            script.run();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        for (RecordedEvent event : events) {
            assertEquals(ConnectionHarness.PEER, event.getString("remoteAddress"));
            assertEquals(events.get(0).getString("side"), event.getString("side"));
            assertEquals(events.get(0).getString("channelId"), event.getString("channelId"));
            assertEquals(null, event.getStackTrace());
        }
        return events.stream().sorted(Comparator.comparing(RecordedEvent::getStartTime)).map(FlightEventsTest::describe).toList();
    }

    private static String describe(RecordedEvent event) {
        String name = event.getEventType().getName().substring(PREFIX.length());
        return switch (name) {
            case "ConnectionOpened" -> "opened " + event.getString("side");
            case "ConnectionReady" -> "ready " + event.getDuration("sinceOpened").toMillis();
            case "ConnectionDraining" -> "draining " + event.getString("reason") + ' ' + event.getInt("requestsPending") + ' '
                    + event.getInt("requestsInFlight");
            case "ConnectionClosed" -> "closed " + event.getString("how") + ' ' + event.getDuration("lifetime").toMillis() + ' '
                    + event.getInt("requestsFailed") + ' ' + event.getInt("requestsUnanswered") + ' ' + event.getString("cause");
            default -> name + ' ' + event.getString("reason") + ' ' + event.getDuration("grace").toMillis();
        };
    }

    // ---------------------------------------------------------------- GO_AWAY

    @Test
    void serverDrains_helloPeerGoes_isToldFromOpenedToClosed() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
                ManualExecutor executor = new ManualExecutor();
                server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
                server.receive(Frame.request(CODE).withOpaque(1));
                server.advance(1_000);
                server.drain(200);
                server.advance(500);
                executor.runNext();
                server.advance(0);
                server.peerEnds();
            }
        });

        assertEquals(
                List.of("opened SERVER", "ready 0", "draining shutdown 0 1", "GoAwayTold shutdown 30000",
                        "closed CLOSED_BY_PEER 1500 0 0 null"),
                told);
    }

    @Test
    void clientIsToldToGo_isToldFromOpenedToClosed() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness client = ConnectionHarness.openingClient()) {
                client.advance(40);
                assertTrue(client.connection().tryReady());
                client.send(CODE, "a", 60_000);
                Frame asked = client.next();
                client.advance(960);
                client.receive(Frame.oneway(GO_AWAY).withExt("reason", "age").withExt("graceMillis", "7000"));
                client.receive(Frame.oneway(GO_AWAY).withExt("reason", "shutdown"));
                client.advance(500);
                client.receive(Frame.response(asked, 0));
                client.peerEnds();
            }
        });

        assertEquals(
                List.of("opened CLIENT", "ready 40", "GoAwayReceived age 7000", "draining age 1 0", "closed QUIET 1500 0 0 null"), told);
    }

    @Test
    void clientIsRefused_knowsNeitherReasonNorGrace() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness client = ConnectionHarness.client()) {
                client.send(CODE, "a", 60_000);
                client.receive(Frame.response(client.next(), GO_AWAY));
                client.peerEnds();
            }
        });

        assertEquals(
                List.of("opened CLIENT", "ready 0", "GoAwayReceived shutdown 30000", "draining shutdown 0 0", "closed QUIET 0 0 0 null"),
                told);
    }

    // ---------------------------------------------------------------- other ends

    @Test
    void peerEnds_withRequestsOpenInBothDirections_areCounted() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.server()) {
                server.register(CODE, (ctx, request) -> null);
                server.receive(Frame.request(CODE).withOpaque(1), Frame.request(CODE).withOpaque(2));
                server.send(CODE, "a", 60_000);
                server.peerEnds();
            }
        });

        assertEquals(
                List.of("opened SERVER", "ready 0", "draining peer ended 1 2", "closed CLOSED_BY_PEER 0 1 2 null"), told);
    }

    @Test
    void connectionBreaks_causeIsTold() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness client = ConnectionHarness.client()) {
                client.send(CODE, "a", 60_000);
                client.channel.pipeline().fireExceptionCaught(new IOException("reset"));
            }
        });

        assertEquals(List.of("opened CLIENT", "ready 0", "closed BROKEN 0 1 0 java.io.IOException: reset"), told);
    }

    @Test
    void closedAtOnce_byUs_isLocal() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.server()) {
                server.connection().close(null);
            }
        });

        assertEquals(List.of("opened SERVER", "ready 0", "closed LOCAL 0 0 0 null"), told);
    }

    @Test
    void deadlineOfTheDrain_isForced() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.server()) {
                server.register(CODE, (ctx, request) -> null);
                server.receive(Frame.request(CODE).withOpaque(1));
                server.drain(200);
                server.advance(5_000);
                server.force();
                server.advance(ConnectionHandler.LINGER_MILLIS);
            }
        });

        assertEquals(List.of("opened SERVER", "ready 0", "draining shutdown 0 1", "closed FORCED 7000 0 1 null"), told);
    }

    @Test
    void retired_byTheClientsShutdown_isQuiet() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness client = ConnectionHarness.client()) {
                client.connection().retire(client.tally, 1_000);
                client.peerEnds();
            }
        });

        assertEquals(List.of("opened CLIENT", "ready 0", "draining retired 0 0", "closed QUIET 0 0 0 null"), told);
    }

    @Test
    void silentPeer_onBothSides_isSilent() throws IOException {
        List<String> atServer = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.server()) {
                server.advance(120_000 + ConnectionHandler.LINGER_MILLIS);
            }
        });
        List<String> atClient = record(() -> {
            try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
                client.advance(20_000);
            }
        });

        assertEquals(List.of("opened SERVER", "ready 0", "draining silent 0 0", "closed SILENT 122000 0 0 null"), atServer);
        assertEquals(
                List.of("opened CLIENT", "ready 0", "closed SILENT 20000 0 0 java.io.IOException: not a byte came for too long"), atClient);
    }

    @Test
    void peerFoundDead_duringTheDrain_isBroken() throws IOException {
        List<String> told = record(() -> {
            try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
                // The HELLO must not have come at the very moment of the PING.
                server.advance(1);
                server.drain(200);
                server.advance(5_001);
            }
        });

        assertEquals("closed BROKEN 5001 0 0 java.io.IOException: a PING stayed unanswered during the drain", told.get(told.size() - 1));
    }

    // ---------------------------------------------------------------- what it costs

    @Test
    void nobodyRecords_nothingIsAllocated() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ConnectionHarness harness = ConnectionHarness.client()) {
            Connection connection = harness.connection();
            // Loads the classes.
            tellEverything(connection, 1);
            assertEquals(0, allocated(threads, connection), "before a recording");
            try (Recording recording = new Recording()) {
                Stream.concat(CONNECTION_EVENTS.stream(), OTHER_EVENTS.stream()).forEach(name -> recording.enable(PREFIX + name));
                recording.start();
                assertTrue(allocated(threads, connection) > 0, "this very measurement sees what a recording costs");
                recording.stop();
                Path file = directory.resolve("everything.jfr");
                recording.dump(file);
                assertEquals(
                        1_000L * (CONNECTION_EVENTS.size() + OTHER_EVENTS.size()), RecordingFile.readAllEvents(file).size());
                Files.delete(file);
            }
            assertEquals(0, allocated(threads, connection), "behind a recording");
            try (Recording recording = new Recording()) {
                CONNECTION_EVENTS.forEach(name -> recording.disable(PREFIX + name));
                OTHER_EVENTS.forEach(name -> recording.disable(PREFIX + name));
                recording.start();
                assertEquals(0, allocated(threads, connection), "while other things are recorded");
            }
        }
    }

    private static long allocated(ThreadMXBean threads, Connection connection) {
        long before = threads.getCurrentThreadAllocatedBytes();
        tellEverything(connection, 1_000);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void tellEverything(Connection connection, int times) {
        long now = TimeUnit.HOURS.toNanos(1);
        for (int i = 0; i < times; i++) {
            FlightEvents.opened(connection);
            FlightEvents.ready(connection, now);
            FlightEvents.draining(connection, "shutdown", i, i);
            FlightEvents.closed(connection, now, "QUIET", null, i, i);
            FlightEvents.goAwayTold(connection, NOTICE);
            FlightEvents.goAwayReceived(connection, NOTICE);
            FlightEvents.retried(connection, CODE, i, i, now);
            FlightEvents.addressMoved("10.0.0.7:10911", AddressState.READY, AddressState.BACKOFF);
            FlightEvents.drainBegins(10911, 1).accept(REPORT);
        }
    }
}
