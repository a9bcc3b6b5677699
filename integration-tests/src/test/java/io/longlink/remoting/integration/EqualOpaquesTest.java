package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An opaque means something on its connection, in its direction, and nowhere else. */
@ExtendWith(LeakGuard.class)
class EqualOpaquesTest {
    private static final int ASK = 7;
    private static final int WHO = 8;

    @RegisterExtension
    final Services services = new Services();

    private static RemotingCommand request(String body, int opaque) {
        RemotingCommand request = Services.request(ASK, body);
        request.setOpaque(opaque);
        return request;
    }

    @Test
    void client_twoServersAnswerEachOthersOpaques_everyCallGetsItsOwnAnswer() throws Exception {
        ScriptedPeer serverA = services.peer();
        ScriptedPeer serverB = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> callA = client.invoke(address(serverA.port()), request("to A", 1), CALL_MILLIS);
        CompletableFuture<RemotingCommand> callB = client.invoke(address(serverB.port()), request("to B", 2), CALL_MILLIS);
        ScriptedPeer.Connection a = Scripts.acceptReady(serverA);
        ScriptedPeer.Connection b = Scripts.acceptReady(serverB);
        Frame atA = a.receive();
        Frame atB = b.receive();
        assertEquals(1, atA.opaque());
        assertEquals(2, atB.opaque());

        a.send(Frame.response(atB, 0).withBody(Scripts.bytes("A's answer to what B was asked")));
        b.send(Frame.response(atA, 0).withBody(Scripts.bytes("B's answer to what A was asked")));
        eventually().until(() -> client.stats().get(Counter.LATE_RESPONSES) == 2);
        assertFalse(callA.isDone());
        assertFalse(callB.isDone());
        a.send(Scripts.response(atA, "A"));
        b.send(Scripts.response(atB, "B"));

        assertEquals("A", Services.text(get(callA)));
        assertEquals("B", Services.text(get(callB)));
    }

    @Test
    void client_oneOpaqueToTwoServers_everyCallGetsItsOwnAnswer() throws Exception {
        ScriptedPeer serverA = services.peer();
        ScriptedPeer serverB = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> callA = client.invoke(address(serverA.port()), request("to A", 77), CALL_MILLIS);
        CompletableFuture<RemotingCommand> callB = client.invoke(address(serverB.port()), request("to B", 77), CALL_MILLIS);
        ScriptedPeer.Connection a = Scripts.acceptReady(serverA);
        ScriptedPeer.Connection b = Scripts.acceptReady(serverB);
        Frame atA = a.receive();
        Frame atB = b.receive();
        assertEquals(77, atA.opaque());
        assertEquals(77, atB.opaque());

        b.send(Scripts.response(atB, "B"));
        assertEquals("B", Services.text(get(callB)));
        assertFalse(callA.isDone());
        a.send(Scripts.response(atA, "A"));
        assertEquals("A", Services.text(get(callA)));
    }

    @Test
    void client_opaqueInFlightOnThatConnectionAlready_travelsUnderAnother() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> first = client.invoke(address(server.port()), request("first", 77), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        Frame atFirst = connection.receive();

        CompletableFuture<RemotingCommand> second = client.invoke(address(server.port()), request("second", 77), CALL_MILLIS);
        Frame atSecond = connection.receive();
        assertNotEquals(77, atSecond.opaque());

        connection.send(Scripts.response(atSecond, "answer to the second"));
        connection.send(Scripts.response(atFirst, "answer to the first"));
        assertEquals("answer to the second", Services.text(get(second)));
        assertEquals("answer to the first", Services.text(get(first)));
        assertEquals(77, get(first).getOpaque());
        assertEquals(77, get(second).getOpaque());
    }

    @Test
    void client_opaqueUsedAgainAfterATimeout_neverGetsTheLateAnswer() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> old = client.invoke(address(server.port()), request("old", 77), 1_000);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        Frame atOld = connection.receive();
        failure(Outcome.UNKNOWN, old);
        // Nothing came for a second, so the client asks whether we live.
        Frame ping = connection.receive();
        assertEquals(Scripts.PING, ping.code());
        connection.send(Frame.response(ping, 0));

        CompletableFuture<RemotingCommand> again = client.invoke(address(server.port()), request("new", 77), CALL_MILLIS);
        Frame atNew = connection.receive();
        connection.send(Scripts.response(atOld, "answer to old"));
        connection.send(Scripts.response(atNew, "answer to new"));
        assertEquals("answer to new", Services.text(get(again)));
        assertEquals(77, get(again).getOpaque());
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void client_opaquesWrapAround_andMeetOneThatIsInFlight_everyCallGetsItsOwnAnswer(SerializeType format) throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(Services.clientConfig().setSerializeType(format));
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        calls.add(client.invoke(address(server.port()), request("long ago", Integer.MIN_VALUE), CALL_MILLIS));
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        List<Frame> asked = new ArrayList<>(List.of(connection.receive()));

        Opaques opaques = Opaques.goingOnWith(Integer.MAX_VALUE - 1);
        try {
            for (int i = 1; i <= 4; i++) {
                calls.add(client.invoke(address(server.port()), Services.request(ASK, "call " + i), CALL_MILLIS));
                asked.add(connection.receive());
            }
        } finally {
            opaques.goBack();
        }
        // The least of all is drawn, but in flight: that call travels under the next.
        assertEquals(
                List.of(Integer.MIN_VALUE, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, Integer.MIN_VALUE + 1, Integer.MIN_VALUE + 2),
                asked.stream().map(Frame::opaque).toList());

