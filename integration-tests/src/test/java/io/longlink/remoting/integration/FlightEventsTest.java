package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the Flight Recorder is told of both sides while a server is replaced. */
@ExtendWith(LeakGuard.class)
class FlightEventsTest {
    private static final String PREFIX = "io.longlink.remoting.";
    private static final int ECHO = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    @TempDir
    private Path directory;

    private final Recording recording = new Recording();
    private final CountDownLatch holding = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void record() {
        for (String name : List.of(
                "ConnectionOpened", "ConnectionReady", "ConnectionDraining", "ConnectionClosed", "GoAwayTold", "GoAwayReceived",
                "RequestRetried", "AddressState", "ServerDrain")) {
            recording.enable(PREFIX + name);
        }
        recording.start();
    }

    @AfterEach
    void release() {
        release.countDown();
        recording.close();
    }

    private NettyRemotingServer server(int port) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(ECHO, new Executions().echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            holding.countDown();
            release.await();
            return Services.response("held");
        }, services.executor(1));
        return server;
    }

    /** Everything that was recorded, in order. */
    private List<RecordedEvent> recorded() throws IOException {
        recording.stop();
        Path file = directory.resolve("recorded.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream().sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
    }

    private static String name(RecordedEvent event) {
        return event.getEventType().getName().substring(PREFIX.length());
    }

    private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
        return events.stream().filter(event -> name(event).equals(name)).toList();
    }

    private static RecordedEvent only(String name, List<RecordedEvent> events) {
        List<RecordedEvent> found = named(name, events);
        assertEquals(1, found.size(), () -> name + ": " + found);
        return found.get(0);
    }

    /** The connections of one side, in the order in which they were opened, with what was told of each. */
    private static List<List<RecordedEvent>> connections(String side, List<RecordedEvent> events) {
        Map<String, List<RecordedEvent>> byChannel = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            if (event.hasField("side") && event.getString("side").equals(side)) {
                byChannel.computeIfAbsent(event.getString("channelId"), id -> new ArrayList<>()).add(event);
            }
        }
        return List.copyOf(byChannel.values());
    }

    private static List<String> names(List<RecordedEvent> events) {
        return events.stream().map(FlightEventsTest::name).toList();
    }

    /** Where the address has been; attempts that found nobody are left out, for how many they are is chance. */
    private static List<String> way(String address, List<RecordedEvent> events) {
        List<String> way = new ArrayList<>();
        String last = "IDLE";
        for (RecordedEvent event : named("AddressState", events)) {
            assertEquals(address, event.getString("address"));
            assertEquals(last, event.getString("before"), "each begins where the last one ended");
            last = event.getString("after");
            int size = way.size();
            if (last.equals("BACKOFF") && size >= 2 && way.get(size - 2).equals(last)) {
                way.remove(size - 1);
            } else {
                way.add(last);
            }
        }
        return way;
    }

    @Test
    void serverIsReplaced_oneClientMoves_bothSidesAreRecordedInOrder() throws Exception {
        NettyRemotingServer old = server(0);
        String address = address(old);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> held = client.invoke(address, Services.request(HELD, ""), CALL_MILLIS);
        holding.await();
        CompletableFuture<DrainReport> drained = old.shutdownGracefully(Duration.ofSeconds(8));
        NettyRemotingServer replacement = server(old.localListenPort());
        // The gate closes after the port is free; what comes between is served by the old server.
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        get(client.invoke(address, Services.request(ECHO, "a"), CALL_MILLIS));
        release.countDown();
        get(held);
        DrainReport report = get(drained);
        client.shutdown();
        DrainReport nothing = get(replacement.shutdownGracefully(Duration.ofSeconds(8)));
        List<RecordedEvent> events = recorded();

        List<List<RecordedEvent>> atClient = connections("CLIENT", events);
        List<List<RecordedEvent>> atServer = connections("SERVER", events);
        assertEquals(2, atClient.size());
        assertEquals(2, atServer.size());
        assertEquals(
                List.of("ConnectionOpened", "ConnectionReady", "GoAwayReceived", "ConnectionDraining", "ConnectionClosed"),
                names(atClient.get(0)));
        assertEquals(
                List.of("ConnectionOpened", "ConnectionReady", "ConnectionDraining", "GoAwayTold", "ConnectionClosed"),
                names(atServer.get(0)));
        List<String> unannounced = List.of("ConnectionOpened", "ConnectionReady", "ConnectionDraining", "ConnectionClosed");
        assertEquals(unannounced, names(atClient.get(1)));
        assertEquals(unannounced, names(atServer.get(1)));
        assertEquals(List.of("CONNECTING", "READY", "BACKOFF", "CONNECTING", "READY", "SHUTDOWN"), way(address, events));

        assertMoved(address, atClient.get(0), atServer.get(0));
        assertEquals("retired", atClient.get(1).get(2).getString("reason"));
        assertEquals("peer ended", atServer.get(1).get(2).getString("reason"));
        assertEquals("QUIET", atClient.get(1).get(3).getString("how"));
        assertEquals("CLOSED_BY_PEER", atServer.get(1).get(3).getString("how"));
        List<RecordedEvent> drains = named("ServerDrain", events);
        assertEquals(2, drains.size());
        assertReport(report, old.localListenPort(), drains.get(0));
        assertReport(nothing, replacement.localListenPort(), drains.get(1));
        assertFalse(drains.get(0).getStartTime().isAfter(atServer.get(0).get(2).getStartTime()), "it begins before its connections drain");
        assertFalse(drains.get(0).getEndTime().isBefore(atServer.get(0).get(4).getStartTime()), "and ends when they have ended");
    }

    private static void assertMoved(String address, List<RecordedEvent> atClient, List<RecordedEvent> atServer) {
        atClient.forEach(event -> assertEquals(address, event.getString("remoteAddress")));
        String clientsEnd = atClient.get(0).getString("localAddress");
        assertNotEquals(address, clientsEnd);
        assertEquals(address, atServer.get(0).getString("localAddress"));
        atServer.forEach(event -> assertEquals(clientsEnd, event.getString("remoteAddress")));

        RecordedEvent received = atClient.get(2);
        RecordedEvent told = atServer.get(3);
        assertEquals("shutdown", told.getString("reason"));
        assertEquals("shutdown", received.getString("reason"));
        assertEquals(told.getDuration("grace"), received.getDuration("grace"));
        assertTrue(told.getDuration("grace").toMillis() > 5_000, told::toString);
        assertFalse(received.getStartTime().isBefore(told.getStartTime()), "nobody hears what was not told");
        assertEquals(1, atClient.get(3).getInt("requestsPending"));
        assertEquals(0, atClient.get(3).getInt("requestsInFlight"));
        assertEquals(0, atServer.get(2).getInt("requestsPending"));
        assertEquals(1, atServer.get(2).getInt("requestsInFlight"));
        RecordedEvent closedByClient = atClient.get(4);
        RecordedEvent closedByServer = atServer.get(4);
        assertEquals("QUIET", closedByClient.getString("how"));
        assertEquals("CLOSED_BY_PEER", closedByServer.getString("how"));
        for (RecordedEvent closed : List.of(closedByClient, closedByServer)) {
            assertEquals(0, closed.getInt("requestsFailed"));
            assertEquals(0, closed.getInt("requestsUnanswered"));
            assertTrue(closed.getDuration("lifetime").toNanos() > 0, closed::toString);
        }
    }

    private static void assertReport(DrainReport report, int port, RecordedEvent drain) {
        assertEquals(port, drain.getInt("port"));
        assertEquals(1, drain.getInt("ports"));
        DrainReport told = new DrainReport(
                drain.getLong("connections"),
                drain.getLong("told"),
                drain.getLong("closedByPeer"),
                drain.getLong("quietClosed"),
                drain.getLong("forced"),
                drain.getLong("broken"),
                drain.getLong("inFlight"),
                drain.getLong("acceptedLater"),
                drain.getLong("finished"),
                drain.getLong("unanswered"),
                drain.getLong("refused"),
                drain.getLong("oneWaysExecuted"),
                drain.getDuration("untilLastConnection"));
        assertEquals(report, told);
    }

    @Test
    void refusedRequest_isRecordedWhenItIsSentAgain() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client();
        RemotingCommand request = Services.request(ECHO, "a");
        long beforeCall = System.nanoTime();
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), request, CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(peer);
        Frame refused = first.receive();
        long behindCall = System.nanoTime();
        first.send(Scripts.refusal(refused));
        ScriptedPeer.Connection second = peer.accept();
        Frame hello = Scripts.receiveHello(second);
        long beforeRetry = System.nanoTime();
        second.send(Scripts.goodAnswer(hello));
        Frame again = second.receive();
        long behindRetry = System.nanoTime();
        second.send(Scripts.response(again, "a"));
        get(call);
        List<RecordedEvent> events = recorded();

        RecordedEvent retried = only("RequestRetried", events);
        assertEquals(address(peer.port()), retried.getString("remoteAddress"));
        assertEquals(ECHO, retried.getInt("code"));
        assertEquals(request.getOpaque(), retried.getInt("callersOpaque"));
        assertEquals(again.opaque(), retried.getInt("opaque"));
        List<List<RecordedEvent>> connections = connections("CLIENT", events);
        assertEquals(2, connections.size());
        assertEquals(connections.get(1).get(0).getString("channelId"), retried.getString("channelId"));
        RecordedEvent received = only("GoAwayReceived", events);
        assertEquals(connections.get(0).get(0).getString("channelId"), received.getString("channelId"));
        long age = retried.getDuration("age").toNanos();
        assertTrue(age >= beforeRetry - behindCall && age <= behindRetry - beforeCall, retried::toString);
    }

    @Test
    void runtimeWithoutTheRecorder_worksAllTheSame() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process program = new ProcessBuilder(
                        java, "--limit-modules", "java.se,jdk.unsupported", "-cp", classPath, WithoutFlightRecorder.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertTrue(program.waitFor(Services.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        assertEquals("recorder false, answer echo, told 1, adds up true", printed.lines().reduce("", (before, line) -> line), printed);
        assertEquals(0, program.exitValue());
    }
}
