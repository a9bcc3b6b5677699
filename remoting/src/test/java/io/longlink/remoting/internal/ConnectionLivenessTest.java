package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ConnectionState;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ManualExecutor;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a connection does about silence, its own and the peer's, and about its age. */
@ExtendWith(LeakGuard.class)
class ConnectionLivenessTest {
    private static final int CODE = 7;
    private static final int GO_AWAY = 1500;
    private static final int PING = 1502;

    private static Frame ping(int opaque) {
        return Frame.request(PING).withOpaque(opaque);
    }

    /** Lets time pass up to a PING, which must come then and not a millisecond sooner. */
    private static Frame pingAfter(ConnectionHarness harness, long millis) {
        harness.advance(millis - 1);
        harness.assertNothingSent();
        harness.advance(1);
        Frame ping = harness.next();
        assertEquals(PING, ping.code());
        assertFalse(ping.isOneway());
        harness.assertNothingSent();
        return ping;
    }

    private static void assertClosesAfter(ConnectionHarness harness, long millis) {
        harness.advance(millis - 1);
        assertTrue(harness.channel.isOpen());
        harness.advance(1);
        assertFalse(harness.channel.isOpen());
    }

    private static void assertHalfClosesAfter(ConnectionHarness harness, long millis) {
        harness.advance(millis - 1);
        assertFalse(harness.channel.isOutputShutdown());
        harness.advance(1);
        assertTrue(harness.channel.isOutputShutdown());
    }

    private static Frame assertAnnouncement(String reason, ConnectionHarness server) {
        Frame announcement = server.next();
        assertEquals(GO_AWAY, announcement.code());
        assertTrue(announcement.isOneway());
        assertEquals(reason, announcement.ext("reason"));
        assertEquals("30000", announcement.ext("graceMillis"));
        assertEquals(PING, server.next().code());
        return announcement;
    }

    // ---------------------------------------------------------------- a client and a HELLO peer

