package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static io.longlink.remoting.integration.Services.letPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One-ways that are on their way when a connection ends, in either direction: nobody answers them, so none may be lost (DESIGN 3.2.4). */
@ExtendWith(LeakGuard.class)
class HalfCloseTest {
    private static final int COUNT = 7;
    private static final int BLOCK = 8;
    private static final int WHO = 9;

    /** With {@link #BIG} more than the kernel's buffers of both ends hold. */
    private static final int MANY = 400;

    private static final String BIG = "x".repeat(20 * 1024);

    /** What does not fit into the kernel's buffers fills ours with few threads that push. */
    private static final TransportOptions SOON_FULL = TransportOptions.defaults().withEventLoopThreads(1).withWriteBuffer(64 * 1024, 128 * 1024);

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private void countByHead(NettyRemotingServer server) {
        server.registerProcessor(COUNT, (ctx, request) -> {
            executions.count(head(Services.text(request)));
            return null;
        }, null);
    }

    private static String head(String body) {
        return body.substring(0, body.indexOf('|'));
    }

    private static Set<String> ids(int count) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < count; i++) {
            ids.add("id " + i);
        }
        return ids;
    }

    @Test
    void goAway_megabytesOfOneWaysUnreadByTheServer_areAllExecuted() throws Exception {
        NettyRemotingServer server = services.server();
        countByHead(server);
        NettyRemotingClient client = services.client();
        blockLoopOf(server, client);
        List<CompletableFuture<?>> writes = pushUntilNothingIsTaken(client, address(server));
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::shutdown, services.executor(1));
        eventually().until(server::isShuttingDown);
        release.countDown();
        get(stop);

        // What the client still held back when it was told goes to the replacement; there is none, so only that may fail, and says so.
        Set<String> expected = ids(MANY);
        for (int i = 0; i < MANY; i++) {
            CompletableFuture<?> write = writes.get(i);
            if (!write.isDone() || write.isCompletedExceptionally()) {
                expected.remove("id " + i);
            }
        }
        assertTrue(expected.size() * BIG.length() > 1024 * 1024, expected.size() + " were sent before the client was told");
        executions.assertExactlyOnce(expected);
        DrainReport drained = get(server.shutdownGracefully(Duration.ZERO));
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.closedByPeer());

        get(client.shutdownGracefully(Duration.ZERO));
        for (int i = 0; i < MANY; i++) {
            if (!expected.contains("id " + i)) {
                failure(Outcome.NOT_SENT, writes.get(i));
            }
        }
    }

    @Test
    void goAway_replacementListens_oneWaysOfBothSidesOfTheMoveAreAllExecuted() throws Exception {
        NettyRemotingServer first = services.server();
        countByHead(first);
        NettyRemotingClient client = services.client(
                Services.clientConfig().setTransport(TransportOptions.defaults().withEventLoopThreads(1).withSocketBuffers(32 * 1024, 0)));
        String address = address(first);
        List<CompletableFuture<?>> writes = new ArrayList<>();
        CompletableFuture<DrainReport> report = null;
        for (int i = 0; i < MANY; i++) {
            writes.add(client.invokeOnewayAsync(address, Services.request(COUNT, "id " + i + "|" + BIG), CALL_MILLIS));
            if (i == MANY / 2) {
                get(writes.get(0));
                report = first.shutdownGracefully(Duration.ofSeconds(8));
                countByHead(services.server(Services.serverConfig().setListenPort(first.localListenPort())));
            }
        }
        for (CompletableFuture<?> write : writes) {
            get(write);
        }

        assertNotNull(report);
        assertTrue(get(report).addsUp());
        eventually().until(() -> executions.total() >= MANY);
        executions.assertExactlyOnce(ids(MANY));
    }

    @Test
    void goAway_clientWithUnsentOneWays_sendsThemBeforeItHalfCloses() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        writes.add(client.invokeOnewayAsync(address(server.port()), Services.request(COUNT, "id 0|" + BIG), CALL_MILLIS));
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        get(writes.get(0));
        for (int i = 1; i < MANY; i++) {
            writes.add(client.invokeOnewayAsync(address(server.port()), Services.request(COUNT, "id " + i + "|" + BIG), CALL_MILLIS));
        }
        eventually().until(() -> !client.isChannelWritable(address(server.port())));

        connection.send(Scripts.announcement(8_000));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        // The replacement is not READY before its HELLO is answered, so until then all that was sent is on the old connection.
        int onOld = (int) client.stats().get(Counter.REQUESTS_SENT);
        assertTrue(onOld * BIG.length() > 1024 * 1024, onOld + " were sent before the client was told");
        for (int i = 0; i < onOld; i++) {
            executions.count(head(Scripts.text(connection.receive())));
        }
        connection.expectEndOfStream();
        ScriptedPeer.Connection replacement = Scripts.acceptReady(server);
        for (int i = onOld; i < MANY; i++) {
            executions.count(head(Scripts.text(replacement.receive())));
        }
        executions.assertExactlyOnce(ids(MANY));
    }

    @Test
    void serverSendsOneWays_behindTheClientsHalfClose_allAreExecutedBeforeTheClose() throws Exception {
        EventLog events = new EventLog();
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client(Services.clientConfig(), events);
        client.registerProcessor(COUNT, (ctx, request) -> {
            executions.count(head(Services.text(request)));
            return null;
        }, null);
        CompletableFuture<RemotingCommand> call = client.invoke(address(server.port()), Services.request(WHO, ""), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.send(Scripts.response(connection.receive(), "me"));
        get(call);

        connection.send(Scripts.announcement(8_000));
        connection.expectEndOfStream();
        for (int i = 0; i < MANY; i++) {
            connection.send(Scripts.oneway(COUNT, "id " + i + "|" + BIG));
        }
        assertEquals(0, events.count(EventLog.Kind.CLOSE), "it waits for the server's end of stream");
        connection.halfClose();

        eventually().until(() -> executions.total() == MANY);
        executions.assertExactlyOnce(ids(MANY));
        eventually().until(() -> events.count(EventLog.Kind.CLOSE) == 1);
    }

    @Test
    void drain_oneWaysToTheClientInFlight_allThatWereWrittenAreExecuted() throws Exception {
        NettyRemotingServer server = services.server();
        AtomicReference<Channel> peer = new AtomicReference<>();
        server.registerProcessor(WHO, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        NettyRemotingClient client = services.client();
        client.registerProcessor(COUNT, (ctx, request) -> {
            executions.count(head(Services.text(request)));
            return null;
        }, null);
        get(client.invoke(address(server), Services.request(WHO, ""), CALL_MILLIS));
        Channel channel = peer.get();
        CountDownLatch warm = new CountDownLatch(50);

        // Pushes until the connection takes no more; what it took must arrive.
        CompletableFuture<Set<String>> pusher = CompletableFuture.supplyAsync(() -> {
            Set<String> written = new HashSet<>();
            while (true) {
                String id = "id " + written.size();
                try {
                    server.invokeOneway(channel, Services.request(COUNT, id + "|" + BIG), CALL_MILLIS);
                } catch (RemotingException e) {
                    assertEquals(Outcome.NOT_SENT, e.outcome(), e::toString);
                    return written;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                written.add(id);
                warm.countDown();
            }
        }, services.executor(1));
        warm.await();
        DrainReport drained = get(server.shutdownGracefully(Duration.ofSeconds(8)));

        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.closedByPeer());
        Set<String> written = get(pusher);
        eventually().until(() -> executions.total() >= written.size());
        executions.assertExactlyOnce(written);
    }

    @Test
    void goAway_megabytesOfOneWaysUnreadByTheClient_areAllExecuted() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setTransport(SOON_FULL));
        NettyRemotingClient client = services.client();
        Channel channel = blockLoopOf(client, server);
        List<CompletableFuture<Boolean>> writes = pushUntilNothingIsTaken(server, channel);

        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> server.stats().get(Counter.GO_AWAYS_TOLD) == 1);
        release.countDown();

        assertEquals(1, get(report).closedByPeer());
        assertWhatWasWrittenIsExecuted(writes);
    }

    @Test
    void clientShutsDown_megabytesOfOneWaysUnreadByTheClient_areAllExecuted() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig().setTransport(SOON_FULL));
        NettyRemotingClient client = services.client();
        Channel channel = blockLoopOf(client, server);
        List<CompletableFuture<Boolean>> writes = pushUntilNothingIsTaken(server, channel);

        CompletableFuture<DrainReport> report = client.shutdownGracefully(Duration.ofSeconds(8));
        release.countDown();

        assertEquals(1, get(report).quietClosed());
        assertWhatWasWrittenIsExecuted(writes);
    }

    /** Connects them; from then on the server's one event loop stands still until it is released, so that nothing is read. */
    private void blockLoopOf(NettyRemotingServer server, NettyRemotingClient client) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        server.registerProcessor(BLOCK, standingStill(blocked), RequestExecutors.eventLoop());
        client.invokeOneway(address(server), Services.request(BLOCK, ""), CALL_MILLIS);
        blocked.await();
    }

    private NettyRequestProcessor standingStill(CountDownLatch blocked) {
        return (ctx, request) -> {
            blocked.countDown();
            release.await();
            return null;
        };
    }

    /** Sends more than the connection takes. */
    private List<CompletableFuture<?>> pushUntilNothingIsTaken(NettyRemotingClient client, String address) {
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            writes.add(client.invokeOnewayAsync(address, Services.request(COUNT, "id " + i + "|" + BIG), CALL_MILLIS));
        }
        eventually().until(() -> !client.isChannelWritable(address));
        return writes;
    }

    /** The server's channel to that client, whose one event loop stands still until it is released, so that nothing is read. */
    private Channel blockLoopOf(NettyRemotingClient client, NettyRemotingServer server) throws Exception {
        AtomicReference<Channel> peer = new AtomicReference<>();
        server.registerProcessor(WHO, (ctx, request) -> {
            peer.set(ctx.channel());
            return Services.response("");
        }, null);
        CountDownLatch blocked = new CountDownLatch(1);
        client.registerProcessor(BLOCK, standingStill(blocked), RequestExecutors.eventLoop());
        client.registerProcessor(COUNT, (ctx, request) -> {
            executions.count(head(Services.text(request)));
            return null;
        }, null);
        get(client.invoke(address(server), Services.request(WHO, ""), CALL_MILLIS));
        server.invokeOneway(peer.get(), Services.request(BLOCK, ""), CALL_MILLIS);
        blocked.await();
        return peer.get();
    }

    /** Many threads push, more than the connection takes; each future tells whether that one-way was written. */
    private List<CompletableFuture<Boolean>> pushUntilNothingIsTaken(NettyRemotingServer server, Channel channel) {
        ExecutorService threads = services.executor(32);
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            RemotingCommand push = Services.request(COUNT, "id " + i + "|" + BIG);
            writes.add(CompletableFuture.supplyAsync(() -> wasWritten(server, channel, push), threads));
        }
        eventually().until(() -> !channel.isWritable());
        return writes;
    }

    private static boolean wasWritten(NettyRemotingServer server, Channel channel, RemotingCommand push) {
        try {
            server.invokeOneway(channel, push, CALL_MILLIS);
            return true;
        } catch (RemotingException e) {
            assertEquals(Outcome.NOT_SENT, e.outcome(), e::toString);
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertWhatWasWrittenIsExecuted(List<CompletableFuture<Boolean>> writes) throws Exception {
        Set<String> written = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            if (get(writes.get(i))) {
                written.add("id " + i);
            }
        }
        assertTrue(written.size() * BIG.length() > 1024 * 1024, written.size() + " were written");
        eventually().until(() -> executions.total() >= written.size());
        executions.assertExactlyOnce(written);
    }

    @Test
    void clientShutsDown_megabytesOfOneWaysUnreadByTheServer_areAllExecuted() throws Exception {
        NettyRemotingServer server = services.server();
        countByHead(server);
        NettyRemotingClient client = services.client();
        blockLoopOf(server, client);
        List<CompletableFuture<?>> writes = pushUntilNothingIsTaken(client, address(server));

        CompletableFuture<DrainReport> report = client.shutdownGracefully(Duration.ofSeconds(8));
        letPass(Duration.ofMillis(200));
        assertTrue(writes.stream().noneMatch(CompletableFuture::isCompletedExceptionally), "they were accepted");
        release.countDown();

        assertEquals(1, get(report).quietClosed());
        for (CompletableFuture<?> write : writes) {
            get(write);
        }
        eventually().until(() -> executions.total() >= MANY);
        executions.assertExactlyOnce(ids(MANY));
    }

    @Test
    void rawPeer_halfClosesBehindMegabytesOfOneWays_allAreExecuted() throws Exception {
        NettyRemotingServer server = services.server();
        countByHead(server);
        ScriptedPeer.Connection peer = services.connect(server.localListenPort());
        for (int i = 0; i < MANY; i++) {
            peer.send(Scripts.oneway(COUNT, "id " + i + "|" + BIG));
        }
        peer.halfClose();
        peer.expectEndOfStream();

        eventually().until(() -> executions.total() == MANY);
        executions.assertExactlyOnce(ids(MANY));
    }
}
