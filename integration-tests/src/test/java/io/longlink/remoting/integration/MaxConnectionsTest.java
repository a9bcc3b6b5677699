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

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.integration.EventLog.Kind;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server takes so many connections and no more (DESIGN 8). */
@ExtendWith(LeakGuard.class)
class MaxConnectionsTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    private final EventLog events = new EventLog();
    private final Executions executions = new Executions();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private NettyRemotingServer server(NettyServerConfig config) {
        NettyRemotingServer server = services.server(config, events);
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            held.countDown();
            release.await();
            return Services.response("held");
        }, null);
        return server;
    }

    private static boolean isServed(ScriptedPeer.Connection peer) {
        try {
            peer.send(Scripts.request(ECHO, "here"));
            return Scripts.text(peer.receive()).equals("here");
        } catch (UncheckedIOException | AssertionError e) {
            return false;
        }
    }

    @Test
    void connection_beyondTheLimit_isClosedBeforeItIsOne() throws Exception {
        NettyRemotingServer server = server(Services.serverConfig().setMaxConnections(2));
        ScriptedPeer.Connection first = services.connect(server.localListenPort());
        assertTrue(isServed(first));
        assertTrue(isServed(services.connect(server.localListenPort())));
        services.connect(server.localListenPort()).expectEndOfStream();

        assertEquals(1, server.stats().get(Counter.CONNECTIONS_REFUSED));
        assertEquals(2, server.stats().get(Counter.CONNECTIONS_OPENED));
        assertEquals(0, server.stats().get(Counter.PROTOCOL_ERRORS));
        assertTrue(isServed(first), "those inside are not disturbed");

        first.close();
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) == 1);
        assertTrue(isServed(services.connect(server.localListenPort())));
        eventually().until(() -> events.count(Kind.ACTIVE) == 3);
        assertEquals(3, events.connections().size(), "nobody heard of the one that was refused");
        assertEquals(0, events.count(Kind.EXCEPTION));
    }

    @Test
    void client_beyondTheLimit_failsUnsentAndIsServedWhenThereIsRoom() throws Exception {
        NettyRemotingServer server = server(Services.serverConfig().setMaxConnections(1));
        NettyRemotingClient first = services.client();
        get(first.invoke(address(server), Services.request(ECHO, "first"), CALL_MILLIS));
        NettyRemotingClient second = services.client();

        CompletableFuture<RemotingCommand> refused = second.invoke(address(server), Services.request(ECHO, "second"), CALL_MILLIS);
        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, refused));

        first.shutdown();
        eventually().ignoreExceptions().until(
                () -> Services.text(get(second.invoke(address(server), Services.request(ECHO, "again"), CALL_MILLIS))).equals("again"));
        assertEquals(0, executions.of("second"));
    }

    @Test
    void replacement_ofAConnectionThatWasToldToGo_findsRoom() throws Exception {
        NettyRemotingServer server = server(Services.serverConfig().setMaxConnections(1).setMaxConnectionAgeMillis(300));
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> unfinished = client.invoke(address(server), Services.request(HELD, "held"), CALL_MILLIS);
        held.await();
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) >= 1);

        assertEquals("moved", Services.text(get(client.invoke(address(server), Services.request(ECHO, "moved"), CALL_MILLIS))));
        assertFalse(unfinished.isDone(), "the old connection must still be there");
        assertTrue(server.stats().get(Counter.CONNECTIONS_OPEN) >= 2);
        assertEquals(0, server.stats().get(Counter.CONNECTIONS_REFUSED));

        release.countDown();
        assertEquals("held", Services.text(get(unfinished)));
    }

    @Test
    void replacement_ofAStockPeerThatIsToGo_findsRoom() throws Exception {
        NettyRemotingServer server =
                server(Services.serverConfig().setMaxConnections(1).setMaxConnectionAgeMillis(1_000).setQuietMillis(8_000));
        ScriptedPeer.Connection old = services.connect(server.localListenPort());
        eventually().until(() -> {
            old.send(Scripts.request(ECHO, "?"));
            return old.receive().code() == Scripts.GO_AWAY;
        });

        // Again if need be: the new one may come of age as well on a busy machine.
        eventually().until(() -> isServed(services.connect(server.localListenPort())));
        assertTrue(server.stats().get(Counter.CONNECTIONS_OPEN) >= 2, "the old connection must still be there");
    }

    @Test
    void subServer_hasPlacesOfItsOwn() {
        NettyRemotingServer server = server(Services.serverConfig().setMaxConnections(1));
        assertTrue(isServed(services.connect(server.localListenPort())));
        NettyRemotingServer sub = services.ended((NettyRemotingServer) server.newRemotingServer(0));
        sub.registerProcessor(ECHO, executions.echo(), null);
        sub.start();

        assertTrue(isServed(services.connect(sub.localListenPort())));
        services.connect(sub.localListenPort()).expectEndOfStream();
        services.connect(server.localListenPort()).expectEndOfStream();
    }

    /** However they come and go, by FIN or by RST, before or behind a request: in the end there are as many places as in the beginning. */
    @Test
    void manyPeers_comeAndGoAtOnce_noPlaceIsLostOrWonByIt() throws Exception {
        int max = 4;
        NettyRemotingServer server = server(Services.serverConfig()
                .setMaxConnections(max)
                .setTransport(TransportOptions.defaults().withEventLoopThreads(2)));
        ExecutorService threads = services.executor(8);
        List<Future<?>> crowd = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int salt = t;
            crowd.add(threads.submit(() -> {
                for (int i = 0; i < 40; i++) {
                    comeAndGo(server.localListenPort(), i + salt);
                }
            }));
        }
        for (Future<?> each : crowd) {
            get(each);
        }
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPENED) + server.stats().get(Counter.CONNECTIONS_REFUSED) == 320);
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        assertTrue(server.stats().get(Counter.CONNECTIONS_OPENED) >= max, () -> "nobody came in: " + server.stats());

        for (int i = 0; i < max; i++) {
            assertTrue(isServed(services.connect(server.localListenPort())), "a place was lost");
        }
        services.connect(server.localListenPort()).expectEndOfStream();
    }

    private static void comeAndGo(int port, int kind) {
        try (ScriptedPeer.Connection peer = ScriptedPeer.connect(port)) {
            if (kind % 3 == 0) {
                isServed(peer);
            }
            if (kind % 2 == 0) {
                peer.reset();
            }
        }
    }
}
