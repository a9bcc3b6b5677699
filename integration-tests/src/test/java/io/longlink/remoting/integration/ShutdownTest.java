package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shutdown, asked for from everywhere, in every order; behind each test {@link LeakGuard} sees that all threads are gone. */
@ExtendWith(LeakGuard.class)
class ShutdownTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;
    private static final int STOP = 9;
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger holding = new AtomicInteger();

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    /** A server whose drain would take a minute: a client that is connected keeps a request in flight. */
    private NettyRemotingServer busyServer() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setShutdownWaitTimeSeconds(60));
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            holding.incrementAndGet();
            release.await();
            return Services.response("held");
        }, services.executor(2));
        NettyRemotingClient client = services.client();
        client.invoke(address(server), Services.request(HELD, ""), CALL_MILLIS);
        eventually().until(() -> holding.get() == 1);
        return server;
    }

    private static Duration elapsedSince(long beganNanos) {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    private static void assertShorter(Duration limit, Duration actual) {
        assertTrue(actual.compareTo(limit) < 0, () -> "took " + actual);
    }

    // ---------------------------------------------------------------- interrupts and deadlines

    @Test
    void interruptedShutdown_ofABusyServer_returnsSoonWithTheFlagSetAndEverythingTornDown() throws Exception {
        NettyRemotingServer server = busyServer();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread stopper = new Thread(() -> {
            server.shutdown();
            flag.set(Thread.currentThread().isInterrupted());
        });
        stopper.start();
        eventually().until(() -> server.stats().get(Counter.GO_AWAYS_TOLD) == 1);
        long began = System.nanoTime();

        stopper.interrupt();
        stopper.join(Services.TIMEOUT.toMillis());

        assertFalse(stopper.isAlive());
        assertEquals(true, flag.get());
        // The 2 s for which a forced connection reads on, and the teardown.
        assertShorter(Duration.ofSeconds(6), elapsedSince(began));
        assertTrue(get(server.shutdownGracefully(LONG)).addsUp());
        assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(server.localListenPort()));
        assertEquals(0, server.stats().get(Counter.CONNECTIONS_OPEN));
    }

    @Test
    void shutdown_onAThreadThatIsInterruptedAlready_tearsEverythingDown() throws Exception {
        NettyRemotingServer server = busyServer();
        NettyRemotingClient client = services.client();

        Thread.currentThread().interrupt();
        client.shutdown();
        assertTrue(Thread.interrupted());
        Thread.currentThread().interrupt();
        server.shutdown();
        assertTrue(Thread.interrupted());

        assertTrue(server.shutdownGracefully(LONG).isDone());
        assertTrue(client.shutdownGracefully(LONG).isDone());
        assertEquals(0, server.stats().get(Counter.CONNECTIONS_OPEN));
    }

    @Test
    void shutdownGracefully_laterCallWithAnEarlierDeadline_pullsItForward() throws Exception {
        NettyRemotingServer server = busyServer();
        CompletableFuture<DrainReport> first = server.shutdownGracefully(LONG);
        eventually().until(() -> server.stats().get(Counter.GO_AWAYS_TOLD) == 1);
        long began = System.nanoTime();

        CompletableFuture<DrainReport> second = server.shutdownGracefully(Duration.ofMillis(100));

        DrainReport report = get(second);
        assertEquals(report, get(first));
        assertShorter(Duration.ofSeconds(6), elapsedSince(began));
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.forced());
    }

    @Test
    void shutdownGracefully_laterCallWithALaterDeadline_changesNothing() throws Exception {
        NettyRemotingServer server = busyServer();
        long began = System.nanoTime();
        CompletableFuture<DrainReport> first = server.shutdownGracefully(Duration.ofMillis(300));
        server.shutdownGracefully(LONG);

        assertEquals(1, get(first).forced());
        assertShorter(Duration.ofSeconds(6), elapsedSince(began));
    }

    @Test
    void shutdownGracefully_returned_portIsFreeForAReplacementAtOnce() {
        NettyRemotingServer server = services.server();
        int port = server.localListenPort();
        for (int i = 0; i < 40; i++) {
            server.shutdownGracefully(LONG);

            assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(port));
            server = services.server(Services.serverConfig().setListenPort(port));
        }
    }

    @Test
    void shutdownGracefully_negativeTimeout_isRefusedAndNothingBegins() {
        NettyRemotingServer server = services.server();

        assertThrows(IllegalArgumentException.class, () -> server.shutdownGracefully(Duration.ofMillis(-1)));
        assertFalse(server.isShuttingDown());
    }

    // ---------------------------------------------------------------- twice and at a time

    @Test
    void shutdown_twice_secondCallReturnsAtOnce() {
        NettyRemotingServer server = services.server();
        NettyRemotingClient client = services.client();
        server.shutdown();
        client.shutdown();
        long began = System.nanoTime();

        server.shutdown();
        client.shutdown();

        assertShorter(Duration.ofSeconds(1), elapsedSince(began));
        assertTrue(server.isShuttingDown());
        assertTrue(client.isShuttingDown());
    }

    @Test
    void shutdown_eightThreadsAtATime_allReturnWhenItIsOver() throws Exception {
        NettyRemotingServer server = busyServer();
        CyclicBarrier barrier = new CyclicBarrier(8);
        ExecutorService threads = services.executor(8);
        List<CompletableFuture<Boolean>> returned = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            returned.add(CompletableFuture.supplyAsync(() -> {
                try {
                    barrier.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                server.shutdown();
                return server.shutdownGracefully(LONG).isDone();
            }, threads));
        }
        eventually().until(() -> server.stats().get(Counter.GO_AWAYS_TOLD) == 1);
        assertTrue(returned.stream().noneMatch(CompletableFuture::isDone), "a request still runs");
        release.countDown();

        for (CompletableFuture<Boolean> each : returned) {
            assertTrue(get(each), "not before it was over");
        }
        assertEquals(1, server.stats().get(Counter.GO_AWAYS_TOLD));
    }

    // ---------------------------------------------------------------- from inside

    @Test
    void shutdown_calledByAProcessor_returnsAtOnceAndTheServerStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(STOP, (ctx, request) -> {
            server.shutdown();
            return Services.response("stopping");
        }, null);
        NettyRemotingClient client = services.client();

        RemotingCommand answer = get(client.invoke(address(server), Services.request(STOP, ""), CALL_MILLIS));

        assertEquals("stopping", Services.text(answer));
        assertAnsweredAndEnded(server);
    }

    @Test
    void shutdown_calledByAProcessorOnAnExecutorOfTheUser_returnsAtOnceAndTheServerStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(STOP, (ctx, request) -> {
            server.shutdown();
            return Services.response("stopping");
        }, services.executor(1));
        NettyRemotingClient client = services.client();

        assertEquals("stopping", Services.text(get(client.invoke(address(server), Services.request(STOP, ""), CALL_MILLIS))));
        assertAnsweredAndEnded(server);
    }

    @Test
    void shutdown_calledOnAnEventLoop_returnsAtOnceAndTheServerStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(STOP, (ctx, request) -> {
            assertTrue(ctx.channel().eventLoop().inEventLoop());
            server.shutdown();
            server.shutdownGracefully(Duration.ofSeconds(8));
            return Services.response("stopping");
        }, RequestExecutors.eventLoop());
        NettyRemotingClient client = services.client();

        assertEquals("stopping", Services.text(get(client.invoke(address(server), Services.request(STOP, ""), CALL_MILLIS))));
        assertAnsweredAndEnded(server);
    }

    @Test
    void shutdown_calledByADrainHook_returnsAtOnceAndTheServerStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        AtomicInteger ran = new AtomicInteger();
        server.registerDrainHook(() -> {
            server.shutdown();
            ran.incrementAndGet();
        });

        server.shutdown();

        assertEquals(1, ran.get());
        assertTrue(server.shutdownGracefully(LONG).isDone());
    }

    private static void assertAnsweredAndEnded(NettyRemotingServer server) throws Exception {
        assertTrue(server.isShuttingDown());
        DrainReport report = get(server.shutdownGracefully(LONG));
        assertTrue(report.addsUp(), report::toString);
        assertEquals(0, report.unanswered(), report::toString);
        assertEquals(0, report.forced(), report::toString);
    }

    @Test
    void shutdown_calledByTheListenerOfAServer_returnsAtOnceAndTheServerStillEnds() throws Exception {
        AtomicReference<NettyRemotingServer> self = new AtomicReference<>();
        CountDownLatch returned = new CountDownLatch(1);
        NettyRemotingServer server = services.server(Services.serverConfig(), new ChannelEventListener() {
            @Override
            public void onChannelActive(String remoteAddr, Channel channel) {
                self.get().shutdown();
                returned.countDown();
            }
        });
        self.set(server);
        ScriptedPeer.Connection peer = services.connect(server.localListenPort());

        peer.expectEndOfStream();
        peer.close();
        assertTrue(get(server.shutdownGracefully(LONG)).addsUp());
        assertEquals(0, returned.getCount());
    }

    @Test
    void shutdown_calledByTheListenerOfAClient_returnsAtOnceAndTheClientStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        AtomicReference<NettyRemotingClient> self = new AtomicReference<>();
        CountDownLatch returned = new CountDownLatch(1);
        NettyRemotingClient client = services.client(Services.clientConfig(), new ChannelEventListener() {
            @Override
            public void onChannelConnect(String remoteAddr, Channel channel) {
                self.get().shutdown();
                returned.countDown();
            }
        });
        self.set(client);

        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS);

        assertEquals("a", Services.text(get(call)), "it was accepted before");
        assertTrue(get(client.shutdownGracefully(LONG)).addsUp());
        assertEquals(0, returned.getCount());
    }

    @Test
    void shutdown_calledByACallbackOfAClient_returnsAtOnceAndTheClientStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();
        CountDownLatch returned = new CountDownLatch(1);

        client.invokeAsync(address(server), Services.request(ECHO, "a"), CALL_MILLIS, future -> {
            client.shutdown();
            returned.countDown();
        });

        eventually().until(() -> returned.getCount() == 0);
        assertTrue(get(client.shutdownGracefully(LONG)).addsUp());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shutdown_calledByAProcessorOfAClient_returnsAtOnceAndTheClientStillEnds(boolean onTheEventLoop) throws Exception {
        NettyRemotingServer server = services.server();
        AtomicReference<Channel> peer = new AtomicReference<>();
        server.registerProcessor(ECHO, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        NettyRemotingClient client = services.client();
        client.registerProcessor(STOP, (ctx, request) -> {
            assertEquals(onTheEventLoop, ctx.channel().eventLoop().inEventLoop());
            client.shutdown();
            return Services.response("stopping");
        }, onTheEventLoop ? RequestExecutors.eventLoop() : null);
        get(client.invoke(address(server), Services.request(ECHO, ""), CALL_MILLIS));

        RemotingCommand answer = get(server.invoke(peer.get(), Services.request(STOP, ""), CALL_MILLIS));

        assertEquals("stopping", Services.text(answer));
        DrainReport report = get(client.shutdownGracefully(LONG));
        assertEquals(1, report.quietClosed(), report::toString);
        assertEquals(0, report.unanswered(), report::toString);
    }

    @Test
    void shutdown_calledByTheAddressListenerOfAClient_returnsAtOnceAndTheClientStillEnds() throws Exception {
        NettyRemotingServer server = busyServer();
        NettyRemotingClient client = services.client();
        CountDownLatch returned = new CountDownLatch(1);
        client.addAddressStateListener((address, before, after) -> {
            client.shutdown();
            returned.countDown();
        });

        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(HELD, ""), CALL_MILLIS);

        eventually().until(() -> returned.getCount() == 0);
        assertFalse(call.isDone(), "it was accepted before, and still runs");
        release.countDown();
        assertEquals("held", Services.text(get(call)));
        assertEquals(1, get(client.shutdownGracefully(LONG)).quietClosed());
    }

    @Test
    void shutdown_calledByTheSessionRestorerOfAClient_returnsAtOnceAndTheClientStillEnds() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        AtomicReference<NettyRemotingClient> self = new AtomicReference<>();
        NettyRemotingClient client = services.client(Services.clientConfig().setSessionRestorer(session -> {
            self.get().shutdown();
            return session.invoke(Services.request(ECHO, "session"), CALL_MILLIS);
        }));
        self.set(client);

        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS);

        assertEquals("a", Services.text(get(call)), "it was accepted before");
        assertEquals(1, get(client.shutdownGracefully(LONG)).quietClosed());
        executions.assertExactlyOnce(Set.of("session", "a"));
    }

    @Test
    void shutdown_calledByACallbackOfAServer_returnsAtOnceAndTheServerStillEnds() throws Exception {
        NettyRemotingServer server = busyServer();
        AtomicReference<Channel> peer = new AtomicReference<>();
        server.registerProcessor(STOP, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        NettyRemotingClient client = services.client();
        client.registerProcessor(ECHO, executions.echo(), null);
        get(client.invoke(address(server), Services.request(STOP, ""), CALL_MILLIS));
        CountDownLatch returned = new CountDownLatch(1);

        server.invokeAsync(peer.get(), Services.request(ECHO, "a"), CALL_MILLIS, future -> {
            server.shutdown();
            returned.countDown();
        });

        eventually().until(() -> returned.getCount() == 0);
        release.countDown();
        assertAnsweredAndEnded(server);
    }

    // ---------------------------------------------------------------- before and instead of a start

    @Test
    void shutdown_ofAServerThatNeverStarted_returns() throws Exception {
        NettyRemotingServer server = services.ended(new NettyRemotingServer(Services.serverConfig()));
        server.shutdown();

        assertTrue(get(server.shutdownGracefully(LONG)).addsUp());
        assertEquals(-1, server.localListenPort());
        assertThrows(IllegalStateException.class, server::start);
    }

    @Test
    void shutdown_ofAClientThatNeverStarted_returns() throws Exception {
        NettyRemotingClient client = services.ended(new NettyRemotingClient(Services.clientConfig()));
        failure(Outcome.NOT_SENT, client.invoke("127.0.0.1:1", Services.request(ECHO, ""), CALL_MILLIS));

        client.shutdown();

        assertThrows(IllegalStateException.class, client::start);
        failure(Outcome.NOT_SENT, client.invoke("127.0.0.1:1", Services.request(ECHO, ""), CALL_MILLIS));
    }

    @Test
    void start_twice_isRefusedAndTheServiceGoesOn() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();

        assertThrows(IllegalStateException.class, server::start);
        assertThrows(IllegalStateException.class, client::start);

        assertEquals("a", Services.text(get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS))));
    }

    @Test
    void start_portTaken_failsAndAShutdownReleasesTheThreads() throws Exception {
        NettyRemotingServer owner = services.server();
        NettyRemotingServer other =
                services.ended(new NettyRemotingServer(Services.serverConfig().setListenPort(owner.localListenPort())));

        UncheckedIOException failure = assertThrows(UncheckedIOException.class, other::start);

        assertTrue(failure.getMessage().contains(Integer.toString(owner.localListenPort())), failure::getMessage);
        other.shutdown();
        assertTrue(other.shutdownGracefully(LONG).isDone());
    }

    // ---------------------------------------------------------------- clients

    @Test
    void clientShutdown_acceptedCalls_finishAndNewOnesAreRefused() throws Exception {
        NettyRemotingServer server = busyServer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(HELD, ""), CALL_MILLIS);
        eventually().until(() -> holding.get() == 2);

        CompletableFuture<DrainReport> end = client.shutdownGracefully(LONG);
        failure(Outcome.NOT_SENT, client.invoke(address(server), Services.request(ECHO, "late"), CALL_MILLIS));
        assertFalse(end.isDone());
        release.countDown();

        assertEquals("held", Services.text(get(call)));
        DrainReport report = get(end);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.connections());
        assertEquals(1, report.quietClosed());
        assertEquals(0, executions.total());
    }

    @Test
    void clientShutdown_callThatIsRefusedMeanwhile_isStillRetriedOnAReplacement() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame asked = first.receive();

        CompletableFuture<DrainReport> end = client.shutdownGracefully(LONG);
        first.send(Scripts.refusal(asked));
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        second.send(Scripts.response(second.receive(), "answered"));

        assertEquals("answered", Services.text(get(call)));
        first.expectEndOfStream();
        second.expectEndOfStream();
        first.close();
        second.close();
        DrainReport report = get(end);
        assertTrue(report.addsUp(), report::toString);
    }

    @Test
    void clientShutdown_callsThatWaitInLine_areServedIfTheAddressIsBackInTime() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();
        get(client.invoke(address(server), Services.request(ECHO, "before"), CALL_MILLIS));
        server.shutdown();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS);
        CompletableFuture<Void> oneway = client.invokeOnewayAsync(address(server), Services.request(ECHO, "b"), CALL_MILLIS);

        CompletableFuture<DrainReport> end = client.shutdownGracefully(LONG);
        failure(Outcome.NOT_SENT, client.invoke(address(server), Services.request(ECHO, "late"), CALL_MILLIS));
        NettyRemotingServer back = services.server(Services.serverConfig().setListenPort(server.localListenPort()));
        back.registerProcessor(ECHO, executions.echo(), null);

        assertEquals("a", Services.text(get(call)));
        get(oneway);
        assertEquals(1, get(end).quietClosed(), "the replacement");
        eventually().until(() -> executions.total() == 3);
        executions.assertExactlyOnce(Set.of("before", "a", "b"));
    }

    @Test
    void clientShutdown_callsThatWaitInLine_failTrulyAtItsDeadline() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        String address = address(server.port());
        CompletableFuture<RemotingCommand> refused = client.invoke(address, Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.send(Scripts.refusal(connection.receive()));
        connection.expectEndOfStream();
        server.close();
        CompletableFuture<RemotingCommand> newcomer = client.invoke(address, Services.request(ECHO, "b"), CALL_MILLIS);
        CompletableFuture<Void> oneway = client.invokeOnewayAsync(address, Services.request(ECHO, "c"), CALL_MILLIS);
        long began = System.nanoTime();

        CompletableFuture<DrainReport> end = client.shutdownGracefully(Duration.ofMillis(500));

        failure(Outcome.REFUSED, refused);
        assertTrue(elapsedSince(began).toMillis() >= 500, "they had until then");
        failure(Outcome.NOT_SENT, newcomer);
        failure(Outcome.NOT_SENT, oneway);
        get(end);
        assertShorter(Duration.ofSeconds(5), elapsedSince(began));
        assertEquals(AddressState.SHUTDOWN, client.addressState(address));
    }

    @Test
    void clientShutdown_serverThatNeverAnswers_endsAtTheDeadline() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server.port()), Services.request(ECHO, "a"), 60_000);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.receive();
        long began = System.nanoTime();

        DrainReport report = get(client.shutdownGracefully(Duration.ofMillis(200)));

        failure(Outcome.UNKNOWN, call);
        assertTrue(report.addsUp(), report::toString);
        assertShorter(Duration.ofSeconds(7), elapsedSince(began));
    }
}
