package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.EventLog.Kind.ACTIVE;
import static io.longlink.remoting.integration.EventLog.Kind.CLOSE;
import static io.longlink.remoting.integration.EventLog.Kind.CONNECT;
import static io.longlink.remoting.integration.EventLog.Kind.EXCEPTION;
import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners hear of a connection, on both sides, however it ends (DESIGN 7). */
@ExtendWith(LeakGuard.class)
class EventsTest {
    private static final int ECHO = 7;

    @RegisterExtension
    final Services services = new Services();

    private final EventLog atServer = new EventLog();
    private final EventLog atClient = new EventLog();
    private NettyRemotingServer server;
    private NettyRemotingClient client;

    @BeforeEach
    void startBoth() {
        server = services.server(Services.serverConfig(), atServer);
        server.registerProcessor(ECHO, new Executions().echo(), null);
        client = services.client(Services.clientConfig(), atClient);
    }

    private RemotingCommand echo(int port) throws Exception {
        return get(client.invoke(address(port), Services.request(ECHO, "a"), CALL_MILLIS));
    }

    @Test
    void clientShutsDown_bothSides_hearConnectActiveClose() throws Exception {
        echo(server.localListenPort());
        client.shutdown();

        atClient.assertOneConnection(CONNECT, ACTIVE, CLOSE);
        atServer.assertOneConnection(CONNECT, ACTIVE, CLOSE);
    }

    @Test
    void serverDrains_bothSides_hearConnectActiveClose() throws Exception {
        echo(server.localListenPort());
        server.shutdown();

        atServer.assertOneConnection(CONNECT, ACTIVE, CLOSE);
        atClient.assertOneConnection(CONNECT, ACTIVE, CLOSE);
        // The attempts that follow come to nothing: one EXCEPTION each, and no connection.
        eventually().until(() -> atClient.failedAttempts() > 0);
        client.shutdown();
        assertEquals(client.stats().get(Counter.CONNECT_FAILURES), atClient.failedAttempts());
        assertEquals(1, atClient.connections().size());
    }

    @Test
    void everyEvent_namesThePeer_asTheCallerDoes() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        NettyRemotingClient named = services.client(Services.clientConfig(), new ChannelEventListener() {
            @Override
            public void onChannelConnect(String remoteAddr, Channel channel) {
                names.add(remoteAddr);
            }

            @Override
            public void onChannelClose(String remoteAddr, Channel channel) {
                names.add(remoteAddr);
            }
        });
        get(named.invoke("localhost:" + server.localListenPort(), Services.request(ECHO, "a"), CALL_MILLIS));
        named.shutdown();

        assertEquals(Set.of("localhost:" + server.localListenPort()), names);
    }

    @Test
    void connectionReset_bothSides_hearOneCloseAndAnExceptionOnlyBeforeIt() throws Exception {
        FaultyProxy proxy = services.proxy(server.localListenPort());
        echo(proxy.port());
        proxy.refuse(true);
        proxy.resetAfter(FaultyProxy.Direction.TO_TARGET, 0);
        failure(Outcome.UNKNOWN, client.invoke(address(proxy.port()), Services.request(ECHO, "b"), CALL_MILLIS));

        atServer.assertOneConnection(CONNECT, ACTIVE, EXCEPTION, CLOSE);
        client.shutdown();
        // Those behind the first are resets of the new attempts, which the proxy refuses.
        assertEquals(List.of(CONNECT, ACTIVE, EXCEPTION, CLOSE), atClient.connections().get(0));
    }

    @Test
    void serverGetsGarbage_hearsExceptionThenClose_andExecutesNothingBehindIt() throws Exception {
        ScriptedPeer.Connection peer = services.connect(server.localListenPort());
        byte[] good = Scripts.request(ECHO, "behind").encode();
        byte[] garbage = new byte[16 + good.length];
        Arrays.fill(garbage, 0, 16, (byte) 0xEE);
        System.arraycopy(good, 0, garbage, 16, good.length);
        peer.sendBytes(garbage);

        atServer.assertOneConnection(CONNECT, ACTIVE, EXCEPTION, CLOSE);
        assertEquals(1, server.stats().get(Counter.PROTOCOL_ERRORS));
        assertEquals(0, server.stats().get(Counter.REQUESTS_RECEIVED));
    }

    @Test
    void clientGetsGarbage_hearsExceptionThenClose_andItsCallsFail() throws Exception {
        ScriptedPeer peer = services.peer();
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        connection.receive();
        connection.sendBytes(new byte[] {(byte) 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});

        failure(Outcome.UNKNOWN, call);
        peer.close();
        eventually().until(() -> atClient.count(CLOSE) >= 1);
        assertEquals(List.of(CONNECT, ACTIVE, EXCEPTION, CLOSE), atClient.connections().get(0));
        assertEquals(1, client.stats().get(Counter.PROTOCOL_ERRORS));
    }

    @Test
    void peerVanishes_duringHello_isOneException() throws Exception {
        ScriptedPeer peer = services.peer();
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = peer.accept();
        Scripts.receiveHello(connection);
        peer.close();

        failure(Outcome.NOT_SENT, call);
        eventually().until(() -> atClient.count(CLOSE) == 1);
        assertEquals(List.of(List.of(CONNECT, EXCEPTION, CLOSE)), atClient.connections());
    }

    @Test
    void noConnection_isOneExceptionWithoutAChannel() throws Exception {
        int dead;
        try (ScriptedPeer gone = ScriptedPeer.listen()) {
            dead = gone.port();
        }
        failure(Outcome.NOT_SENT, client.invoke(address(dead), Services.request(ECHO, "a"), CALL_MILLIS));
        client.shutdown();

        assertTrue(atClient.failedAttempts() >= 1);
        assertEquals(client.stats().get(Counter.CONNECT_FAILURES), atClient.failedAttempts());
        assertEquals(List.of(), atClient.connections());
    }

    @Test
    void move_oldConnectionsClose_comesBehindItsOwnEventsOnly() throws Exception {
        ScriptedPeer peer = services.peer();
        CompletableFuture<RemotingCommand> a = client.invoke(address(peer.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(peer);
        Frame asked = first.receive();
        first.send(Scripts.refusal(asked));
        ScriptedPeer.Connection second = Scripts.acceptReady(peer);
        second.send(Scripts.response(second.receive(), "a"));
        get(a);
        first.expectEndOfStream();
        first.close();

        eventually().until(() -> atClient.count(CLOSE) == 1);
        assertEquals(List.of(List.of(CONNECT, ACTIVE, CLOSE), List.of(CONNECT, ACTIVE)), atClient.connections());
    }

    @Test
    void listenerThatThrows_hearsTheNextEventAllTheSame() throws Exception {
        services.errorsAreExpected();
        AtomicInteger heard = new AtomicInteger();
        NettyRemotingServer other = services.server(Services.serverConfig(), new ChannelEventListener() {
            @Override
            public void onChannelConnect(String remoteAddr, Channel channel) {
                heard.incrementAndGet();
                throw new AssertionError("an Error even");
            }

            @Override
            public void onChannelClose(String remoteAddr, Channel channel) {
                heard.incrementAndGet();
            }
        });
        services.connect(other.localListenPort()).close();

        eventually().until(() -> heard.get() == 2);
    }
}
