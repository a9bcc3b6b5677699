package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static io.longlink.remoting.integration.Services.letPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server stops while requests of every kind are under way, with our client on the other end (DESIGN 3.2). */
@ExtendWith(LeakGuard.class)
class DrainTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;
    private static final int PARKED = 9;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger holding = new AtomicInteger();
    private final Parking parking = new Parking();

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private NettyRemotingServer server(int port) {
        return server(port, parking);
    }

    private NettyRemotingServer server(int port, Parking parking) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            holding.incrementAndGet();
            release.await();
            return executions.echo().processRequest(ctx, request);
        }, services.executor(16));
        server.registerProcessor(PARKED, (ctx, request) -> {
            parking.park(ctx.channel(), request);
            return null;
        }, null);
        return server;
    }

    @Test
    void drain_requestBeingExecuted_isAnsweredBeforeTheConnectionEnds() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> holding.get() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        assertFalse(call.isDone());
        assertFalse(report.isDone());
        release.countDown();

        assertEquals("a", Services.text(get(call)));
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.connections());
        assertEquals(1, drained.told());
        assertEquals(1, drained.closedByPeer());
        assertEquals(1, drained.inFlight());
        assertEquals(1, drained.finished());
        assertEquals(0, drained.unanswered());
        assertEquals(1, executions.of("a"));
    }

    @Test
    void drain_oneWayBeingExecuted_isWaitedFor() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client();
        client.invokeOneway(address(server), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> holding.get() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        assertFalse(report.isDone(), "it still runs");
        release.countDown();

        assertTrue(get(report).addsUp());
        assertEquals(1, executions.of("a"));
    }

    @Test
    void drain_deferredRequest_isAnsweredByWhoeverWritesTheAnswer() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(PARKED, "a"), CALL_MILLIS);
        eventually().until(() -> parking.size() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        parking.answerAll(0);

        assertEquals("a", Services.text(get(call)));
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.inFlight());
        assertEquals(1, drained.finished());
        assertEquals(0, server.stats().get(Counter.UNANSWERED));
    }

    @Test
    void drain_parkedRequestAnsweredByTheHookWithAResult_hasThatResult() throws Exception {
        NettyRemotingServer server = server(0);
        server.registerDrainHook(() -> parking.answerAll(0));
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(PARKED, "a"), CALL_MILLIS);
        eventually().until(() -> parking.size() == 1);

        DrainReport drained = get(server.shutdownGracefully(Duration.ofSeconds(8)));

        assertEquals("a", Services.text(get(call)));
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(0, drained.inFlight(), "hooks come before the gates");
        assertEquals(0, client.stats().get(Counter.RETRIES));
    }

    @Test
    void drain_parkedRequestRefusedByTheHook_runsOnTheReplacement() throws Exception {
        NettyRemotingServer server = server(0);
        server.registerDrainHook(() -> parking.answerAll(ResponseCode.GO_AWAY));
        Parking elsewhere = new Parking();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(PARKED, "a"), CALL_MILLIS);
        eventually().until(() -> parking.size() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        server(server.localListenPort(), elsewhere);
        eventually().until(() -> elsewhere.size() == 1);
        assertFalse(call.isDone());
        elsewhere.answerAll(0);

        assertEquals("a", Services.text(get(call)));
        assertTrue(get(report).addsUp());
        assertEquals(1, client.stats().get(Counter.RETRIES));
    }

    @Test
    void drain_hookThatThrows_doesNotStopTheOthers() throws Exception {
        services.errorsAreExpected();
        NettyRemotingServer server = server(0);
        server.registerDrainHook(() -> {
            throw new IllegalStateException("first hook");
        });
        server.registerDrainHook(() -> parking.answerAll(0));
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(PARKED, "a"), CALL_MILLIS);
        eventually().until(() -> parking.size() == 1);

        assertTrue(get(server.shutdownGracefully(Duration.ofSeconds(8))).addsUp());
        assertEquals("a", Services.text(get(call)));
    }

    @Test
    void drain_requestNobodyAnswers_endsAtTheDeadlineAsUnanswered() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(PARKED, "a"), CALL_MILLIS);
        eventually().until(() -> parking.size() == 1);

        DrainReport drained = get(server.shutdownGracefully(Duration.ofMillis(300)));

        failure(Outcome.UNKNOWN, call);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.inFlight());
        assertEquals(1, drained.unanswered());
        assertEquals(1, drained.forced());
        assertEquals(0, drained.finished());
        assertEquals(1, server.stats().get(Counter.UNANSWERED));
    }

    @Test
    void drain_handlerSlowerThanTheLinger_stillAnswersOnAHealthyConnection() throws Exception {
        NettyRemotingServer server = server(0);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> call = client.invoke(address(server), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> holding.get() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        // Longer than the 2 s for which a server that ends a connection itself reads on.
        letPass(Duration.ofMillis(2_400));
        release.countDown();

        assertEquals("a", Services.text(get(call)));
        assertEquals(1, get(report).closedByPeer());
    }

    @Test
    void drain_peerThatNeverCloses_isForcedAtTheDeadline() throws Exception {
        NettyRemotingServer server = server(0);
        ScriptedPeer.Connection rude = Scripts.sayHello(services.connect(server.localListenPort()));

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofMillis(300));
        Scripts.receiveAnnouncement(rude);
        rude.expectEndOfStream();

        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.forced());
        assertTrue(drained.duration().compareTo(Duration.ofMillis(300)) >= 0, drained::toString);
        assertTrue(drained.duration().compareTo(Duration.ofMillis(300 + 2_500 + 500)) < 0, drained::toString);
    }

    @Test
    void lameDuck_requestsAndNewConnections_areServedAsUsual() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setLameDuckMillis(2_500));
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient early = services.client();
        assertEquals("a", Services.text(get(early.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS))));

        ExecutorService executor = services.executor(1);
        executor.execute(server::shutdown);
        eventually().until(server::isShuttingDown);
        NettyRemotingClient late = services.client();
        assertEquals("b", Services.text(get(late.invoke(address(server), Services.request(ECHO, "b"), CALL_MILLIS))));
        assertEquals("c", Services.text(get(early.invoke(address(server), Services.request(ECHO, "c"), CALL_MILLIS))));
        assertEquals(0, server.stats().get(Counter.GO_AWAYS_TOLD));

        DrainReport drained = get(server.shutdownGracefully(Duration.ofSeconds(8)));
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(2, drained.told());
    }

    @Test
    void drain_everythingAtOnce_losesAndDoublesNothing() throws Exception {
        NettyRemotingServer first = server(0);
        first.registerDrainHook(() -> parking.answerAll(ResponseCode.GO_AWAY));
        Parking elsewhere = new Parking();
        String address = address(first);
        List<NettyRemotingClient> clients = List.of(services.client(), services.client(), services.client());
        Set<String> twoWays = new HashSet<>();
        Set<String> oneWays = new HashSet<>();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        List<CompletableFuture<RemotingCommand>> answers = new ArrayList<>();

        // Before: some of every kind are under way.
        for (NettyRemotingClient client : clients) {
            for (int i = 0; i < 3; i++) {
                String id = "held " + twoWays.size();
                twoWays.add(id);
                answers.add(client.invoke(address, Services.request(HELD, id), CALL_MILLIS));
            }
        }
        eventually().until(() -> holding.get() == 9);
        List<CompletableFuture<RemotingCommand>> parked = new ArrayList<>();
        for (NettyRemotingClient client : clients) {
            parked.add(client.invoke(address, Services.request(PARKED, "parked"), CALL_MILLIS));
        }
        eventually().until(() -> parking.size() == 3);

        // Meanwhile: a race of two-ways and one-ways against the stop and the start.
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        ExecutorService threads = services.executor(clients.size() + 1);
        List<CompletableFuture<List<String>>> racers = new ArrayList<>();
        for (int c = 0; c < clients.size(); c++) {
            int number = c;
            NettyRemotingClient client = clients.get(c);
            racers.add(CompletableFuture.supplyAsync(() -> {
                List<String> ids = new ArrayList<>();
                awaitQuietly(go);
                for (int i = 0; i < 1_500; i++) {
                    String id = (i % 3 == 0 ? "one-way " : "two-way ") + number + "." + i;
                    ids.add(id);
                    RemotingCommand request = Services.request(ECHO, id);
                    synchronized (calls) {
                        if (i % 3 == 0) {
                            calls.add(client.invokeOnewayAsync(address, request, CALL_MILLIS));
                        } else {
                            answers.add(client.invoke(address, request, CALL_MILLIS));
                        }
                    }
                    sent.incrementAndGet();
                }
                return ids;
            }, threads));
        }
        go.countDown();
        eventually().until(() -> sent.get() > 500);
        CompletableFuture<DrainReport> report = first.shutdownGracefully(Duration.ofSeconds(8));
        NettyRemotingServer second = server(first.localListenPort(), elsewhere);
        release.countDown();
        for (CompletableFuture<List<String>> racer : racers) {
            for (String id : get(racer)) {
                (id.startsWith("one-way") ? oneWays : twoWays).add(id);
            }
        }
        eventually().until(() -> elsewhere.size() == 3);
        elsewhere.answerAll(0);

        Set<String> answered = new HashSet<>();
        for (CompletableFuture<RemotingCommand> answer : answers) {
            assertEquals(0, get(answer).getCode());
            assertTrue(answered.add(Services.text(get(answer))), "one answer each");
        }
        assertEquals(twoWays, answered);
        for (CompletableFuture<RemotingCommand> answer : parked) {
            assertEquals("parked", Services.text(get(answer)));
        }
        for (CompletableFuture<?> call : calls) {
            get(call);
        }
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(3, drained.told());
        assertEquals(3, drained.closedByPeer(), drained::toString);
        assertEquals(0, drained.unanswered(), drained::toString);
        Set<String> all = new HashSet<>(twoWays);
        all.addAll(oneWays);
        eventually().until(() -> executions.total() >= all.size());
        assertTrue(get(second.shutdownGracefully(Duration.ofSeconds(8))).addsUp());
        executions.assertExactlyOnce(all);
        long retries = clients.stream().mapToLong(client -> client.stats().get(Counter.RETRIES)).sum();
        assertEquals(first.stats().get(Counter.GO_AWAYS_ANSWERED) + 3, retries, "what was refused, and the three that were parked");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
