package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.SessionRestorer;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A connection is READY when its session is restored, not before (DESIGN 3.3.6). */
@ExtendWith(LeakGuard.class)
class SessionRestorerTest {
    private static final int ASK = 7;
    private static final int BEAT = 34;
    private static final int REGISTER = 35;
    private static final int NOTICE = 36;

    @RegisterExtension
    final Services services = new Services();

    private final EventLog events = new EventLog();
    private ScriptedPeer server;

    @BeforeEach
    void startPeer() {
        server = services.peer();
    }

    private NettyRemotingClient client(SessionRestorer restorer) {
        return client(restorer, 3_000);
    }

    private NettyRemotingClient client(SessionRestorer restorer, int connectTimeoutMillis) {
        return services.client(
                Services.clientConfig().setConnectTimeoutMillis(connectTimeoutMillis).setSessionRestorer(restorer), events);
    }

    private CompletableFuture<RemotingCommand> call(NettyRemotingClient client, String body) {
        return client.invoke(address(server.port()), Services.request(ASK, body), CALL_MILLIS);
    }

    private static SessionRestorer beating() {
        return session -> session.invoke(Services.request(BEAT, "beat for " + session.address()), CALL_MILLIS);
    }

    @Test
    void restorer_itsRequests_precedeTraffic() throws Exception {
        NettyRemotingClient client = client(session -> session
                .invokeOneway(Services.request(REGISTER, "me"), CALL_MILLIS)
                .thenCompose(written -> session.invoke(Services.request(BEAT, "beat"), CALL_MILLIS)));
        CompletableFuture<RemotingCommand> call = call(client, "a");
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);

        Frame register = connection.receive();
        assertEquals(REGISTER, register.code());
        assertEquals(true, register.isOneway());
        Frame beat = connection.receive();
        assertEquals(BEAT, beat.code());
        connection.expectNoFrame(Duration.ofMillis(150));
        assertEquals(0, events.count(EventLog.Kind.ACTIVE));
        connection.send(Scripts.response(beat, "ok"));

