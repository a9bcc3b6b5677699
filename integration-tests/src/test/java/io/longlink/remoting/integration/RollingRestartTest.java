package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static io.longlink.remoting.integration.Services.letPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers are replaced on their ports while requests keep coming, and nobody notices (DESIGN 2.1). */
@ExtendWith(LeakGuard.class)
class RollingRestartTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;
    private static final long CALL_MILLIS = 8_000;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger holding = new AtomicInteger();

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private NettyRemotingServer server(int port, String name) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            holding.incrementAndGet();
            release.await();
            return Services.response(name);
        }, services.executor(2));
        return server;
    }

    /**
     * Sends at a given rate, whatever becomes of what was sent: an open loop, as the callers of a real service are. Every third request is
     * a one-way, every request has an id.
     */
    private static final class Load {
        private static final long PERIOD_NANOS = 500_000;

        private final Map<String, CompletableFuture<?>> calls = new ConcurrentHashMap<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final CompletableFuture<Void> loop;
        private int sent;

        Load(String name, NettyRemotingClient client, List<String> addresses, ExecutorService executor) {
            loop = CompletableFuture.runAsync(
                    () -> {
                        long next = System.nanoTime();
                        while (!over.get()) {
                            String id = name + "." + sent;
                            RemotingCommand request = Services.request(ECHO, id);
                            String address = addresses.get(sent % addresses.size());
                            calls.put(
                                    id,
                                    sent % 3 == 0
                                            ? client.invokeOnewayAsync(address, request, CALL_MILLIS)
                                            : client.invoke(address, request, CALL_MILLIS));
                            sent++;
                            next += PERIOD_NANOS;
                            LockSupport.parkNanos(next - System.nanoTime());
                        }
                    },
                    executor);
        }

        /** Ends the load, waits for every call, and tells all ids. Fails if a call failed. */
        Set<String> end() throws Exception {
            over.set(true);
            get(loop);
            for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
                if (get(call.getValue()) instanceof RemotingCommand answer) {
                    assertEquals(0, answer.getCode());
                    assertEquals(call.getKey(), Services.text(answer), "the answer of this very request");
                }
            }
            return calls.keySet();
        }
    }

    @Test
    void restarts_oneAddressUnderLoad_failLoseAndDoubleNothing() throws Exception {
        NettyRemotingServer server = server(0, "0");
        int port = server.localListenPort();
        List<NettyRemotingClient> clients = List.of(services.client(), services.client());
        ExecutorService threads = services.executor(2);
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            loads.add(new Load("client " + i, clients.get(i), List.of(address(port)), threads));
        }

        List<DrainReport> reports = new ArrayList<>();
        for (int restart = 1; restart <= 4; restart++) {
            int before = executions.total();
            eventually().until(() -> executions.total() > before + 200);
            // Both have come over, and past HELLO.
            NettyRemotingServer current = server;
            eventually().until(() -> current.stats().get(Counter.CONNECTIONS_OPEN) == 2
                    && clients.stream().allMatch(client -> client.isChannelWritable(address(port))));
            CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
            if (restart % 2 == 0) {
                // With a gap in which nobody listens.
                reports.add(get(report));
                letPass(Duration.ofMillis(300));
            }
            server = server(port, Integer.toString(restart));
            if (restart % 2 == 1) {
                reports.add(get(report));
            }
        }
        int before = executions.total();
        eventually().until(() -> executions.total() > before + 200);

        assertNothingHappened(loads, server);
        for (DrainReport report : reports) {
            assertTrue(report.addsUp(), report::toString);
            assertEquals(2, report.told(), report::toString);
            assertEquals(2, report.closedByPeer(), report::toString);
            assertEquals(0, report.unanswered(), report::toString);
        }
        long refused = reports.stream().mapToLong(DrainReport::refused).sum();
        assertEquals(refused, clients.stream().mapToLong(client -> client.stats().get(Counter.RETRIES)).sum());
        for (NettyRemotingClient client : clients) {
            assertEquals(5, client.stats().get(Counter.GO_AWAYS_RECEIVED), "four restarts and the end");
            assertEquals(5, client.stats().get(Counter.CONNECTIONS_OPENED));
        }
    }

    @Test
    void restarts_threeServersInTurnUnderLoad_failLoseAndDoubleNothing() throws Exception {
        List<NettyRemotingServer> servers = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            servers.add(server(0, "first"));
            addresses.add(address(servers.get(i)));
        }
        NettyRemotingClient client = services.client();
        Load load = new Load("client", client, addresses, services.executor(1));

        for (int i = 0; i < 3; i++) {
            int before = executions.total();
            eventually().until(() -> executions.total() > before + 200);
            DrainReport report = get(servers.get(i).shutdownGracefully(Duration.ofSeconds(8)));
            assertTrue(report.addsUp(), report::toString);
            servers.set(i, server(servers.get(i).localListenPort(), "second"));
        }
        int before = executions.total();
        eventually().until(() -> executions.total() > before + 200);

        assertNothingHappened(List.of(load), servers.toArray(NettyRemotingServer[]::new));
        assertEquals(6, client.stats().get(Counter.GO_AWAYS_RECEIVED), "three restarts and three ends");
    }

    /** No call failed, and what was sent ran exactly once, one-ways included: the servers have ended, so nothing is still to come. */
    private void assertNothingHappened(List<Load> loads, NettyRemotingServer... servers) throws Exception {
        Set<String> sent = ConcurrentHashMap.newKeySet();
        for (Load load : loads) {
            sent.addAll(load.end());
        }
        for (NettyRemotingServer server : servers) {
            assertTrue(get(server.shutdownGracefully(Duration.ofSeconds(8))).addsUp());
        }
        executions.assertExactlyOnce(sent);
    }

    @Test
    void restart_onTheSamePort_servesWhileTheOldConnectionStillDrains() throws Exception {
        NettyRemotingServer old = server(0, "old");
        String address = address(old);
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> slow = client.invoke(address, Services.request(HELD, ""), CALL_MILLIS);
        eventually().until(() -> holding.get() == 1);

        CompletableFuture<DrainReport> report = old.shutdownGracefully(Duration.ofSeconds(8));
        NettyRemotingServer replacement = server(old.localListenPort(), "new");
        assertEquals(old.localListenPort(), replacement.localListenPort());
        for (int i = 0; i < 100; i++) {
            assertEquals("id " + i, Services.text(get(client.invoke(address, Services.request(ECHO, "id " + i), CALL_MILLIS))));
        }
        NettyRemotingClient newcomer = services.client();
        assertEquals("x", Services.text(get(newcomer.invoke(address, Services.request(ECHO, "x"), CALL_MILLIS))));
        assertEquals(1, old.stats().get(Counter.CONNECTIONS_OPEN));
        assertEquals(2, replacement.stats().get(Counter.CONNECTIONS_OPEN));
        assertFalse(slow.isDone());
        assertFalse(report.isDone());
        release.countDown();

        assertEquals("old", Services.text(get(slow)), "answered by the server that was asked");
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        // The slow one, and perhaps the first echo: the gate closes after the port is free.
        assertTrue(drained.inFlight() >= 1, drained::toString);
        assertEquals(0, drained.unanswered(), drained::toString);
        assertEquals("y", Services.text(get(client.invoke(address, Services.request(ECHO, "y"), CALL_MILLIS))));
    }
}
