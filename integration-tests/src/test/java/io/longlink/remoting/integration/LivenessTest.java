package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.integration.EventLog.Kind;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.FaultyProxy.Direction;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Silence, its discovery, and connections that are let go one by one, on real sockets (DESIGN 4 and 3.2). */
@ExtendWith(LeakGuard.class)
class LivenessTest {
    private static final int ASK = 7;

    @RegisterExtension
    final Services services = new Services();

    private static NettyClientConfig eagerClient() {
        return Services.clientConfig().setPingIntervalMillis(200).setWriterIdleMillis(100).setAllIdleMillis(100);
    }

    private static Frame goodAnswer(Frame hello) {
        return Frame.response(hello, 0).withExt("minPingIntervalMillis", "100").withExt("maxIdleMillis", "120000");
    }

    private static ScriptedPeer.Connection acceptReady(ScriptedPeer server) {
        ScriptedPeer.Connection client = server.accept();
        client.send(goodAnswer(Scripts.receiveHello(client)));
        return client;
    }

    private static ScriptedPeer.Connection acceptReadyAsStock(ScriptedPeer server) {
        ScriptedPeer.Connection client = server.accept();
        client.send(Frame.response(Scripts.receiveHello(client), 3));
        return client;
    }

    private static Frame receive(int code, ScriptedPeer.Connection from) {
        Frame frame = from.receive();
        assertEquals(code, frame.code(), frame::toString);
        return frame;
    }

    private static void serve(ScriptedPeer.Connection client) {
        client.send(Scripts.response(receive(ASK, client), "answer"));
    }

    private static CompletableFuture<RemotingCommand> ask(NettyRemotingClient client, String address) {
        return client.invoke(address, Services.request(ASK, "question"), CALL_MILLIS);
    }

    private static void registerEcho(NettyRemotingServer server) {
        server.registerProcessor(ASK, (ctx, request) -> Services.response(Services.text(request)), null);
    }

    // ---------------------------------------------------------------- silence, as a client sees it