    @Test
    void quietClient_pingsEveryIntervalAndStaysWhileItIsAnswered() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            for (int i = 1; i <= 3; i++) {
                client.receive(Frame.response(pingAfter(client, 15_000), 0));
            }
            assertEquals(3, client.count(Counter.PINGS_SENT));
            assertEquals(0, client.count(Counter.REQUESTS_SENT));
            assertEquals(0, client.count(Counter.LATE_RESPONSES));
            assertEquals(ConnectionState.READY, client.connection().state());
        }
    }

    @Test
    void quietClient_whosePingIsAnswered_pingsAgainAfterTheIntervalHoweverShort() {
        LivenessSettings everySecond = LivenessSettings.ofClient(1_000, 0, 0, 0, false);
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer(everySecond, new HelloAnswer(1_000, 0), 1)) {
            for (int i = 1; i <= 3; i++) {
                client.receive(Frame.response(pingAfter(client, 1_000), 0));
            }
        }
    }

    @Test
    void busyClient_doesNotPing() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            for (int i = 0; i < 10; i++) {
                client.advance(14_999);
                client.send(CODE, "a", 60_000);
                client.receive(Frame.response(client.next(), 0));
            }
            client.assertNothingSent();
        }
    }

    @Test
    void ping_answeredByPartOfAFrame_isAnswered() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            pingAfter(client, 15_000);
            client.advance(4_999);
            client.receiveBytes(Unpooled.wrappedBuffer(new byte[] {0}));
            client.advance(10_000);
            assertTrue(client.channel.isOpen());
        }
    }

    @Test
    void ping_withoutAnAnswer_endsTheConnectionWithIdleThenClose() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.send(CODE, "a", 60_000);
            client.next();
            pingAfter(client, 15_000);
            assertClosesAfter(client, 5_000);
            assertEquals(
                    List.of("owner: unusable in CLOSED", "a failed RemotingSendRequestException UNKNOWN", "owner: closed"), client.journal);
            assertEquals(1, client.count(Counter.IDLE_CLOSED));
            assertEquals(List.of("CONNECT", "ACTIVE", "IDLE", "CLOSE"), client.events());
        }
    }

    @Test
    void ping_whoseAnswerWaitsInTheSocketBehindALateTimer_isAnswered() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            Frame ping = pingAfter(client, 15_000);
            // The thread was held up for a minute: the timer runs first, then what has arrived meanwhile is read.
            client.ticker.advance(60, TimeUnit.SECONDS);
            client.channel.runScheduledPendingTasks();
            client.receive(Frame.response(ping, 0));
            client.advance(1_000);
            assertTrue(client.channel.isOpen());
        }
    }

    @Test
    void ping_thatCannotLeave_endsTheConnectionAsWell() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.channel.stall();
            client.advance(15_000);
            assertEquals(1, client.count(Counter.PINGS_SENT));
            assertClosesAfter(client, 5_000);
        }
    }

    @Test
    void ping_thatLeavesLate_hasItsFiveSecondsFromThen() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.channel.stall();
            client.advance(15_000 + 4_000);
            client.channel.resume();
            assertEquals(PING, client.next().code());
            assertClosesAfter(client, 5_000);
        }
    }

    @Test
    void stretchedClient_pingsHalfAsOften() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer(ConnectionHarness.CLIENT_LIVENESS, ConnectionHarness.HELLO, 2)) {
            pingAfter(client, 30_000);
        }
    }

    @Test
    void drainingClient_thatWaitsForAnAnswer_stillPings() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.send(CODE, "a", 60_000);
            client.next();
            client.receive(Frame.oneway(GO_AWAY));
            pingAfter(client, 15_000);
            assertClosesAfter(client, 5_000);
        }
    }

    @Test
    void pendingPing_doesNotDelayTheClose() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            pingAfter(client, 15_000);
            client.receive(Frame.oneway(GO_AWAY));
            assertTrue(client.channel.isOutputShutdown());
            client.peerEnds();
            assertFalse(client.channel.isOpen());
            assertEquals(0, client.count(Counter.IDLE_CLOSED));
        }
    }

    @Test
    void closingClient_hasItsOwnLimits() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.receive(Frame.oneway(GO_AWAY));
            client.advance(29_999);
            client.assertNothingSent();
            assertTrue(client.channel.isOpen());
        }
    }

    // ---------------------------------------------------------------- the articles' settings

    @Test
    void writerIdle_ofAHelloPeer_pings() {
        try (ConnectionHarness client =
                ConnectionHarness.clientOfHelloPeer(LivenessSettings.ofClient(15_000, 3_000, 0, 0, false), ConnectionHarness.HELLO, 1)) {
            client.receive(Frame.response(pingAfter(client, 3_000), 0));
            // Sooner the server does not allow.
            pingAfter(client, 5_000);
        }
    }

    @Test
    void readerIdle_ofAStockPeer_closesWithIdleAndWithoutAPing() {
        try (ConnectionHarness client = ConnectionHarness.client(LivenessSettings.ofClient(15_000, 3_000, 5_000, 10_000, false))) {
            assertClosesAfter(client, 10_000);
            client.assertNothingSent();
            assertEquals(List.of("CONNECT", "ACTIVE", "IDLE", "CLOSE"), client.events());
        }
    }

    @Test
    void stockPeer_isNeverPinged() {
        try (ConnectionHarness client = ConnectionHarness.client(LivenessSettings.ofClient(1_000, 1_000, 1_000, 0, false))) {
            client.advance(3_600_000);
            client.assertNothingSent();
            assertTrue(client.channel.isOpen());
        }
    }

    // ---------------------------------------------------------------- requests that time out

    @Test
    void timeout_withNothingReadSince_pingsAHelloPeer() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.advance(10);
            client.send(CODE, "a", 1_000);
            client.next();
            Frame ping = pingAfter(client, 1_000);
            assertEquals(List.of("a failed RemotingTimeoutException UNKNOWN"), client.journal);
            client.advance(4_999);
            client.receive(Frame.response(ping, 0));
            client.advance(5_000);
            assertTrue(client.channel.isOpen());
        }
    }

    @Test
    void timeout_withNothingReadSinceAndNoAnswerToThePing_closes() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            client.advance(10);
            client.send(CODE, "a", 1_000);
            client.next();
            pingAfter(client, 1_000);
            assertClosesAfter(client, 5_000);
            assertEquals(1, client.count(Counter.IDLE_CLOSED));
        }
    }

    @Test
    void timeout_withSomethingReadSince_changesNothing() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.advance(10);
            client.send(CODE, "a", 1_000);
            client.next();
            client.advance(10);
            client.receiveBytes(Unpooled.wrappedBuffer(new byte[] {0}));
            client.advance(2_000);
            assertEquals(List.of("a failed RemotingTimeoutException UNKNOWN"), client.journal);
            assertEquals(ConnectionState.READY, client.connection().state());
        }
    }

    @Test
    void timeout_withNothingReadSince_closesTheConnectionOfAStockPeer() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.advance(10);
            client.send(CODE, "a", 1_000);
            client.send(CODE, "b", 5_000);
            assertClosesAfter(client, 1_000);
            assertEquals(
                    List.of(
                            "a failed RemotingTimeoutException UNKNOWN",
                            "owner: unusable in CLOSED",
                            "b failed RemotingSendRequestException UNKNOWN",
                            "owner: closed"),
                    client.journal);
            assertEquals(List.of("CONNECT", "ACTIVE", "IDLE", "CLOSE"), client.events());
        }
    }

    @Test
    void timeout_countsFromWhenTheRequestLeft() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.channel.stall();
            client.send(CODE, "a", 1_000);
            client.advance(10);
            client.receiveBytes(Unpooled.wrappedBuffer(new byte[] {0}));
            client.advance(10);
            client.channel.resume();
            client.advance(980);
            assertFalse(client.channel.isOpen());
        }
    }

    @Test
    void timeout_withCloseSocketIfTimeout_closesWhateverWasRead() {
        try (ConnectionHarness client =
                ConnectionHarness.clientOfHelloPeer(LivenessSettings.ofClient(15_000, 0, 0, 0, true), ConnectionHarness.HELLO, 1)) {
            client.send(CODE, "a", 1_000);
            client.advance(10);
            client.receiveBytes(Unpooled.wrappedBuffer(new byte[] {0}));
            assertClosesAfter(client, 990);
            assertEquals(0, client.count(Counter.IDLE_CLOSED));
            assertEquals(List.of("CONNECT", "ACTIVE", "CLOSE"), client.events());
        }
    }

    @Test
    void timeout_onAServer_pingsAHelloPeerAndClosesIfItStaysSilent() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(10);
            server.send(CODE, "a", 1_000);
            server.next();
            pingAfter(server, 1_000);
            assertHalfClosesAfter(server, 5_000);
            assertClosesAfter(server, 2_000);
        }
    }

    @Test
    void timeout_onAServer_leavesAStockPeerAlone() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.advance(10);
            server.send(CODE, "a", 1_000);
            server.next();
            server.advance(30_000);
            server.assertNothingSent();
            assertEquals(ConnectionState.READY, server.connection().state());
        }
    }

    // ---------------------------------------------------------------- a server's patience

    @Test
    void helloPeer_silentForMaxIdle_isHalfClosedThenClosed() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(60_000);
            server.receive(ping(1));
            server.next();
            assertHalfClosesAfter(server, 120_000);
            assertClosesAfter(server, 2_000);
            server.assertNothingSent();
            assertEquals(1, server.count(Counter.IDLE_CLOSED));
            assertEquals(List.of("CONNECT", "ACTIVE", "IDLE", "CLOSE"), server.events());
        }
    }

    @Test
    void helloPeer_silentWhileItsOutputIsStuck_isClosedAllTheSame() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.registerEcho(CODE);
            server.channel.stall();
            server.receive(Frame.request(CODE).withOpaque(1));
            assertClosesAfter(server, 122_000);
        }
    }

    @Test
    void helloPeer_thatWeDoNotReadBecauseItDoesNot_isNotSilentWhileItReadsAtAll() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.register(CODE, (ctx, request) -> {
                RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                response.setBody(new byte[100_000]);
                return response;
            });
            server.channel.stall();
            server.receive(Frame.request(CODE).withOpaque(1));
            assertFalse(server.channel.config().isAutoRead());
            server.advance(119_000);
            server.channel.resume();
            server.channel.releaseOutbound();
            assertTrue(server.channel.config().isAutoRead());
            assertHalfClosesAfter(server, 120_000);
        }
    }

    @Test
    void stockPeer_withoutAByteEitherWay_isHalfClosedThenClosed() {
        try (ConnectionHarness server = ConnectionHarness.server()) {
            server.registerEcho(CODE);
            server.advance(60_000);
            server.receive(Frame.request(CODE).withOpaque(1));
            server.next();
            assertHalfClosesAfter(server, 120_000);
            server.peerEnds();
            assertFalse(server.channel.isOpen());
            assertEquals(List.of("CONNECT", "ACTIVE", "IDLE", "CLOSE"), server.events());
        }
    }

    @Test
    void stockPeer_withARequestOfItsInFlight_isNotClosed() {
        try (ConnectionHarness server = ConnectionHarness.server(LivenessSettings.ofServer(0, 10_000, 0, 0, 1_000))) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(Frame.request(CODE).withOpaque(1));
            server.advance(59_000);
            executor.runNext();
            server.channel.runPendingTasks();
            assertEquals(0, server.next().code());
            assertHalfClosesAfter(server, 10_000);
        }
    }

    @Test
    void stockPeer_withARequestOfOursInFlight_isNotClosed() {
        try (ConnectionHarness server = ConnectionHarness.server(LivenessSettings.ofServer(0, 10_000, 0, 0, 1_000))) {
            server.send(CODE, "a", 30_500);
            server.advance(30_499);
            assertFalse(server.channel.isOutputShutdown());
            server.advance(1_000);
            assertTrue(server.channel.isOutputShutdown());
        }
    }

    @Test
    void readerIdle_onAServer_closesWhateverIsInFlight() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(3_000, 0, 0, 0, 1_000))) {
            server.register(CODE, (ctx, request) -> null);
            server.receive(Frame.request(CODE).withOpaque(1));
            assertHalfClosesAfter(server, 3_000);
            assertClosesAfter(server, 2_000);
            assertEquals(1, server.count(Counter.UNANSWERED));
        }
    }

    @Test
    void drain_ofAConnectionThatIsBeingClosedForItsSilence_countsItOnce() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.advance(121_000);
            assertTrue(server.channel.isOutputShutdown());
            server.drain(1_000);
            server.assertNothingSent();
            assertClosesAfter(server, 1_000);
            DrainReport report = server.report();
            assertEquals(1, report.connections());
            assertEquals(1, report.quietClosed());
            assertEquals(0, report.told());
        }
    }

    // ---------------------------------------------------------------- too many pings

    @Test
    void pings_tooSoonTwiceInARow_areAnsweredAndTheConnectionIsToldToGo() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            server.receive(ping(1));
            server.advance(3_749);
            server.receive(ping(2));
            assertEquals(List.of(1, 2), List.of(server.next().opaque(), server.next().opaque()));
            server.advance(3_749);
            server.assertNothingSent();
            server.receive(ping(3));
            assertEquals(3, server.next().opaque());
            assertAnnouncement("too_many_pings", server);
            server.receive(ping(4));
            assertEquals(4, server.next().opaque());
            server.assertNothingSent();
            assertEquals(4, server.count(Counter.PINGS_RECEIVED));
            assertEquals(1, server.count(Counter.GO_AWAYS_TOLD));
            assertEquals(0, server.count(Counter.REQUESTS_RECEIVED));
        }
    }

    @Test
    void pings_asOftenAsAllowed_changeNothing() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer()) {
            for (int i = 1; i <= 10; i++) {
                server.receive(ping(i));
                assertEquals(i, server.next().opaque());
                server.advance(3_750);
            }
            server.assertNothingSent();
        }
    }

    @Test
    void pings_fromAServer_areNeverTooMany() {
        try (ConnectionHarness client = ConnectionHarness.clientOfHelloPeer()) {
            for (int i = 1; i <= 10; i++) {
                client.receive(ping(i));
                assertEquals(i, client.next().opaque());
            }
            client.assertNothingSent();
        }
    }

    // ---------------------------------------------------------------- unused and old connections

    @Test
    void unusedConnection_ofAHelloPeer_isToldToGoOnce() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000))) {
            server.advance(20_000);
            // Does not count.
            server.receive(ping(1));
            server.next();
            server.advance(9_999);
            server.assertNothingSent();
            server.advance(1);
            assertAnnouncement("idle", server);
            server.peerEnds();
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void connection_withARequestInFlight_isNotUnused() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000))) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(Frame.request(CODE).withOpaque(1));
            server.advance(50_000);
            server.assertNothingSent();
            executor.runNext();
            server.channel.runPendingTasks();
            assertEquals(1, server.next().opaque());
            server.advance(29_999);
            server.assertNothingSent();
            server.advance(1);
            assertAnnouncement("idle", server);
        }
    }

    @Test
    void unusedConnection_ofAStockPeer_isClosedQuietly() {
        try (ConnectionHarness server = ConnectionHarness.server(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000))) {
            assertHalfClosesAfter(server, 30_000);
            server.assertNothingSent();
            assertEquals(0, server.count(Counter.GO_AWAYS_TOLD));
        }
    }

    @Test
    void oldConnection_isToldToGoWithinATenthOfItsAgeAndItsWorkFinishes() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 0, 40_000, 1_000))) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(Frame.request(CODE).withOpaque(1));
            server.advance(35_999);
            server.assertNothingSent();
            server.advance(8_001);
            assertAnnouncement("age", server);
            server.receive(Frame.request(CODE).withOpaque(2));
            Frame refusal = server.next();
            assertEquals(List.of(2, GO_AWAY), List.of(refusal.opaque(), refusal.code()));
            executor.runNext();
            server.channel.runPendingTasks();
            assertEquals(1, server.next().opaque());
            server.peerEnds();
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void oldConnection_whosePeerDoesNotObey_isClosedWhenQuietAfterTheGrace() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000))) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.advance(30_000);
            assertAnnouncement("idle", server);
            server.receive(Frame.request(CODE).withOpaque(1).withVersion(400));
            for (int i = 0; i < 8; i++) {
                server.advance(4_900);
                server.receive(ping(i));
                server.channel.releaseOutbound();
            }
            assertFalse(server.channel.isOutputShutdown());
            executor.runNext();
            server.advance(2_000);
            assertTrue(server.channel.isOutputShutdown());
        }
    }

    @Test
    void drain_ofAConnectionThatWasToldAlone_takesItOver() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 0, 10_000, 1_000))) {
            ManualExecutor executor = new ManualExecutor();
            server.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(0, null), executor);
            server.receive(Frame.request(CODE).withOpaque(1), Frame.request(CODE).withOpaque(2));
            server.advance(11_000);
            assertAnnouncement("age", server);
            executor.runNext();
            server.channel.runPendingTasks();
            assertEquals(1, server.next().opaque());
            server.receive(Frame.response(Frame.request(PING), 0));

            server.drain(1_000);
            server.drain(1_000);
            server.assertNothingSent();
            server.receive(Frame.request(CODE).withOpaque(3));
            assertEquals(GO_AWAY, server.next().code());
            executor.runNext();
            server.channel.runPendingTasks();
            server.next();
            server.peerEnds();

            DrainReport report = server.report();
            assertEquals(1, report.connections());
            assertEquals(1, report.told());
            assertEquals(1, report.inFlight());
            assertEquals(1, report.finished());
            assertEquals(1, report.refused());
            assertEquals(1, report.closedByPeer());
        }
    }

    @Test
    void force_ofAConnectionThatWasToldAlone_endsIt() {
        try (ConnectionHarness server = ConnectionHarness.serverOfHelloPeer(LivenessSettings.ofServer(0, 0, 0, 10_000, 1_000))) {
            server.register(CODE, (ctx, request) -> null);
            server.receive(Frame.request(CODE).withOpaque(1));
            server.advance(11_000);
            assertAnnouncement("age", server);
            server.drain(1_000);
            server.force();
            server.advance(2_000);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().forced());
            assertEquals(1, server.report().unanswered());
        }
    }
}
