package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client opens a connection, and what it makes of every answer to HELLO (DESIGN 3.1). */
@ExtendWith(LeakGuard.class)
class ClientHelloTest {
    private static final int ASK = 7;

    /** What a server may take to answer, plus what a busy machine needs to notice. */
    private static final Duration A_SECOND = Duration.ofMillis(900);

    @RegisterExtension
    final Services services = new Services();

    private ScriptedPeer server;
    private NettyRemotingClient client;
    private String address;

    @BeforeEach
    void startPeerAndClient() {
        server = services.peer();
        client = services.client();
        address = address(server.port());
    }

    private CompletableFuture<RemotingCommand> call(String body) {
        return client.invoke(address, Services.request(ASK, body), CALL_MILLIS);
    }

    /** The next frame is the user's request, with this body; it is answered. */
    private static void serve(ScriptedPeer.Connection connection, String body) {
        Frame request = connection.receive();
        assertEquals(ASK, request.code(), request::toString);
        assertEquals(body, Scripts.text(request));
        connection.send(Scripts.response(request, "answer to " + body));
    }

    private static void assertAnswered(CompletableFuture<RemotingCommand> call, String body) throws Exception {
        assertEquals("answer to " + body, Services.text(get(call)));
    }

    @Test
    void connect_hello_comesFirstAndNoUserFrameBeforeItsAnswer() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        CompletableFuture<Void> oneway = client.invokeOnewayAsync(address, Services.request(ASK, "b"), CALL_MILLIS);
        ScriptedPeer.Connection connection = server.accept();
        Frame hello = Scripts.receiveHello(connection);
        assertFalse(hello.isOneway());
        assertFalse(hello.isResponse());
        assertNotNull(hello.ext("features"));
        assertEquals(515, hello.version());
        assertEquals(0, hello.body().length);
        connection.expectNoFrame(Duration.ofMillis(200));

        connection.send(Scripts.goodAnswer(hello));