        Collections.reverse(asked);
        asked.forEach(frame -> connection.send(Scripts.response(frame, Scripts.text(frame))));
        assertEquals("long ago", Services.text(get(calls.get(0))));
        for (int i = 1; i <= 4; i++) {
            assertEquals("call " + i, Services.text(get(calls.get(i))));
        }
        assertEquals(Integer.MIN_VALUE, get(calls.get(3)).getOpaque(), "what its caller drew");
    }

    /** The process's one counter, moved for a while to where it would come after two thousand million requests. */
    private record Opaques(AtomicInteger next, int before) {
        static Opaques goingOnWith(int value) throws ReflectiveOperationException {
            Field field = Class.forName("io.longlink.remoting.protocol.OpaqueSequence").getDeclaredField("NEXT");
            field.setAccessible(true);
            AtomicInteger next = (AtomicInteger) field.get(null);
            return new Opaques(next, next.getAndSet(value));
        }

        void goBack() {
            next.set(before);
        }
    }

    @Test
    void server_twoClientsWithOneOpaque_everyoneGetsHisOwnAnswer() throws Exception {
        NettyRemotingServer server = services.server();
        Map<String, Channel> parked = new ConcurrentHashMap<>();
        server.registerProcessor(ASK, (ctx, request) -> {
            parked.put(Services.text(request), ctx.channel());
            return null;
        }, null);
        ScriptedPeer.Connection a = services.connect(server.localListenPort());
        ScriptedPeer.Connection b = services.connect(server.localListenPort());
        a.send(Scripts.request(ASK, "a").withOpaque(77));
        b.send(Scripts.request(ASK, "b").withOpaque(77));
        eventually().until(() -> parked.keySet().equals(Set.of("a", "b")));

        for (String who : Set.of("b", "a")) {
            RemotingCommand answer = Services.response("for " + who);
            answer.setOpaque(77);
            parked.get(who).writeAndFlush(answer);
        }

        assertEquals("for a", Scripts.text(a.receive()));
        assertEquals("for b", Scripts.text(b.receive()));
        assertEquals(2, server.stats().get(Counter.ANSWERED));
        assertEquals(0, server.stats().get(Counter.SECOND_ANSWERS));
    }

    @Test
    void server_oneClientWithOneOpaqueTwiceAtATime_getsTwoAnswers() throws Exception {
        NettyRemotingServer server = services.server();
        Map<String, Channel> parked = new ConcurrentHashMap<>();
        server.registerProcessor(ASK, (ctx, request) -> {
            parked.put(Services.text(request), ctx.channel());
            return null;
        }, null);
        ScriptedPeer.Connection peer = services.connect(server.localListenPort());
        peer.send(Scripts.request(ASK, "1").withOpaque(77));
        peer.send(Scripts.request(ASK, "2").withOpaque(77));
        eventually().until(() -> parked.size() == 2);

        for (int i = 1; i <= 3; i++) {
            RemotingCommand answer = Services.response("answer " + i);
            answer.setOpaque(77);
            parked.get("1").writeAndFlush(answer);
        }

        assertEquals("answer 1", Scripts.text(peer.receive()));
        assertEquals("answer 2", Scripts.text(peer.receive()));
        eventually().until(() -> server.stats().get(Counter.SECOND_ANSWERS) == 1);
    }

    @Test
    void bothDirections_oneOpaqueOnOneConnection_doNotMeet() throws Exception {
        NettyRemotingServer server = services.server();
        AtomicReference<Channel> channel = new AtomicReference<>();
        AtomicReference<RemotingCommand> atServer = new AtomicReference<>();
        server.registerProcessor(ASK, (ctx, request) -> {
            channel.set(ctx.channel());
            atServer.set(request);
            return null;
        }, null);
        NettyRemotingClient client = services.client();
        AtomicReference<RemotingCommand> atClient = new AtomicReference<>();
        AtomicReference<Channel> clientChannel = new AtomicReference<>();
        client.registerProcessor(WHO, (ctx, request) -> {
            clientChannel.set(ctx.channel());
            atClient.set(request);
            return null;
        }, null);
        CompletableFuture<RemotingCommand> up = client.invoke(address(server), request("up", 77), CALL_MILLIS);
        eventually().until(() -> atServer.get() != null);
        RemotingCommand ask = Services.request(WHO, "down");
        ask.setOpaque(77);
        CompletableFuture<RemotingCommand> down = server.invoke(channel.get(), ask, CALL_MILLIS);
        eventually().until(() -> atClient.get() != null);

        RemotingCommand fromClient = Services.response("the client's");
        fromClient.setOpaque(77);
        clientChannel.get().writeAndFlush(fromClient);
        assertEquals("the client's", Services.text(get(down)));
        assertFalse(up.isDone());
        RemotingCommand fromServer = Services.response("the server's");
        fromServer.setOpaque(77);
        channel.get().writeAndFlush(fromServer);
        assertEquals("the server's", Services.text(get(up)));
    }
}
