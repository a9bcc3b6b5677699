package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers and clients of one JVM do not know of each other, and a port is not the server that listened there before. */
@ExtendWith(LeakGuard.class)
class NeighboursTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger holding = new AtomicInteger();

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    /** A server with an executor that it shares with others. */
    private NettyRemotingServer server(ExecutorService executor) {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), executor);
        server.registerProcessor(HELD, (ctx, request) -> {
            holding.incrementAndGet();
            release.await();
            return executions.echo().processRequest(ctx, request);
        }, executor);
        return server;
    }

    private static CompletableFuture<RemotingCommand> call(NettyRemotingClient client, NettyRemotingServer server, int code, String body) {
        return client.invoke(address(server), Services.request(code, body), CALL_MILLIS);
    }

    // ---------------------------------------------------------------- in one JVM

    @Test
    void drain_ofOneServer_leavesTheOtherAsItIs() throws Exception {
        ExecutorService shared = services.executor(4);
        NettyRemotingServer leaving = server(shared);
        NettyRemotingServer staying = server(shared);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> atLeaving = call(client, leaving, HELD, "at leaving");
        CompletableFuture<RemotingCommand> atStaying = call(client, staying, HELD, "at staying");
        eventually().until(() -> holding.get() == 2);

        CompletableFuture<DrainReport> report = leaving.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        assertEquals("meanwhile", Services.text(get(call(client, staying, ECHO, "meanwhile"))));
        assertFalse(report.isDone());
        release.countDown();
        assertEquals("at leaving", Services.text(get(atLeaving)));
        assertEquals("at staying", Services.text(get(atStaying)));

        DrainReport drained = get(report);
        assertEquals(1, drained.connections(), drained::toString);
        assertEquals(1, drained.inFlight(), drained::toString);
        assertEquals(1, drained.finished(), drained::toString);
        assertEquals("afterwards", Services.text(get(call(client, staying, ECHO, "afterwards"))));
        assertFalse(staying.isShuttingDown());
        assertEquals(0, staying.stats().get(Counter.GO_AWAYS_TOLD));
        assertEquals(1, staying.stats().get(Counter.CONNECTIONS_OPENED), "still the first connection");
    }

    @Test
    void drain_ofBothServersAtOnce_eachReportsItsOwn() throws Exception {
        ExecutorService shared = services.executor(4);
        NettyRemotingServer one = server(shared);
        NettyRemotingServer other = server(shared);
        NettyRemotingClient client = services.client();
        NettyRemotingClient second = services.client();
        CompletableFuture<RemotingCommand> atOne = call(client, one, HELD, "at one");
        CompletableFuture<RemotingCommand> atOther = call(client, other, HELD, "at other");
        CompletableFuture<RemotingCommand> secondAtOther = call(second, other, HELD, "second at other");
        eventually().until(() -> holding.get() == 3);

        CompletableFuture<DrainReport> ofOne = one.shutdownGracefully(Duration.ofSeconds(8));
        CompletableFuture<DrainReport> ofOther = other.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 2);
        release.countDown();

        for (CompletableFuture<RemotingCommand> held : Set.of(atOne, atOther, secondAtOther)) {
            assertEquals(0, get(held).getCode());
        }
        assertEquals(1, get(ofOne).closedByPeer());
        assertEquals(1, get(ofOne).finished());
        assertEquals(2, get(ofOther).closedByPeer());
        assertEquals(2, get(ofOther).finished());
    }

    @Test
    void shutdown_ofOneClient_leavesTheOtherAsItIs() throws Exception {
        NettyRemotingServer server = server(services.executor(2));
        NettyRemotingClient leaving = services.client();
        NettyRemotingClient staying = services.client();
        CompletableFuture<RemotingCommand> held = call(staying, server, HELD, "held");
        get(call(leaving, server, ECHO, "before"));

        assertEquals(1, get(leaving.shutdownGracefully(Duration.ofSeconds(8))).quietClosed());

        assertEquals("meanwhile", Services.text(get(call(staying, server, ECHO, "meanwhile"))));
        release.countDown();
        assertEquals("held", Services.text(get(held)));
        assertEquals(1, staying.stats().get(Counter.CONNECTIONS_OPENED));
    }

    // ---------------------------------------------------------------- on one port

    @Test
    void portReusedAtOnce_byAServerThatDoesNotKnowTheRequests_saysSoItself() throws Exception {
        ScriptedPeer port = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> refused = client.invoke(address(port.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(port);
        connection.send(Scripts.refusal(connection.receive()));
        connection.expectEndOfStream();
        port.close();
        NettyRemotingServer other = services.server(Services.serverConfig().setListenPort(port.port()));

        assertEquals(3, get(refused).getCode());
        assertEquals(1, other.stats().get(Counter.UNSUPPORTED));
    }

    @Test
    void portReusedAtOnce_byAStockServer_servesWhatWaits() throws Exception {
        ScriptedPeer port = services.peer();
        NettyRemotingClient client = services.client();
        String address = address(port.port());
        CompletableFuture<RemotingCommand> refused = client.invoke(address, Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(port);
        Frame asked = first.receive();
        first.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<Void> oneway = client.invokeOnewayAsync(address, Services.request(ECHO, "b"), CALL_MILLIS);
        first.send(Scripts.refusal(asked));
        first.expectEndOfStream();

        ScriptedPeer.Connection stock = port.accept();
        stock.send(Frame.response(Scripts.receiveHello(stock), 3));
        Frame again = stock.receive();
        assertEquals("a", Scripts.text(again));
        stock.send(Scripts.response(again, "served"));

        assertEquals("served", Services.text(get(refused)));
        get(oneway);
        assertEquals("b", Scripts.text(stock.receive()));
    }

    @Test
    void portReusedAtOnce_byWhatIsNoServerOfOurKind_costsOnlyTheTime() throws Exception {
        ScriptedPeer port = services.peer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> refused = client.invoke(address(port.port()), Services.request(ECHO, "a"), 1_000);
        ScriptedPeer.Connection first = Scripts.acceptReady(port);
        first.send(Scripts.refusal(first.receive()));
        first.expectEndOfStream();

        for (int i = 1; i <= 2; i++) {
            ScriptedPeer.Connection attempt = port.accept();
            Scripts.receiveHello(attempt);
            attempt.sendBytes(Scripts.bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
            attempt.expectEndOfStream();
            attempt.close();
        }
        port.close();

        assertInstanceOf(RemotingTimeoutException.class, failure(Outcome.REFUSED, refused));
        assertEquals(2, client.stats().get(Counter.PROTOCOL_ERRORS));
        assertTrue(client.stats().get(Counter.CONNECT_FAILURES) >= 2, () -> client.stats().toString());
    }
}
