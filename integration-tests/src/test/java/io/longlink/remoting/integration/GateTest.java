package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.Frame.Serialization;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is refused while a server drains, frame by frame (DESIGN 3.2.3). */
@ExtendWith(LeakGuard.class)
class GateTest {
    private static final int ECHO = 7;
    private static final int HELD = 8;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private NettyRemotingServer server;

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    @BeforeEach
    void startServer() {
        server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(HELD, (ctx, request) -> {
            held.countDown();
            release.await();
            return Services.response("held");
        }, null);
    }

    /** A HELLO peer on a server that drains, kept open by a request that is being executed. */
    private ScriptedPeer.Connection draining(Serialization serialization) throws Exception {
        ScriptedPeer.Connection peer = Scripts.sayHello(services.connect(server.localListenPort()));
        peer.send(Scripts.request(HELD, "held").withOpaque(1).withSerialization(serialization));
        held.await();
        return peer;
    }

    @ParameterizedTest
    @CsvSource({"JSON,475", "ROCKETMQ,475", "JSON,0", "ROCKETMQ,0", "JSON,-1"})
    void drain_twoWayOfVersionThatDoesNotKnowGoAway_isServed(Serialization serialization, int version) throws Exception {
        ScriptedPeer.Connection peer = draining(serialization);
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        Scripts.receiveAnnouncement(peer);

        peer.send(Scripts.request(ECHO, "old").withOpaque(2).withVersion(version).withSerialization(serialization));
        Frame answer = peer.receive();

        assertEquals(0, answer.code());
        assertEquals(2, answer.opaque());
        assertEquals("old", Scripts.text(answer));
        assertEquals(serialization, answer.serialization());
        assertEquals(1, executions.of("old"));

        release.countDown();
        assertEquals("held", Scripts.text(peer.receive()));
        peer.halfClose();
        peer.expectEndOfStream();
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(0, drained.refused());
        assertEquals(1, drained.inFlight());
        assertEquals(1, drained.acceptedLater());
        assertEquals(2, drained.finished());
    }

    @ParameterizedTest
    @CsvSource({"JSON,476", "ROCKETMQ,476", "JSON,515", "ROCKETMQ,515", "ROCKETMQ,32767"})
    void drain_twoWayOfVersionThatKnowsGoAway_isRefusedUnexecuted(Serialization serialization, int version) throws Exception {
        ScriptedPeer.Connection peer = draining(serialization);
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        Scripts.receiveAnnouncement(peer);

        peer.send(Scripts.request(ECHO, "new").withOpaque(2).withVersion(version).withSerialization(serialization));
        // Refused before the processor is looked up, so a code that nobody knows is refused, too.
        peer.send(Scripts.request(4711, "?").withOpaque(3).withVersion(version).withSerialization(serialization));

        for (int opaque = 2; opaque <= 3; opaque++) {
            Frame answer = peer.receive();
            assertEquals(Scripts.GO_AWAY, answer.code());
            assertTrue(answer.isResponse());
            assertEquals(opaque, answer.opaque());
            assertEquals("please go away", answer.remark());
            assertEquals(serialization, answer.serialization());
            assertArrayEquals(new byte[0], answer.body());
        }
        assertEquals(0, executions.total());

        release.countDown();
        assertEquals("held", Scripts.text(peer.receive()));
        peer.halfClose();
        peer.expectEndOfStream();
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(2, drained.refused());
        assertEquals(1, drained.finished());
        assertEquals(1, drained.closedByPeer());
        assertEquals(2, server.stats().get(Counter.GO_AWAYS_ANSWERED));
    }

    @ParameterizedTest
    @CsvSource({"JSON,475", "JSON,476", "ROCKETMQ,475", "ROCKETMQ,476"})
    void drain_oneWayOfWhateverVersion_isExecuted(Serialization serialization, int version) throws Exception {
        ScriptedPeer.Connection peer = draining(serialization);
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));
        Scripts.receiveAnnouncement(peer);

        for (int i = 0; i < 10; i++) {
            peer.send(Scripts.oneway(ECHO, "one-way " + i).withVersion(version).withSerialization(serialization));
        }
        release.countDown();
        assertEquals("held", Scripts.text(peer.receive()), "a one-way is not answered");
        peer.halfClose();
        peer.expectEndOfStream();

        DrainReport drained = get(report);
        assertEquals(10, drained.oneWaysExecuted());
        assertEquals(10, executions.total());
        assertEquals(0, drained.refused());
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void drain_stockPeer_getsNoAnnouncementAndRefusalsByVersion(Serialization serialization) throws Exception {
        ScriptedPeer.Connection stock = services.connect(server.localListenPort());
        stock.send(Scripts.request(HELD, "held").withOpaque(1).withSerialization(serialization));
        held.await();
        CompletableFuture<DrainReport> report = server.shutdownGracefully(Duration.ofSeconds(8));

        // Nobody tells a stock peer, so it hears of the drain by its first refusal.
        AtomicInteger opaque = new AtomicInteger(1);
        AtomicInteger served = new AtomicInteger();
        eventually().until(() -> {
            int mine = opaque.incrementAndGet();
            stock.send(Scripts.request(ECHO, "new " + mine).withOpaque(mine).withVersion(476).withSerialization(serialization));
            Frame answer = stock.receive();
            assertEquals(mine, answer.opaque());
            served.addAndGet(answer.code() == 0 ? 1 : 0);
            return answer.code() == Scripts.GO_AWAY;
        });
        stock.send(Scripts.request(ECHO, "old").withOpaque(-7).withVersion(475).withSerialization(serialization));
        Frame old = stock.receive();
        assertEquals(0, old.code());
        assertEquals("old", Scripts.text(old));

        release.countDown();
        assertEquals("held", Scripts.text(stock.receive()));
        stock.expectEndOfStream();
        stock.halfClose();
        DrainReport drained = get(report);
        assertTrue(drained.addsUp(), drained::toString);
        assertEquals(0, drained.told());
        assertEquals(1, drained.refused());
        assertEquals(1, drained.quietClosed());
        assertEquals(served.get() + 1, executions.total());
    }

    @Test
    void drain_helloAfterTheGateFlipped_isAnsweredGoAway() throws Exception {
        NettyRemotingServer patient = services.server(Services.serverConfig().setQuietMillis(5_000));
        ScriptedPeer.Connection other = Scripts.sayHello(services.connect(patient.localListenPort()));
        ScriptedPeer.Connection silent = services.connect(patient.localListenPort());
        eventually().until(() -> patient.stats().get(Counter.CONNECTIONS_OPEN) == 2);

        patient.shutdownGracefully(Duration.ofSeconds(8));
        Scripts.receiveAnnouncement(other);
        // Both connections were told in one go; this leaves the second one time, and sees that it hears nothing.
        silent.expectNoFrame(Duration.ofMillis(100));
        silent.send(Frame.request(Scripts.HELLO).withOpaque(5));

        Frame answer = silent.receive();
        assertEquals(Scripts.GO_AWAY, answer.code());
        assertEquals(5, answer.opaque());
        assertNull(answer.ext("minPingIntervalMillis"));
        assertEquals(1, patient.stats().get(Counter.GO_AWAYS_TOLD));
        other.halfClose();
        other.expectEndOfStream();
    }

    @Test
    void drain_listeningSocket_isClosedWhenTheCallReturns() throws Exception {
        draining(Serialization.JSON);
        server.shutdownGracefully(Duration.ofSeconds(8));

        assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(server.localListenPort()));
        release.countDown();
    }
}