    @Test
    void halfOpenServer_isFoundWithinThePingIntervalAndTwiceFiveSeconds() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setMinPingIntervalMillis(100));
        registerEcho(server);
        FaultyProxy proxy = services.proxy(server.localListenPort());
        String address = address(proxy.port());
        EventLog events = new EventLog();
        NettyRemotingClient client = services.client(Services.clientConfig().setPingIntervalMillis(200), events);
        get(ask(client, address));

        proxy.freezeAfter(Direction.TO_CLIENT, 0);
        long frozenNanos = System.nanoTime();
        CompletableFuture<RemotingCommand> pending = client.invoke(address, Services.request(ASK, "lost"), 60_000);

        // Ten seconds is all that this waits for.
        assertInstanceOf(RemotingSendRequestException.class, failure(Outcome.UNKNOWN, pending));
        assertTrue(System.nanoTime() - frozenNanos > Duration.ofSeconds(5).toNanos(), "it has five seconds to answer");
        assertEquals(1, client.stats().get(Counter.IDLE_CLOSED));
        eventually().until(() -> events.count(Kind.CLOSE) >= 1);
        assertEquals(List.of(Kind.CONNECT, Kind.ACTIVE, Kind.IDLE, Kind.CLOSE), events.connections().get(0));

        proxy.thaw();
        eventually().until(() -> client.isChannelWritable(address));
        assertEquals("question", Services.text(get(ask(client, address))));
    }

    @Test
    void quietHelloPeer_isPinged() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(eagerClient());
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        ScriptedPeer.Connection connection = acceptReady(server);
        serve(connection);
        get(call);

        for (int i = 0; i < 3; i++) {
            connection.send(Frame.response(receive(Scripts.PING, connection), 0));
        }
        eventually().until(() -> client.stats().get(Counter.PINGS_SENT) >= 3);
    }

    @Test
    void quietStockPeer_isNeverPinged() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(eagerClient());
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        ScriptedPeer.Connection connection = acceptReadyAsStock(server);
        serve(connection);
        get(call);

        connection.expectNoFrame(Duration.ofMillis(600));
        assertEquals(0, client.stats().get(Counter.PINGS_SENT));
    }

    @Test
    void readerIdle_closesAndTheSlotReconnects() throws Exception {
        ScriptedPeer server = services.peer();
        EventLog events = new EventLog();
        NettyRemotingClient client = services.client(Services.clientConfig().setReaderIdleMillis(1_000), events);
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        ScriptedPeer.Connection first = acceptReadyAsStock(server);
        serve(first);
        get(call);

        first.expectEndOfStream();
        acceptReadyAsStock(server);
        assertEquals(List.of(Kind.CONNECT, Kind.ACTIVE, Kind.IDLE, Kind.CLOSE), events.connections().get(0));
    }

    @Test
    void timeoutWithoutAByte_ofAStockPeer_closesItsConnection() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> lost = client.invoke(address(server.port()), Services.request(ASK, "a"), 1_000);
        ScriptedPeer.Connection first = acceptReadyAsStock(server);
        receive(ASK, first);
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.UNKNOWN, lost));

        first.expectEndOfStream();
        ScriptedPeer.Connection second = acceptReadyAsStock(server);
        eventually().until(() -> client.isChannelWritable(address(server.port())));
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        serve(second);
        get(call);
    }

    @Test
    void timeoutWithoutAByte_ofAHelloPeer_onlyPings() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> lost = client.invoke(address(server.port()), Services.request(ASK, "a"), 1_000);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        receive(ASK, connection);
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.UNKNOWN, lost));

        connection.send(Frame.response(receive(Scripts.PING, connection), 0));
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        serve(connection);
        get(call);
    }

    @Test
    void timeout_withCloseSocketIfTimeout_closesTheConnectionOfAHelloPeer() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(Services.clientConfig().setClientCloseSocketIfTimeout(true));
        CompletableFuture<RemotingCommand> lost = client.invoke(address(server.port()), Services.request(ASK, "a"), 1_000);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        receive(ASK, connection);
        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.UNKNOWN, lost));

        connection.expectEndOfStream();
        Scripts.acceptReady(server);
    }

    // ---------------------------------------------------------------- silence, as a server sees it

    @Test
    void maxIdle_closesTheSilentAndNotThoseWhoPing() throws Exception {
        EventLog events = new EventLog();
        NettyRemotingServer server =
                services.server(Services.serverConfig().setMinPingIntervalMillis(100).setMaxIdleMillis(2_400), events);
        registerEcho(server);
        NettyRemotingClient client = services.client();
        get(ask(client, address(server)));
        ScriptedPeer.Connection silent = Scripts.sayHello(services.connect(server.localListenPort()));

        silent.expectEndOfStream();
        silent.close();
        eventually().until(() -> server.stats().get(Counter.PINGS_RECEIVED) >= 4);

        assertEquals(1, server.stats().get(Counter.IDLE_CLOSED));
        assertEquals(1, server.stats().get(Counter.CONNECTIONS_OPEN));
        eventually().until(() -> events.count(Kind.CLOSE) == 1);
        assertEquals(List.of(Kind.CONNECT, Kind.ACTIVE, Kind.IDLE, Kind.CLOSE), events.connections().get(1));
    }

    @Test
    void serverChannelMaxIdleTime_closesAStockPeer() {
        EventLog events = new EventLog();
        NettyRemotingServer server = services.server(Services.serverConfig().setServerChannelMaxIdleTimeSeconds(1), events);
        registerEcho(server);
        ScriptedPeer.Connection stock = services.connect(server.localListenPort());
        stock.send(Frame.request(ASK).withOpaque(1));
        assertEquals(1, stock.receive().opaque());

        stock.expectEndOfStream();
        stock.close();
        events.assertOneConnection(Kind.CONNECT, Kind.ACTIVE, Kind.IDLE, Kind.CLOSE);
    }

    // ---------------------------------------------------------------- too many pings

    @Test
    void tooManyPings_sayAServer_andTheClientPingsHalfAsOften() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(Services.clientConfig().setPingIntervalMillis(1_000));
        CompletableFuture<RemotingCommand> call = ask(client, address(server.port()));
        ScriptedPeer.Connection first = acceptReady(server);
        serve(first);
        get(call);
        receive(Scripts.PING, first);

        first.send(Frame.oneway(Scripts.GO_AWAY).withExt("reason", "too_many_pings").withExt("graceMillis", "1000"));
        first.expectEndOfStream();
        first.close();
        ScriptedPeer.Connection second = acceptReady(server);
        second.expectNoFrame(Duration.ofMillis(1_300));
        receive(Scripts.PING, second);
    }

    @Test
    void tooManyPings_ofAClient_areAnsweredWithGoAwayOnThatConnectionOnly() {
        NettyRemotingServer server = services.server();
        registerEcho(server);
        ScriptedPeer.Connection other = Scripts.sayHello(services.connect(server.localListenPort()));
        ScriptedPeer.Connection eager = Scripts.sayHello(services.connect(server.localListenPort()));
        for (int i = 1; i <= 3; i++) {
            eager.send(Frame.request(Scripts.PING).withOpaque(i));
            assertEquals(i, eager.receive().opaque());
        }

        Frame announcement = Scripts.receiveAnnouncement(eager);
        assertEquals("too_many_pings", announcement.ext("reason"));
        eager.halfClose();
        eager.expectEndOfStream();
        other.send(Frame.request(ASK).withOpaque(4));
        assertEquals(0, other.receive().code());
    }

    // ---------------------------------------------------------------- old and unused connections

    @Test
    void maxConnectionAge_underLoad_movesTheClientAgainAndAgainAndNothingFails() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setMaxConnectionAgeMillis(200));
        registerEcho(server);
        NettyRemotingClient client = services.client();
        eventually().until(() -> {
            get(ask(client, address(server)));
            return server.stats().get(Counter.GO_AWAYS_TOLD) >= 4;
        });

        DrainReport report = get(server.shutdownGracefully(Duration.ofSeconds(5)));
        assertTrue(report.addsUp(), report::toString);
        assertEquals(0, report.forced() + report.broken(), report::toString);
        assertEquals(server.stats().get(Counter.GO_AWAYS_ANSWERED), client.stats().get(Counter.RETRIES));
    }

    @Test
    void maxConnectionIdle_letsTheClientGo_andItComesBackWhenItNeedsTo() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setMaxConnectionIdleMillis(300));
        registerEcho(server);
        NettyRemotingClient client = services.client();
        get(ask(client, address(server)));

        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        assertEquals(1, server.stats().get(Counter.CONNECTIONS_OPENED));
        assertEquals(1, server.stats().get(Counter.GO_AWAYS_TOLD));
        get(ask(client, address(server)));
        assertEquals(2, server.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void shutdown_withAConnectionThatWasToldAloneAndDoesNotGo_accountsForIt() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setMaxConnectionAgeMillis(1_000));
        ScriptedPeer.Connection stubborn = Scripts.sayHello(services.connect(server.localListenPort()));
        assertEquals("age", Scripts.receiveAnnouncement(stubborn).ext("reason"));

        CompletableFuture<DrainReport> end = server.shutdownGracefully(Duration.ofMillis(500));
        stubborn.expectEndOfStream();
        stubborn.close();

        DrainReport report = get(end);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.connections());
        assertEquals(1, report.told());
        assertEquals(1, report.forced());
    }
}
