package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody does not let go while a server or a client ends: a processor, or an event loop that stands still. */
@ExtendWith(LeakGuard.class)
class DrainEdgesTest {
    private static final int ECHO = 7;
    private static final int WHO = 8;
    private static final int STUCK = 9;
    private static final int STUCK_IN_A_POOL_OF_OURS = 10;

    /** What a forced connection may take behind the deadline, the teardown, and a machine that is busy (DESIGN 3.2.5, 3.2.6). */
    private static final Duration FORCED = Duration.ofSeconds(3 + 3);

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch stuck = new CountDownLatch(1);

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private final NettyRequestProcessor standsStill = (ctx, request) -> {
        stuck.countDown();
        release.await();
        return request.isOnewayRPC() ? null : Services.response("late");
    };

    private static long liveThreads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith(prefix)).count();
    }

    private static void assertTook(Duration least, Duration most, long beganNanos) {
        Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
        assertTrue(took.compareTo(least) >= 0 && took.compareTo(most) < 0, () -> "took " + took);
    }

    /** A channel of the server to that client, whose one event loop stands still from here on. */
    private Channel blockLoopOf(NettyRemotingClient client, NettyRemotingServer server) throws Exception {
        AtomicReference<Channel> peer = new AtomicReference<>();
        server.registerProcessor(WHO, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        client.registerProcessor(STUCK, standsStill, RequestExecutors.eventLoop());
        get(client.invoke(address(server), Services.request(WHO, ""), CALL_MILLIS));
        server.invokeOneway(peer.get(), Services.request(STUCK, ""), CALL_MILLIS);
        stuck.await();
        return peer.get();
    }

    // ---------------------------------------------------------------- processors

    @Test
    void drain_processorsThatRunBehindTheDeadline_areReportedUnanswered_andNobodyHearsTheirAnswers() throws Exception {
        NettyRemotingServer server = services.server();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch bothRun = new CountDownLatch(2);
        server.registerProcessor(STUCK, (ctx, request) -> {
            bothRun.countDown();
            return standsStill.processRequest(ctx, request);
        }, services.executor(1));
        server.registerProcessor(STUCK_IN_A_POOL_OF_OURS, (ctx, request) -> {
            bothRun.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Services.response("late");
        }, null);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> theirs = client.invoke(address(server), Services.request(STUCK, ""), CALL_MILLIS);
        CompletableFuture<RemotingCommand> ours = client.invoke(address(server), Services.request(STUCK_IN_A_POOL_OF_OURS, ""), CALL_MILLIS);
        bothRun.await();
        long began = System.nanoTime();

        DrainReport report = get(server.shutdownGracefully(Duration.ofMillis(300)));

        assertTook(Duration.ofMillis(300), FORCED, began);
        failure(Outcome.UNKNOWN, theirs);
        failure(Outcome.UNKNOWN, ours);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.forced(), report::toString);
        assertEquals(2, report.inFlight(), report::toString);
        assertEquals(2, report.unanswered(), report::toString);
        assertEquals(0, report.finished(), report::toString);
        interrupted.await();
        eventually().until(() -> liveThreads("longlink-server") == 0);
        assertEquals(1, server.stats().get(Counter.EXECUTING), "what is not ours is not interrupted");

        release.countDown();
        eventually().until(() -> server.stats().get(Counter.EXECUTING) == 0);
        assertEquals(2, server.stats().get(Counter.UNANSWERED));
        assertEquals(0, client.stats().get(Counter.RESPONSES_RECEIVED));
    }

    @Test
    void drain_processorThatEndsJustBeforeTheDeadline_isAnswered_andTheDeadlineIsNotWaitedFor() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(STUCK, standsStill, null);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(STUCK, ""), CALL_MILLIS);
        stuck.await();
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(60));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        release.countDown();

        assertEquals("late", Services.text(get(call)));
        assertEquals(1, get(report).finished());
        assertEquals(1, get(report).closedByPeer());
    }

    // ---------------------------------------------------------------- event loops

    @Test
    void drain_clientWhoseLoopIsBlocked_endsByItsDeadline_andTheClientGoesOnWhenItCan() throws Exception {
        NettyRemotingServer server = services.server();
        NettyRemotingClient client = services.client();
        Channel peer = blockLoopOf(client, server);
        long began = System.nanoTime();

        DrainReport report = get(server.shutdownGracefully(Duration.ofMillis(300)));

        assertTook(Duration.ofMillis(300), FORCED, began);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.forced(), report::toString);
        assertFalse(peer.isOpen());
        NettyRemotingServer replacement = services.server(Services.serverConfig().setListenPort(server.localListenPort()));
        replacement.registerProcessor(ECHO, executions.echo(), null);
        release.countDown();
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<RemotingCommand> call = client.invoke(address(replacement), Services.request(ECHO, "a"), CALL_MILLIS);
        assertEquals("a", Services.text(get(call)));
    }

    /** {@code ConnectionHandlerServerTest} has the same with a clock that stands still. */
    @Tag("long")
    @Test
    void drain_clientWhoseLoopIsBlocked_isTakenForDeadLongBeforeALongDeadline() throws Exception {
        NettyRemotingServer server = services.server();
        NettyRemotingClient client = services.client();
        blockLoopOf(client, server);
        long began = System.nanoTime();

        DrainReport report = get(server.shutdownGracefully(Duration.ofSeconds(60)));

        assertTook(Duration.ofSeconds(5), Duration.ofSeconds(9), began);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.broken(), report::toString);
    }

    @Test
    void shutdown_whileLoopsAreBlocked_endsAllTheSame_andTheReportsAddUp() throws Exception {
        NettyRemotingServer server = services.server();
        NettyRemotingClient client = services.client();
        blockLoopOf(client, server);
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS);

        // Here it comes to a standstill when the connections have been told.
        NettyRemotingServer told = services.server();
        told.registerProcessor(STUCK, standsStill, RequestExecutors.eventLoop());
        ScriptedPeer.Connection rude = Scripts.sayHello(services.connect(told.localListenPort()));
        ScriptedPeer peer = services.peer();
        NettyRemotingClient leaving = services.client();
        leaving.registerProcessor(STUCK, standsStill, RequestExecutors.eventLoop());
        CompletableFuture<Void> connected = leaving.invokeOnewayAsync(address(peer.port()), Services.request(ECHO, ""), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        get(connected);
        connection.receive();

        long began = System.nanoTime();
        Duration time = Duration.ofMillis(600);
        CompletableFuture<DrainReport> ofBlocked = client.shutdownGracefully(time);
        CompletableFuture<DrainReport> ofServer = told.shutdownGracefully(time);
        CompletableFuture<DrainReport> ofClient = leaving.shutdownGracefully(time);
        Scripts.receiveAnnouncement(rude);
        rude.send(Scripts.oneway(STUCK, ""));
        connection.expectEndOfStream();
        connection.send(Scripts.oneway(STUCK, ""));

        assertEquals(0, get(ofBlocked).connections(), "its loop was not reached");
        for (DrainReport report : List.of(get(ofServer), get(ofClient))) {
            assertTrue(report.addsUp(), report::toString);
            assertEquals(1, report.connections(), report::toString);
            assertEquals(1, report.forced(), report::toString);
        }
        assertTook(time, FORCED.plusSeconds(2), began);
        release.countDown();
        failure(Outcome.NOT_SENT, call);
        assertEquals(0, executions.total());
    }
}
