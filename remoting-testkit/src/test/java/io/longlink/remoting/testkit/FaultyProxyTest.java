package io.longlink.remoting.testkit;

import static io.longlink.remoting.testkit.Messages.assertContains;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.testkit.FaultyProxy.Direction;
import io.longlink.remoting.testkit.ScriptedPeer.Connection;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
final class FaultyProxyTest {

    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Frame PING = Frame.request(1502);
    private static final int PING_LENGTH = PING.encode().length;

    private ScriptedPeer server;
    private FaultyProxy proxy;
    private Connection client;
    private Connection target;

    @BeforeEach
    void connect() {
        server = ScriptedPeer.listen();
        proxy = FaultyProxy.to(server.port());
        client = ScriptedPeer.connect(proxy.port());
        target = server.accept();
    }

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void frames_bothWays_passUnchanged() {
        Frame big = PING.withBody(new byte[100_000]);
        client.send(big);
        assertEquals(big, target.receive());
        target.send(PING);
        assertEquals(PING, client.receive());
        assertEquals(1, proxy.accepted());
        assertEquals(1, proxy.open());
    }

    @Test
    void halfClose_oneSide_leavesOtherDirectionOpen() {
        client.halfClose();
        target.expectEndOfStream();
        target.send(PING);
        assertEquals(PING, client.receive());
        assertEquals(1, proxy.open());
        target.halfClose();
        client.expectEndOfStream();
        await().until(() -> proxy.open() == 0);
    }

    @Test
    void reset_oneSide_isForwardedAsReset() {
        target.reset();
        client.expectReset();
        await().until(() -> proxy.open() == 0);
    }

    @Test
    void cutAfter_atFrameBoundary_letsTheFrameThroughOnce() {
        proxy.cutAfter(Direction.TO_TARGET, PING_LENGTH);
        client.send(PING);
        assertEquals(PING, target.receive());
        target.expectEndOfStream();
        client.expectEndOfStream();
        reconnect();
        client.send(PING);
        client.send(PING);
        target.receive();
        assertEquals(PING, target.receive());
        assertEquals(2, proxy.accepted());
    }

    @Test
    void cutAfter_withinFrame_forwardsExactlySoManyBytes() {
        proxy.cutAfter(Direction.TO_CLIENT, PING_LENGTH + 5);
        byte[] frame = PING.encode();
        target.sendBytes(frame);
        assertEquals(PING, client.receive());
        target.sendBytes(frame);
        AssertionError error = assertThrows(AssertionError.class, client::receive);
        assertContains("stream ended", error);
        assertContains("then 5 bytes", error);
    }

    @Test
    void resetAfter_firstByte_resetsBothEnds() {
        proxy.resetAfter(Direction.TO_TARGET, 0);
        client.send(PING);
        client.expectReset();
        target.expectReset();
    }

    @Test
    void freezeAfter_oneDirection_holdsItBackAndKeepsTheOther() {
        FaultyProxy.Fault freeze = proxy.freezeAfter(Direction.TO_TARGET, PING_LENGTH);
        client.send(PING);
        assertEquals(PING, target.receive());
        assertTrue(freeze.hasFired());
        client.send(PING.withOpaque(2));
        target.expectNoFrame(MOMENT);
        target.send(PING);
        assertEquals(PING, client.receive());
        proxy.thaw();
        client.send(PING.withOpaque(3));
        assertEquals(2, target.receive().opaque());
        assertEquals(3, target.receive().opaque());
    }

    @Test
    void freezeAfter_withinFrame_thawCompletesIt() {
        FaultyProxy.Fault freeze = proxy.freezeAfter(Direction.TO_TARGET, 5);
        client.send(PING);
        await().until(freeze::hasFired);
        proxy.cutAfter(Direction.TO_TARGET, PING_LENGTH - 5);
        proxy.thaw();
        assertEquals(PING, target.receive());
        target.expectEndOfStream();
    }

    @Test
    void fault_everyByteOfAnExchange_firesUntilThereIsOneByteMoreThanThatIs() {
        for (int bytes = 0; bytes <= PING_LENGTH; bytes++) {
            FaultyProxy.Fault fault = proxy.cutAfter(Direction.TO_TARGET, bytes);
            assertFalse(fault.hasFired());
            assertThrows(IllegalStateException.class, fault::firedNanos);
            long beganNanos = System.nanoTime();
            client.send(PING);
            client.expectEndOfStream();
            assertTrue(fault.hasFired());
            assertTrue(fault.firedNanos() - beganNanos >= 0 && System.nanoTime() - fault.firedNanos() >= 0);
            assertFalse(fault.disarm());
            reconnect();
        }
        FaultyProxy.Fault fault = proxy.cutAfter(Direction.TO_TARGET, PING_LENGTH + 1);
        client.send(PING);
        assertEquals(PING, target.receive());
        assertTrue(fault.disarm());
        client.send(PING);
        assertEquals(PING, target.receive());
        assertFalse(fault.hasFired());
    }