        Frame asked = connection.receive();
        assertEquals("a", Scripts.text(asked));
        connection.send(Scripts.response(asked, "answer"));
        assertEquals("answer", Services.text(get(call)));
        eventually().until(() -> events.count(EventLog.Kind.ACTIVE) == 1);
    }

    @Test
    void restorersThatBlock_onManyAddressesAtOnce_stillGetTheirAnswers() throws Exception {
        NettyRemotingClient client = services.client(Services.clientConfig().setSessionRestorer(session -> {
            try {
                session.invoke(Services.request(BEAT, "beat"), CALL_MILLIS).get();
                return CompletableFuture.completedFuture(null);
            } catch (InterruptedException | ExecutionException e) {
                return CompletableFuture.failedFuture(e);
            }
        }));
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            NettyRemotingServer broker = services.server();
            for (int code : new int[] {BEAT, ASK}) {
                broker.registerProcessor(code, (ctx, request) -> Services.response("ok"), null);
            }
            calls.add(client.invoke(address(broker), Services.request(ASK, "a"), CALL_MILLIS));
        }
        for (CompletableFuture<RemotingCommand> call : calls) {
            assertEquals("ok", Services.text(get(call)));
        }
    }

    @Test
    void move_replacement_isRestoredBeforeWhatWasRefused() throws Exception {
        NettyRemotingClient client = client(beating());
        CompletableFuture<RemotingCommand> call = call(client, "a");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        first.send(Scripts.response(first.receive(), "ok"));
        Frame asked = first.receive();
        first.send(Scripts.refusal(asked));

        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        Frame beat = second.receive();
        assertEquals(BEAT, beat.code());
        assertEquals("beat for " + address(server.port()), Scripts.text(beat));
        second.send(Scripts.response(beat, "ok"));
        Frame retry = second.receive();
        assertEquals("a", Scripts.text(retry));
        second.send(Scripts.response(retry, "answer"));
        assertEquals("answer", Services.text(get(call)));
    }

    @Test
    void restorerThatThrows_isAFailedAttempt() throws Exception {
        NettyRemotingClient client = client(session -> {
            throw new IllegalStateException("no session today");
        });

        assertFailedAttempt(client);
    }

    @Test
    void restorerThatThrowsAnError_isAFailedAttempt() throws Exception {
        NettyRemotingClient client = client(session -> {
            throw new AssertionError("no session today");
        });

        assertFailedAttempt(client);
    }

    @Test
    void restorerWithoutAStage_isAFailedAttempt() throws Exception {
        NettyRemotingClient client = client(session -> null);

        // LeakGuard would tell of an exception that nobody caught.
        assertFailedAttempt(client);
    }

    @Test
    void restorerWhoseStageFails_isAFailedAttempt() throws Exception {
        NettyRemotingClient client = client(session -> CompletableFuture.failedFuture(new IllegalStateException("no session today")));

        assertFailedAttempt(client);
    }

    @Test
    void restorerThatNeverCompletes_isAFailedAttemptAfterTheConnectTimeout() throws Exception {
        NettyRemotingClient client = client(session -> new CompletableFuture<>(), 400);
        long began = System.nanoTime();

        assertFailedAttempt(client);

        assertFalse(System.nanoTime() - began < Duration.ofMillis(400).toNanos());
    }

    private void assertFailedAttempt(NettyRemotingClient client) throws Exception {
        CompletableFuture<RemotingCommand> call = call(client, "a");
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.expectEndOfStream();
        connection.close();

        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, call));
        eventually().until(() -> events.count(EventLog.Kind.CLOSE) >= 1);
        assertEquals(
                List.of(EventLog.Kind.CONNECT, EventLog.Kind.EXCEPTION, EventLog.Kind.CLOSE),
                events.connections().get(0));
        eventually().until(() -> client.stats().get(Counter.CONNECT_FAILURES) >= 1);
    }

    @Test
    void restorerAnswered1500_isAFailedAttemptOfAnAddressThatIsExpectedBack() throws Exception {
        NettyRemotingClient client = client(beating());
        CompletableFuture<RemotingCommand> call = call(client, "a");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        first.send(Scripts.refusal(first.receive()));
        first.expectEndOfStream();
        assertFalse(call.isDone());

        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        Frame beat = second.receive();
        assertEquals(BEAT, beat.code());
        second.send(Scripts.response(beat, "ok"));
        second.send(Scripts.response(second.receive(), "answer"));
        assertEquals("answer", Services.text(get(call)));
        assertEquals(0, client.stats().get(Counter.RETRIES));
    }

    @Test
    void goAway_whileTheSessionIsRestored_losesNothingOfWhatTheServerSends() throws Exception {
        Executions executions = new Executions();
        NettyRemotingClient client = client(beating());
        client.registerProcessor(NOTICE, (ctx, request) -> {
            executions.count(Services.text(request));
            return request.isOnewayRPC() ? null : Services.response("done");
        }, null);
        CompletableFuture<RemotingCommand> call = call(client, "a");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame beat = first.receive();
        Frame question = Scripts.request(NOTICE, "before");
        first.send(question);
        first.send(Scripts.announcement(8_000));
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        first.send(Scripts.oneway(NOTICE, "behind"));
        assertEquals(question.opaque(), first.receive().opaque());
        first.send(Scripts.response(beat, "ok"));
        first.expectEndOfStream();
        first.send(Scripts.oneway(NOTICE, "behind the end"));
        first.halfClose();

        second.send(Scripts.response(second.receive(), "ok"));
        second.send(Scripts.response(second.receive(), "answer"));
        assertEquals("answer", Services.text(get(call)));
        eventually().until(() -> events.count(EventLog.Kind.CLOSE) == 1);
        assertEquals(
                List.of(EventLog.Kind.CONNECT, EventLog.Kind.EXCEPTION, EventLog.Kind.CLOSE),
                events.connections().get(0));
        executions.assertExactlyOnce(Set.of("before", "behind", "behind the end"));
    }

    @Test
    void restorer_isCalledOncePerConnection() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        NettyRemotingClient client = client(session -> {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
        CompletableFuture<RemotingCommand> a = call(client, "a");
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.send(Scripts.response(connection.receive(), "1"));
        get(a);
        CompletableFuture<RemotingCommand> b = call(client, "b");
        connection.send(Scripts.response(connection.receive(), "2"));
        get(b);

        assertEquals(1, calls.get());
    }
}
