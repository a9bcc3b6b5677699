package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static io.longlink.remoting.integration.Services.letPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.FaultyProxy.Direction;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails, when, and what it says about whether the request may have run (DESIGN 3.4). */
@ExtendWith(LeakGuard.class)
class ClientFailureTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private NettyRemotingServer server(int port) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            executions.count(Services.text(request));
            release.await();
            return Services.response("held");
        }, services.executor(16));
        return server;
    }

    /** A port of 127.0.0.1 where nobody listens. */
    private static int deadPort() {
        try (ScriptedPeer gone = ScriptedPeer.listen()) {
            return gone.port();
        }
    }

    private static Duration elapsedSince(long beganNanos) {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    // ---------------------------------------------------------------- dead and gone away

    @Test
    void deadAddress_everyKindOfCall_failsAtOnceUnsent() throws Exception {
        NettyRemotingClient client = services.client();
        String dead = address(deadPort());
        RemotingCommand request = Services.request(ECHO, "a");
        long began = System.nanoTime();

        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, client.invoke(dead, request, CALL_MILLIS)));
        for (int i = 0; i < 20; i++) {
            // Between and during the attempts that follow.
            assertEquals(
                    Outcome.NOT_SENT,
                    assertThrows(RemotingConnectException.class, () -> client.invokeSync(dead, request, CALL_MILLIS)).outcome());
            assertEquals(
                    Outcome.NOT_SENT,
                    assertThrows(RemotingConnectException.class, () -> client.invokeOneway(dead, request, CALL_MILLIS)).outcome());
            assertInstanceOf(
                    RemotingConnectException.class, failure(Outcome.NOT_SENT, client.invokeOnewayAsync(dead, request, CALL_MILLIS)));
        }

        assertTrue(elapsedSince(began).compareTo(Duration.ofSeconds(3)) < 0, "at once, not at the deadline");
    }

    @Test
    void deadAddress_comesBack_isUsedAgain() throws Exception {
        NettyRemotingClient client = services.client();
        int port = deadPort();
        failure(Outcome.NOT_SENT, client.invoke(address(port), Services.request(ECHO, "a"), CALL_MILLIS));
        server(port);

        // It is wanted, so reconnecting goes on by itself.
        eventually().until(() -> client.isChannelWritable(address(port)));
        assertEquals("b", Services.text(get(client.invoke(address(port), Services.request(ECHO, "b"), CALL_MILLIS))));
    }

    @Test
    void lostConnection_withoutGoAway_makesTheAddressDead() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        connection.receive();
        peer.close();

        assertInstanceOf(RemotingSendRequestException.class, failure(Outcome.UNKNOWN, call));
        long began = System.nanoTime();
        failure(Outcome.NOT_SENT, client.invoke(address(peer.port()), Services.request(ECHO, "b"), CALL_MILLIS));
        assertTrue(elapsedSince(began).compareTo(Duration.ofSeconds(2)) < 0, "at once, not at the deadline");
    }

    @Test
    void goneAwayAddress_callsOfEveryKind_waitUntilItIsBack() throws Exception {
        NettyRemotingServer first = server(0);
        String address = address(first);
        NettyRemotingClient client = services.client();
        get(client.invoke(address, Services.request(ECHO, "before"), CALL_MILLIS));
        first.shutdown();

        List<CompletableFuture<RemotingCommand>> twoWays = new ArrayList<>();
        List<CompletableFuture<Void>> oneWays = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            twoWays.add(client.invoke(address, Services.request(ECHO, "two-way " + i), CALL_MILLIS));
            oneWays.add(client.invokeOnewayAsync(address, Services.request(ECHO, "one-way " + i), CALL_MILLIS));
        }
        letPass(Duration.ofMillis(600));
        assertTrue(twoWays.stream().noneMatch(CompletableFuture::isDone));
        assertTrue(oneWays.stream().noneMatch(CompletableFuture::isDone));
        assertTrue(client.stats().get(Counter.CONNECT_FAILURES) >= 1, "it keeps trying");
        long back = System.nanoTime();
        server(first.localListenPort());

        for (int i = 0; i < 50; i++) {
            assertEquals("two-way " + i, Services.text(get(twoWays.get(i))));
            get(oneWays.get(i));
        }
        // Attempts come every 50 to 250 ms; the rest is for a busy machine.
        assertTrue(elapsedSince(back).compareTo(Duration.ofSeconds(2)) < 0, () -> "took " + elapsedSince(back));
        eventually().until(() -> executions.total() == 101);
        assertEquals(0, client.stats().get(Counter.RETRIES));
    }

    @Test
    void goneAwayAddress_notBackBeforeTheDeadlines_everyCallWaitsForItsOwn() throws Exception {
        NettyRemotingServer first = server(0);
        String address = address(first);
        NettyRemotingClient client = services.client();
        get(client.invoke(address, Services.request(ECHO, "before"), CALL_MILLIS));
        first.shutdown();

        long began = System.nanoTime();
        CompletableFuture<RemotingCommand> longer = client.invoke(address, Services.request(ECHO, "longer"), 900);
        CompletableFuture<RemotingCommand> shorter = client.invoke(address, Services.request(ECHO, "shorter"), 300);

        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.NOT_SENT, shorter));
        assertTrue(elapsedSince(began).toMillis() >= 300);
        assertFalse(longer.isDone());
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.NOT_SENT, longer));
        assertTrue(elapsedSince(began).toMillis() >= 900);
    }

    @Test
    void goneAwayAddress_afterItsHold_isMerelyDead() throws Exception {
        ScriptedPeer peer = ScriptedPeer.listen();
        NettyRemotingClient client = services.client(Services.clientConfig().setGoAwayHoldMillis(400));
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        connection.send(Scripts.response(connection.receive(), "a"));
        get(call);
        connection.send(Scripts.announcement(100));
        connection.expectEndOfStream();
        peer.close();
        long began = System.nanoTime();

        CompletableFuture<RemotingCommand> waiting = client.invoke(address(peer.port()), Services.request(ECHO, "b"), CALL_MILLIS);

        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, waiting));
        // The hold began a little before: when the announcement came.
        assertTrue(elapsedSince(began).compareTo(Duration.ofMillis(250)) > 0, "it did not wait for the hold to pass");
        assertTrue(elapsedSince(began).compareTo(Duration.ofSeconds(3)) < 0);
    }

    @Test
    void goneAwayAddress_lineIsFull_newcomersFailAtOnceAndRefusedOnesStillFindAPlace() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client(Services.clientConfig().setMaxWaitingRequests(3));
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        calls.add(client.invoke(address(peer.port()), Services.request(ECHO, "0"), CALL_MILLIS));
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        List<Frame> asked = new ArrayList<>();
        asked.add(connection.receive());
        for (int i = 1; i < 5; i++) {
            calls.add(client.invoke(address(peer.port()), Services.request(ECHO, "" + i), CALL_MILLIS));
            asked.add(connection.receive());
        }
        connection.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        for (int i = 5; i < 8; i++) {
            calls.add(client.invoke(address(peer.port()), Services.request(ECHO, "" + i), CALL_MILLIS));
        }

        CompletableFuture<RemotingCommand> tooMany = client.invoke(address(peer.port()), Services.request(ECHO, "8"), CALL_MILLIS);
        assertInstanceOf(RemotingTooMuchRequestException.class, failure(Outcome.NOT_SENT, tooMany));
        asked.forEach(frame -> connection.send(Scripts.refusal(frame)));
        connection.expectEndOfStream();

        ScriptedPeer.Connection second = Scripts.acceptReady(peer);
        for (int i = 0; i < 8; i++) {
            Frame frame = second.receive();
            assertEquals("" + i, Scripts.text(frame));
            second.send(Scripts.response(frame, "" + i));
        }
        for (CompletableFuture<RemotingCommand> call : calls) {
            get(call);
        }
    }

    @Test
    void blockedCallers_interruptedWhileTheyWait_stopWaiting_andKeepNobodyElseFromHisTurn() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client(
                Services.clientConfig().setClientAsyncSemaphoreValue(1).setClientOnewaySemaphoreValue(1));
        String address = address(peer.port());
        // Both wait in line: nobody answers HELLO yet.
        CompletableFuture<Throwable> twoWay = new CompletableFuture<>();
        CompletableFuture<Throwable> oneWay = new CompletableFuture<>();
        Thread caller = interruptible(twoWay, () -> client.invokeSync(address, Services.request(ECHO, "two-way"), CALL_MILLIS));
        Thread pusher = interruptible(oneWay, () -> client.invokeOneway(address, Services.request(ECHO, "one-way"), CALL_MILLIS));
        ScriptedPeer.Connection connection = peer.accept();
        Frame hello = Scripts.receiveHello(connection);
        eventually().until(() -> caller.getState() == Thread.State.WAITING && pusher.getState() == Thread.State.WAITING);

        caller.interrupt();
        pusher.interrupt();
        assertInstanceOf(InterruptedException.class, get(twoWay));
        assertInstanceOf(InterruptedException.class, get(oneWay));

        // What they began goes on, and has its permit until it has ended; both have a place, in whichever order.
        assertInstanceOf(
                RemotingTooMuchRequestException.class,
                failure(Outcome.NOT_SENT, client.invoke(address, Services.request(ECHO, "too many"), CALL_MILLIS)));
        connection.send(Scripts.goodAnswer(hello));
        List<Frame> sent = List.of(connection.receive(), connection.receive());
        assertEquals(Set.of("two-way", "one-way"), Set.of(Scripts.text(sent.get(0)), Scripts.text(sent.get(1))));
        sent.stream().filter(frame -> !frame.isOneway()).forEach(frame -> connection.send(Scripts.response(frame, "unheard")));
        // Whose turn it is next is told behind the answer, as this is.
        connection.send(Frame.request(Scripts.PING).withOpaque(4711));
        assertEquals(4711, connection.receive().opaque());
        CompletableFuture<RemotingCommand> next = client.invoke(address, Services.request(ECHO, "next"), CALL_MILLIS);
        connection.send(Scripts.response(connection.receive(), "heard"));
        assertEquals("heard", Services.text(get(next)));
    }

    private interface Blocking {
        void call() throws Exception;
    }

    /** A thread that is in that call, and tells how the call ended. */
    private static Thread interruptible(CompletableFuture<Throwable> ended, Blocking call) {
        Thread thread = new Thread(() -> {
            try {
                call.call();
                ended.completeExceptionally(new AssertionError("it returned"));
            } catch (Exception e) {
                ended.complete(e);
            }
        });
        thread.start();
        return thread;
    }

    // ---------------------------------------------------------------- broken connections

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionCut_pendingRequests_failWithin100MillisAsUnknown(boolean reset) throws Exception {
        NettyRemotingServer server = server(0);
        FaultyProxy proxy = services.proxy(server.localListenPort());
        NettyRemotingClient client = services.client();
        String address = address(proxy.port());
        Set<String> ids = new HashSet<>();
        Duration shortest = Services.TIMEOUT;
        // The best of three: the machine may be busy with something else at just that moment, but not each time.
        for (int round = 1; round <= 3; round++) {
            get(client.invoke(address, Services.request(ECHO, "round " + round), CALL_MILLIS));
            ids.add("round " + round);
            List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(client.invoke(address, Services.request(HELD, round + "." + i), CALL_MILLIS));
                ids.add(round + "." + i);
            }
            eventually().until(() -> executions.total() == ids.size());
            CompletableFuture<Long> failedAt = calls.get(4).handle((answer, failure) -> System.nanoTime());

            long cutAt = System.nanoTime();
            if (reset) {
                // Fires with the next byte, that of a request which never arrives.
                proxy.resetAfter(Direction.TO_TARGET, 0);
                calls.add(client.invoke(address, Services.request(HELD, "last"), CALL_MILLIS));
            } else {
                proxy.killConnections();
            }

            for (CompletableFuture<RemotingCommand> call : calls) {
                failure(Outcome.UNKNOWN, call);
            }
            Duration took = Duration.ofNanos(get(failedAt) - cutAt);
            shortest = took.compareTo(shortest) < 0 ? took : shortest;
            eventually().until(() -> client.isChannelWritable(address));
        }

        assertTrue(shortest.compareTo(Duration.ofMillis(100)) < 0, "took " + shortest);
        executions.assertExactlyOnce(ids);
    }

    @Test
    void retiredConnectionCut_itsPendingRequestsFailAsUnknown_theCurrentOneIsUntouched() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> old = client.invoke(address(peer.port()), Services.request(ECHO, "old"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(peer);
        first.receive();
        first.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<RemotingCommand> fresh = client.invoke(address(peer.port()), Services.request(ECHO, "new"), CALL_MILLIS);
        ScriptedPeer.Connection second = Scripts.acceptReady(peer);
        Frame asked = second.receive();
        first.reset();

        failure(Outcome.UNKNOWN, old);
        assertFalse(fresh.isDone());
        second.send(Scripts.response(asked, "answer"));
        assertEquals("answer", Services.text(get(fresh)));
    }

    @Test
    void responseCutWithinItsHeader_callFailsAsUnknownAndTheNextOneSucceeds() throws Exception {
        NettyRemotingServer server = server(0);
        FaultyProxy proxy = services.proxy(server.localListenPort());
        NettyRemotingClient client = services.client();
        String address = address(proxy.port());
        get(client.invoke(address, Services.request(ECHO, "a"), CALL_MILLIS));

        proxy.cutAfter(Direction.TO_CLIENT, 10);
        failure(Outcome.UNKNOWN, client.invoke(address, Services.request(ECHO, "b"), CALL_MILLIS));

        assertEquals(1, executions.of("b"), "it ran, and was not sent a second time");
        eventually().until(() -> client.isChannelWritable(address));
        assertEquals("c", Services.text(get(client.invoke(address, Services.request(ECHO, "c"), CALL_MILLIS))));
        assertEquals(1, executions.of("b"));
    }

    @Test
    void frozenConnection_callsTimeOutAsUnknown_atTheirDeadlines() throws Exception {
        NettyRemotingServer server = server(0);
        FaultyProxy proxy = services.proxy(server.localListenPort());
        NettyRemotingClient client = services.client();
        String address = address(proxy.port());
        get(client.invoke(address, Services.request(ECHO, "a"), CALL_MILLIS));
        proxy.freezeAfter(Direction.TO_TARGET, 0);

        long began = System.nanoTime();
        assertInstanceOf(
                RemotingTimeoutException.class,
                failure(Outcome.UNKNOWN, client.invoke(address, Services.request(ECHO, "b"), 250)));
        RemotingException sync =
                assertThrows(RemotingTimeoutException.class, () -> client.invokeSync(address, Services.request(ECHO, "c"), 250));
        assertEquals(Outcome.UNKNOWN, sync.outcome());
        long millis = elapsedSince(began).toMillis();
        assertTrue(millis >= 500 && millis < 2_000, () -> "took " + millis);
    }

    @Test
    void slowAnswer_behindTheDeadline_isCountedAndDisturbsNobody() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> first = client.invoke(address(peer.port()), Services.request(ECHO, "1"), 200);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        Frame asked = connection.receive();
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.UNKNOWN, first));
        assertEquals(Scripts.PING, connection.receive().code());

        connection.send(Scripts.response(asked, "too late"));
        CompletableFuture<RemotingCommand> second = client.invoke(address(peer.port()), Services.request(ECHO, "2"), CALL_MILLIS);
        connection.send(Scripts.response(connection.receive(), "in time"));

        assertEquals("in time", Services.text(get(second)));
        assertEquals(1, client.stats().get(Counter.LATE_RESPONSES));
    }

    // ---------------------------------------------------------------- limits

    @Test
    void tooManyInFlight_nextCall_failsAtOnceUnsent() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client(Services.clientConfig().setClientAsyncSemaphoreValue(2));
        CompletableFuture<RemotingCommand> a = client.invoke(address(server), Services.request(HELD, "a"), CALL_MILLIS);
        CompletableFuture<RemotingCommand> b = client.invoke(address(server), Services.request(HELD, "b"), CALL_MILLIS);

        assertInstanceOf(
                RemotingTooMuchRequestException.class,
                failure(Outcome.NOT_SENT, client.invoke(address(server), Services.request(ECHO, "c"), CALL_MILLIS)));
        release.countDown();
        get(a);
        get(b);
        eventually().ignoreExceptions().until(
                () -> Services.text(client.invokeSync(address(server), Services.request(ECHO, "d"), CALL_MILLIS)).equals("d"));
        assertEquals(0, executions.of("c"));
    }

    @Test
    void requestTooLargeForAFrame_failsUnsentAndTheConnectionLives() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client(Services.clientConfig().setFrameMaxLength(4_096));
        get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS));

        assertInstanceOf(
                RemotingCommandException.class,
                failure(Outcome.NOT_SENT, client.invoke(address(server), Services.request(ECHO, "x".repeat(5_000)), CALL_MILLIS)));

        assertEquals("b", Services.text(get(client.invoke(address(server), Services.request(ECHO, "b"), CALL_MILLIS))));
        assertEquals(1, client.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void invokeSync_onAnEventLoop_isRefused() throws Exception {
        NettyRemotingServer server = server(0);
        AtomicReference<Throwable> sync = new AtomicReference<>();
        AtomicReference<Throwable> oneway = new AtomicReference<>();
        server.registerProcessor(9, (ctx, request) -> {
            sync.set(assertThrows(IllegalStateException.class, () -> server.invokeSync(ctx.channel(), Services.request(1, ""), 100)));
            oneway.set(assertThrows(RemotingException.class, () -> server.invokeOneway(ctx.channel(), Services.request(1, ""), 100)));
            return Services.response("");
        }, RequestExecutors.eventLoop());

        get(services.client().invoke(address(server), Services.request(9, ""), CALL_MILLIS));

        assertInstanceOf(IllegalStateException.class, sync.get());
        assertEquals(Outcome.NOT_SENT, assertInstanceOf(RemotingException.class, oneway.get()).outcome());
    }

    @ParameterizedTest
    @ValueSource(ints = {1500, 1501, 1502})
    void codesOfTheLibrary_cannotBeInvokedOrRegistered(int code) {
        NettyRemotingServer server = services.server();
        NettyRemotingClient client = services.client();

        assertThrows(IllegalArgumentException.class, () -> client.invoke("127.0.0.1:1", Services.request(code, ""), CALL_MILLIS));
        assertThrows(IllegalArgumentException.class, () -> client.invokeOneway("127.0.0.1:1", Services.request(code, ""), CALL_MILLIS));
        assertThrows(IllegalArgumentException.class, () -> client.registerProcessor(code, executions.echo(), null));
        assertThrows(IllegalArgumentException.class, () -> server.registerProcessor(code, executions.echo(), null));
    }
}
