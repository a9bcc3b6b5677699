package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a server asks its clients. */
@ExtendWith(LeakGuard.class)
class ServerCallsTest {
    private static final int WHO = 7;
    private static final int ECHO = 8;
    private static final int HELD = 9;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicReference<Channel> peer = new AtomicReference<>();
    private NettyRemotingServer server;
    private NettyRemotingClient client;

    @BeforeEach
    void connectBoth() throws Exception {
        server = services.server();
        server.registerProcessor(WHO, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        client = services.client();
        client.registerProcessor(ECHO, executions.echo(), null);
        client.registerProcessor(HELD, (ctx, request) -> {
            executions.count(Services.text(request));
            release.await();
            return Services.response("held");
        }, null);
        get(client.invoke(address(server), Services.request(WHO, ""), CALL_MILLIS));
    }

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    @Test
    void everyKindOfCall_isAnsweredByTheClientsProcessor() throws Exception {
        assertEquals("sync", Services.text(server.invokeSync(peer.get(), Services.request(ECHO, "sync"), CALL_MILLIS)));
        assertEquals("future", Services.text(get(server.invoke(peer.get(), Services.request(ECHO, "future"), CALL_MILLIS))));
        CompletableFuture<ResponseFuture> called = new CompletableFuture<>();
        server.invokeAsync(peer.get(), Services.request(ECHO, "async"), CALL_MILLIS, called::complete);
        assertEquals("async", Services.text(get(called).getResponseCommand()));
        server.invokeOneway(peer.get(), Services.request(ECHO, "one-way"), CALL_MILLIS);

        eventually().until(() -> executions.total() == 4);
        executions.assertExactlyOnce(Set.of("sync", "future", "async", "one-way"));
    }

    @Test
    void codeTheClientDoesNotKnow_isAnswered3() throws Exception {
        assertEquals(3, server.invokeSync(peer.get(), Services.request(4711, ""), CALL_MILLIS).getCode());
    }

    @Test
    void clientThatDoesNotAnswer_callTimesOutAsUnknown() throws Exception {
        assertInstanceOf(
                RemotingTimeoutException.class,
                failure(Outcome.UNKNOWN, server.invoke(peer.get(), Services.request(HELD, "a"), 200)));
    }

    @Test
    void clientGone_pendingCallFailsAsUnknownAndTheNextOneUnsent() throws Exception {
        ScriptedPeer.Connection raw = services.connect(server.localListenPort());
        raw.send(Scripts.request(WHO, ""));
        raw.receive();
        Channel channel = peer.get();
        CompletableFuture<RemotingCommand> pending = server.invoke(channel, Services.request(ECHO, "a"), CALL_MILLIS);
        raw.receive();
        raw.reset();

        failure(Outcome.UNKNOWN, pending);
        failure(Outcome.NOT_SENT, server.invoke(channel, Services.request(ECHO, "b"), CALL_MILLIS));
        RemotingSendRequestException oneway = assertThrows(
                RemotingSendRequestException.class, () -> server.invokeOneway(channel, Services.request(ECHO, "c"), CALL_MILLIS));
        assertEquals(Outcome.NOT_SENT, oneway.outcome());
    }

    @Test
    void channelOfSomebodyElse_isRefusedUnsent() {
        EmbeddedChannel foreign = new EmbeddedChannel();

        failure(Outcome.NOT_SENT, server.invoke(foreign, Services.request(ECHO, "a"), CALL_MILLIS));
        foreign.finishAndReleaseAll();
    }

    @Test
    void drain_callThatIsPending_isAnsweredBeforeTheClientCloses_andNewOnesAreRefusedUnsent() throws Exception {
        CompletableFuture<RemotingCommand> pending = server.invoke(peer.get(), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> executions.total() == 1);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        RemotingSendRequestException sync = assertThrows(
                RemotingSendRequestException.class, () -> server.invokeSync(peer.get(), Services.request(ECHO, "b"), CALL_MILLIS));
        assertEquals(Outcome.NOT_SENT, sync.outcome());
        failure(Outcome.NOT_SENT, server.invoke(peer.get(), Services.request(ECHO, "c"), CALL_MILLIS));
        assertFalse(pending.isDone());
        release.countDown();

        assertEquals("held", Services.text(get(pending)));
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.closedByPeer());
        executions.assertExactlyOnce(Set.of("a"));
    }

    @Test
    void drain_oneWaysToTheClient_areStillTakenUntilTheClientHasEnded() throws Exception {
        CompletableFuture<RemotingCommand> keepsOpen = server.invoke(peer.get(), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> executions.total() == 1);
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);

        server.invokeOneway(peer.get(), Services.request(ECHO, "one-way"), CALL_MILLIS);
        eventually().until(() -> executions.of("one-way") == 1);
        release.countDown();
        get(keepsOpen);
        get(report);

        RemotingSendRequestException late = assertThrows(
                RemotingSendRequestException.class, () -> server.invokeOneway(peer.get(), Services.request(ECHO, "d"), CALL_MILLIS));
        assertEquals(Outcome.NOT_SENT, late.outcome());
    }

    @Test
    void clientShutsDown_itAnswersWhatItAccepted_andRefusesWhatComesThen() throws Exception {
        CompletableFuture<RemotingCommand> accepted = server.invoke(peer.get(), Services.request(HELD, "a"), CALL_MILLIS);
        eventually().until(() -> executions.total() == 1);
        CompletableFuture<DrainReport> end = client.shutdownGracefully(Duration.ofSeconds(8));

        // Refused on the wire, or not sent any more; never executed, never left without an answer.
        eventually().until(() -> {
            CompletableFuture<RemotingCommand> late = server.invoke(peer.get(), Services.request(4711, ""), CALL_MILLIS);
            return late.handle((response, refusal) -> refusal instanceof RemotingGoAwayException).get(CALL_MILLIS, TimeUnit.MILLISECONDS);
        });
        release.countDown();

        assertEquals("held", Services.text(get(accepted)));
        DrainReport report = get(end);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.inFlight());
        assertEquals(1, report.finished());
        assertTrue(report.refused() >= 1, report::toString);
    }
}