    @Test
    void disarm_replacedFault_leavesTheOneInItsPlace() {
        FaultyProxy.Fault replaced = proxy.cutAfter(Direction.TO_TARGET, 0);
        FaultyProxy.Fault armed = proxy.resetAfter(Direction.TO_TARGET, 0);
        assertTrue(replaced.disarm());
        client.send(PING);
        client.expectReset();
        assertTrue(armed.hasFired());
        assertFalse(replaced.hasFired());
    }

    @Test
    void freezeAfter_endOfStream_isHeldBackUntilThaw() {
        proxy.freezeAfter(Direction.TO_TARGET, 0);
        client.halfClose();
        target.expectNoFrame(MOMENT);
        proxy.thaw();
        target.expectEndOfStream();
    }

    @Test
    void freezeAfter_bothDirectionsAndReset_isHeldBackUntilThaw() {
        proxy.freezeAfter(Direction.TO_TARGET, 0);
        proxy.freezeAfter(Direction.TO_CLIENT, 0);
        client.reset();
        target.send(PING);
        target.expectNoFrame(MOMENT);
        assertEquals(1, proxy.open());
        proxy.thaw();
        target.expectReset();
    }

    @Test
    void freezeAfter_newConnection_isFrozenToo() {
        proxy.freezeAfter(Direction.TO_TARGET, 0);
        reconnect();
        client.send(PING);
        target.expectNoFrame(MOMENT);
    }

    @Test
    void thaw_armedFreeze_isDisarmed() {
        proxy.freezeAfter(Direction.TO_TARGET, 1);
        proxy.thaw();
        client.send(PING);
        assertEquals(PING, target.receive());
    }

    @Test
    void killConnections_frozenOrNot_endsThemAndServesTheNext() {
        proxy.freezeAfter(Direction.TO_TARGET, 0);
        client.halfClose();
        proxy.killConnections();
        target.expectEndOfStream();
        client.expectEndOfStream();
        assertEquals(0, proxy.open());
        proxy.thaw();
        reconnect();
        client.send(PING);
        assertEquals(PING, target.receive());
    }

    @Test
    void killConnections_withBytesHeldBack_thoseCountForNoFault() {
        FaultyProxy.Fault freeze = proxy.freezeAfter(Direction.TO_TARGET, 1);
        client.send(PING);
        await().until(freeze::hasFired);
        FaultyProxy.Fault cut = proxy.cutAfter(Direction.TO_TARGET, PING_LENGTH);
        proxy.killConnections();
        proxy.thaw();
        reconnect();
        client.send(PING);
        assertEquals(PING, target.receive());
        target.expectEndOfStream();
        assertTrue(cut.hasFired());
    }

    @Test
    void refuse_newConnection_isResetWhileOpenOnesGoOn() {
        proxy.refuse(true);
        assertRefused();
        client.send(PING);
        assertEquals(PING, target.receive());
        assertEquals(2, proxy.accepted());
        assertEquals(1, proxy.open());
        proxy.refuse(false);
        reconnect();
    }

    @Test
    void targetGone_newConnection_isReset() {
        server.close();
        client.expectEndOfStream();
        assertRefused();
    }

    @Test
    void close_openConnection_endsIt() {
        proxy.close();
        target.expectEndOfStream();
        client.expectEndOfStream();
        assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(proxy.port()));
    }

    @Test
    void faults_negativeBytes_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> proxy.cutAfter(Direction.TO_TARGET, -1));
    }

    @Test
    void cutAfter_bigStream_countsAcrossChunks() {
        byte[] stream = new byte[50_000];
        Arrays.fill(stream, (byte) 1);
        proxy.resetAfter(Direction.TO_TARGET, 50_001);
        client.sendBytes(stream);
        assertEquals(1, proxy.open());
        client.sendBytes(new byte[1]);
        client.expectReset();
    }

    private void assertRefused() {
        try (Connection refused = ScriptedPeer.connect(proxy.port())) {
            refused.expectReset();
        } catch (UncheckedIOException e) {
            // The reset was faster than the return of connect.
            assertInstanceOf(SocketException.class, e.getCause());
        }
    }

    private void reconnect() {
        client.close();
        client = ScriptedPeer.connect(proxy.port());
        target = server.accept();
    }
}
