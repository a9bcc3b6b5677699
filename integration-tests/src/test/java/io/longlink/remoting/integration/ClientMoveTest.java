package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.LanguageCode;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client does when it is told to go away, frame by frame (DESIGN 3.3). */
@ExtendWith(LeakGuard.class)
class ClientMoveTest {
    private static final int ASK = 7;

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

    private static Frame receiveAsk(ScriptedPeer.Connection connection, String body) {
        Frame request = connection.receive();
        assertEquals(ASK, request.code(), request::toString);
        assertEquals(body, Scripts.text(request));
        return request;
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void refusedTwoWay_isSentAgainWhole_underANewOpaque(SerializeType serializeType) throws Exception {
        RemotingCommand request = Services.request(ASK, "the whole body");
        request.setSerializeTypeCurrentRPC(serializeType);
        request.setLanguage(LanguageCode.GO);
        request.setVersion(483);
        request.setRemark("a remark");
        request.setFlag(1 << 5);
        request.addExtField("group", "g1");
        request.addExtField("empty", "");
        request.setOpaque(-77);
        CompletableFuture<RemotingCommand> call = client.invoke(address, request, CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame original = first.receive();
        first.send(Scripts.refusal(original));

        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        Frame retry = second.receive();
        second.send(Scripts.response(retry, "answer"));

        RemotingCommand answer = get(call);
        assertEquals("answer", Services.text(answer));
        assertEquals(-77, answer.getOpaque(), "the caller knows nothing of the second opaque");
        assertEquals(-77, request.getOpaque());
        assertEquals(-77, original.opaque());
        assertNotEquals(-77, retry.opaque());
        for (Frame sent : List.of(original, retry)) {
            assertEquals(ASK, sent.code());
            assertEquals("GO", sent.language());
            assertEquals(483, sent.version());
            assertEquals("a remark", sent.remark());
            assertEquals(1 << 5, sent.flag());
            assertEquals(Map.of("group", "g1", "empty", ""), sent.extFields());
            assertEquals("the whole body", Scripts.text(sent));
            assertEquals(serializeType.name(), sent.serialization().name());
        }
        assertEquals(1, client.stats().get(Counter.RETRIES));
        first.expectEndOfStream();
    }

    @Test
    void refusal_movesOnlyWhatWasRefused_theOtherPendingAnswersStillArriveOnTheOldConnection() throws Exception {
        CompletableFuture<RemotingCommand> slow = call("slow");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame slowAsked = receiveAsk(first, "slow");
        CompletableFuture<RemotingCommand> refused = call("refused");
        first.send(Scripts.refusal(receiveAsk(first, "refused")));
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        second.send(Scripts.response(receiveAsk(second, "refused"), "from the second"));
        assertEquals("from the second", Services.text(get(refused)));

        CompletableFuture<RemotingCommand> fresh = call("fresh");
        second.send(Scripts.response(receiveAsk(second, "fresh"), "from the second"));
        assertEquals("from the second", Services.text(get(fresh)));
        first.expectNoFrame(Duration.ofMillis(100));
        assertFalse(slow.isDone());
        first.send(Scripts.response(slowAsked, "from the first"));

        assertEquals("from the first", Services.text(get(slow)));
        first.expectEndOfStream();
    }

    @Test
    void announcement_movesTheClient_andTheOldConnectionEndsOnlyWhenNothingIsPending() throws Exception {
        CompletableFuture<RemotingCommand> a = call("a");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame askedA = receiveAsk(first, "a");
        CompletableFuture<RemotingCommand> b = call("b");
        Frame askedB = receiveAsk(first, "b");

        first.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<RemotingCommand> c = call("c");
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        second.send(Scripts.response(receiveAsk(second, "c"), "c"));
        assertEquals("c", Services.text(get(c)));

        first.send(Scripts.response(askedA, "a"));
        assertEquals("a", Services.text(get(a)));
        first.expectNoFrame(Duration.ofMillis(150));
        first.send(Scripts.response(askedB, "b"));
        assertEquals("b", Services.text(get(b)));
        first.expectEndOfStream();
        assertEquals(0, client.stats().get(Counter.RETRIES));
        assertEquals(2, client.stats().get(Counter.CONNECTIONS_OPEN), "it waits for the server's end of stream");
        first.halfClose();
        eventually().until(() -> client.stats().get(Counter.CONNECTIONS_OPEN) == 1);
    }

    @Test
    void announcement_serverThatDoesNotEndItsStream_isClosedAfterItsGrace() throws Exception {
        EventLog events = new EventLog();
        NettyRemotingClient watched = services.client(Services.clientConfig(), events);
        CompletableFuture<RemotingCommand> a = watched.invoke(address, Services.request(ASK, "a"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        first.send(Scripts.response(receiveAsk(first, "a"), "a"));
        get(a);

        long began = System.nanoTime();
        first.send(Scripts.announcement(300));
        first.expectEndOfStream();
        Scripts.acceptReady(server);
        eventually().until(() -> events.count(EventLog.Kind.CLOSE) == 1);
        assertTrue(System.nanoTime() - began >= Duration.ofMillis(300).toNanos());
    }

    @Test
    void secondGoAwayOnOneConnection_changesNothing() throws Exception {
        CompletableFuture<RemotingCommand> a = call("a");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame asked = receiveAsk(first, "a");
        first.send(Scripts.announcement(8_000));
        first.send(Scripts.announcement(8_000));
        first.send(Scripts.refusal(Frame.request(ASK).withOpaque(asked.opaque() + 1_000_000)));
        first.send(Scripts.response(asked, "a"));
        assertEquals("a", Services.text(get(a)));
        first.expectEndOfStream();

        CompletableFuture<RemotingCommand> b = call("b");
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        second.send(Scripts.response(receiveAsk(second, "b"), "b"));
        assertEquals("b", Services.text(get(b)));
        assertEquals(1, client.stats().get(Counter.GO_AWAYS_RECEIVED));
        assertEquals(2, client.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void lateRefusal_ofACallThatTimedOut_movesTheClientToo() throws Exception {
        CompletableFuture<RemotingCommand> a = client.invoke(address, Services.request(ASK, "a"), 150);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame asked = receiveAsk(first, "a");
        failure(Outcome.UNKNOWN, a);
        assertEquals(Scripts.PING, first.receive().code());

        first.send(Scripts.refusal(asked));
        first.expectEndOfStream();

        assertEquals(1, client.stats().get(Counter.GO_AWAYS_RECEIVED));
        assertEquals(0, client.stats().get(Counter.RETRIES));
        CompletableFuture<RemotingCommand> b = call("b");
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        second.send(Scripts.response(receiveAsk(second, "b"), "b"));
        assertEquals("b", Services.text(get(b)));
    }

    @Test
    void manyRefusals_areRetriedOldestFirst_beforeNewcomers() throws Exception {
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        calls.add(call("0"));
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        List<Frame> asked = new ArrayList<>();
        asked.add(receiveAsk(first, "0"));
        for (int i = 1; i < 20; i++) {
            calls.add(call(Integer.toString(i)));
            asked.add(receiveAsk(first, Integer.toString(i)));
        }
        // Refused youngest first, and a newcomer already waits.
        first.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<RemotingCommand> newcomer = call("newcomer");
        for (int i = 19; i >= 0; i--) {
            first.send(Scripts.refusal(asked.get(i)));
        }
        first.expectEndOfStream();
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        for (int i = 0; i < 20; i++) {
            second.send(Scripts.response(receiveAsk(second, Integer.toString(i)), Integer.toString(i)));
        }
        second.send(Scripts.response(receiveAsk(second, "newcomer"), "newcomer"));

        for (int i = 0; i < 20; i++) {
            assertEquals(Integer.toString(i), Services.text(get(calls.get(i))));
        }
        assertEquals("newcomer", Services.text(get(newcomer)));
        assertEquals(20, client.stats().get(Counter.RETRIES));
    }

    @Test
    void goneAway_deadlineBeforeTheAddressIsBack_failsAsRefusedOrNotSent() throws Exception {
        CompletableFuture<RemotingCommand> refused = client.invoke(address, Services.request(ASK, "a"), 600);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        first.send(Scripts.refusal(receiveAsk(first, "a")));
        first.expectEndOfStream();
        CompletableFuture<RemotingCommand> newcomer = client.invoke(address, Services.request(ASK, "b"), 300);
        CompletableFuture<Void> oneway = client.invokeOnewayAsync(address, Services.request(ASK, "c"), 300);

        // The replacement is accepted by the kernel, but nobody answers its HELLO in time.
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.NOT_SENT, newcomer));
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.NOT_SENT, oneway));
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.REFUSED, refused));
    }
}