        serve(connection, "a");
        assertEquals("b", Scripts.text(connection.receive()));
        assertAnswered(call, "a");
        get(oneway);
    }

    @Test
    void helloAnswered_laterRequests_needNoFurtherHello() throws Exception {
        CompletableFuture<RemotingCommand> first = call("a");
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        serve(connection, "a");
        assertAnswered(first, "a");

        CompletableFuture<RemotingCommand> second = call("b");
        serve(connection, "b");
        assertAnswered(second, "b");
    }

    @Test
    void helloAnswered3_peerIsStock_requestsFollowOnTheSameConnection() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection connection = server.accept();
        connection.send(Frame.response(Scripts.receiveHello(connection), 3).withRemark("not supported"));

        serve(connection, "a");
        assertAnswered(call, "a");
    }

    @Test
    void helloAnswered0WithoutOurFields_peerIsStock_requestsFollow() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection connection = server.accept();
        connection.send(Frame.response(Scripts.receiveHello(connection), 0));

        serve(connection, "a");
        assertAnswered(call, "a");
    }

    @Test
    void helloAnswered1500_serverIsLeaving_theCallWaitsAndIsServedByTheNextConnection() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection leaving = server.accept();
        leaving.send(Scripts.refusal(Scripts.receiveHello(leaving)));
        leaving.expectEndOfStream();
        assertFalse(call.isDone());

        serve(Scripts.acceptReady(server), "a");

        assertAnswered(call, "a");
        assertEquals(0, client.stats().get(Counter.RETRIES), "it had not been sent");
        assertEquals(1, client.stats().get(Counter.CONNECT_FAILURES));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 105})
    void helloAnsweredWithAnotherCode_reconnectsWithoutHelloAndRemembers(int code) throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection offended = server.accept();
        offended.send(Frame.response(Scripts.receiveHello(offended), code));
        offended.expectEndOfStream();

        ScriptedPeer.Connection second = server.accept();
        serve(second, "a");
        assertAnswered(call, "a");

        second.close();
        // Not until none is open: that may last for a millisecond only.
        eventually().until(() -> client.stats().get(Counter.CONNECTIONS_OPENED) == 3);
        assertAnswered(callWhenReady(server.accept(), "b"), "b");
    }

    @Test
    void helloUnanswered_afterASecond_peerIsStockAndHelloIsSkippedNextTime() throws Exception {
        long began = System.nanoTime();
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection connection = server.accept();
        Scripts.receiveHello(connection);

        serve(connection, "a");

        assertAnswered(call, "a");
        assertTrue(Duration.ofNanos(System.nanoTime() - began).compareTo(A_SECOND) > 0);
        connection.close();
        // Not until none is open: that may last for a millisecond only.
        eventually().until(() -> client.stats().get(Counter.CONNECTIONS_OPENED) == 2);
        assertAnswered(callWhenReady(server.accept(), "b"), "b");
    }

    @Test
    void helloAnsweredLate_upgradesThePeer_theNextConnectionSaysHelloAgain() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection connection = server.accept();
        Frame hello = Scripts.receiveHello(connection);
        serve(connection, "a");
        assertAnswered(call, "a");

        connection.send(Scripts.goodAnswer(hello));
        CompletableFuture<RemotingCommand> behind = call("behind it");
        serve(connection, "behind it");
        assertAnswered(behind, "behind it");
        connection.close();

        ScriptedPeer.Connection next = server.accept();
        Scripts.receiveHello(next);
    }

    @Test
    void helloUnanswered_byAnAddressThatAnsweredBefore_isAFailedAttemptAndTheThirdInARowIsStock() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection good = Scripts.acceptReady(server);
        serve(good, "a");
        assertAnswered(call, "a");
        good.close();

        for (int i = 1; i <= 2; i++) {
            ScriptedPeer.Connection mute = server.accept();
            Scripts.receiveHello(mute);
            CompletableFuture<RemotingCommand> waiting = call("attempt " + i);
            mute.expectEndOfStream();
            assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, waiting));
        }
        ScriptedPeer.Connection third = server.accept();
        Scripts.receiveHello(third);
        eventually().until(() -> client.isChannelWritable(address(server.port())));
        assertAnswered(callWhenReady(third, "b"), "b");
    }

    @Test
    void connectionDies_beforeHelloIsAnswered_costsTheCallNothingButThatAttempt() throws Exception {
        CompletableFuture<RemotingCommand> call = call("a");
        ScriptedPeer.Connection connection = server.accept();
        Scripts.receiveHello(connection);
        connection.reset();

        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, call));
        // It is wanted, so it is tried again without being asked.
        CompletableFuture<RemotingCommand> later = callWhenReady(Scripts.acceptReady(server), "b");
        assertAnswered(later, "b");
    }

    /** While a dead address is tried again its calls fail at once, so this waits until it is READY. */
    private CompletableFuture<RemotingCommand> callWhenReady(ScriptedPeer.Connection connection, String body) {
        eventually().until(() -> client.isChannelWritable(address));
        CompletableFuture<RemotingCommand> call = call(body);
        serve(connection, body);
        return call;
    }

    @Test
    void deadline_duringHello_failsTheCallAsNotSent() throws Exception {
        CompletableFuture<RemotingCommand> call = client.invoke(address, Services.request(ASK, "a"), 200);
        ScriptedPeer.Connection connection = server.accept();
        Frame hello = Scripts.receiveHello(connection);

        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.NOT_SENT, call));

        connection.send(Scripts.goodAnswer(hello));
        connection.expectNoFrame(Duration.ofMillis(100));
    }

    @Test
    void negotiateOff_firstFrame_isTheUsers() throws Exception {
        NettyRemotingClient plain = services.client(Services.clientConfig().setNegotiate(false));
        CompletableFuture<RemotingCommand> call = plain.invoke(address, Services.request(ASK, "a"), CALL_MILLIS);

        serve(server.accept(), "a");

        assertAnswered(call, "a");
    }
}
