package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Further ports of one server. */
@ExtendWith(LeakGuard.class)
class SubServerTest {
    private static final int NAME = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private NettyRemotingServer parent;
    private RemotingServer child;
    private NettyRemotingClient client;

    @BeforeEach
    void startBothPorts() {
        parent = services.server();
        parent.registerProcessor(NAME, named("parent"), null);
        child = services.ended(parent.newRemotingServer(0));
        child.registerProcessor(NAME, named("child"), null);
        child.registerProcessor(HELD, (ctx, request) -> {
            held.countDown();
            release.await();
            return Services.response("held");
        }, null);
        child.start();
        client = services.client();
    }

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private static NettyRequestProcessor named(String name) {
        return (ctx, request) -> Services.response(name);
    }

    private String ask(RemotingServer server) throws Exception {
        return Services.text(get(client.invoke(address(server.localListenPort()), Services.request(NAME, ""), CALL_MILLIS)));
    }

    @Test
    void subServer_hasAPortAndProcessorsOfItsOwn() throws Exception {
        assertNotEquals(parent.localListenPort(), child.localListenPort());
        assertEquals("parent", ask(parent));
        assertEquals("child", ask(child));
        int unknown = get(client.invoke(address(parent), Services.request(HELD, ""), CALL_MILLIS)).getCode();
        assertEquals(3, unknown, "the child's processor is not the parent's");
    }

    @Test
    void parentShutsDown_subServerDrainsWithIt_andFinishesItsRequests() throws Exception {
        assertEquals("parent", ask(parent));
        CompletableFuture<RemotingCommand> call =
                client.invoke(address(child.localListenPort()), Services.request(HELD, ""), CALL_MILLIS);
        held.await();

        CompletableFuture<DrainReport> report = parent.shutdownGracefully(Duration.ofSeconds(8));
        assertTrue(child.isShuttingDown());
        assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(child.localListenPort()));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 2);
        assertFalse(call.isDone());
        release.countDown();

        assertEquals("held", Services.text(get(call)));
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(2, drained.connections());
        assertEquals(2, drained.told());
        assertEquals(1, drained.inFlight());
        assertEquals(1, drained.finished());
    }

    @Test
    void subServerShutsDown_alone_leavesTheParentServing() throws Exception {
        assertEquals("child", ask(child));
        DrainReport drained = get(child.shutdownGracefully(Duration.ofSeconds(8)));

        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(1, drained.told());
        assertEquals("parent", ask(parent));
        assertFalse(parent.isShuttingDown());
    }

    @Test
    void subServer_removed_stopsListeningAndItsPortCanBeUsedAgain() throws Exception {
        int port = child.localListenPort();
        assertEquals("child", ask(child));

        parent.removeRemotingServer(port);
        eventually().ignoreExceptions().until(() -> {
            RemotingServer again = services.ended(parent.newRemotingServer(port));
            again.registerProcessor(NAME, named("again"), null);
            again.start();
            return true;
        });

        assertEquals("again", ask(child), "same port");
        assertEquals("parent", ask(parent));
    }

    @Test
    void subServer_secondForOnePort_isRefused() {
        RemotingServer fixed = services.ended(parent.newRemotingServer(child.localListenPort() + 1));

        assertThrows(IllegalArgumentException.class, () -> parent.newRemotingServer(child.localListenPort() + 1));
        assertEquals(-1, fixed.localListenPort());
    }

    @Test
    void subServer_shutDownBehindItsParent_returnsQuietly() throws Exception {
        parent.shutdown();

        child.shutdown();

        assertTrue(get(child.shutdownGracefully(Duration.ZERO)).addsUp());
    }
}
