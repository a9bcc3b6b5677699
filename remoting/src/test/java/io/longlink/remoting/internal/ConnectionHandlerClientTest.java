package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ConnectionState;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ManualExecutor;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a connection does as a client's. */
@ExtendWith(LeakGuard.class)
class ConnectionHandlerClientTest {
    private static final int CODE = 7;

    private static Frame announcement(long graceMillis) {
        return Frame.oneway(1500).withExt("reason", "shutdown").withExt("graceMillis", Long.toString(graceMillis));
    }

    // ---------------------------------------------------------------- requests and responses

    @Test
    void responses_outOfOrder_findTheirRequests() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 1_000);
            client.send(CODE, "b", 1_000);
            Frame a = client.next();
            Frame b = client.next();

            client.receive(Frame.response(b, 12), Frame.response(a, 11));

            assertEquals(List.of("b answered 12", "a answered 11"), client.journal);
            assertEquals(2, client.count(Counter.REQUESTS_SENT));
            assertEquals(2, client.count(Counter.RESPONSES_RECEIVED));
            assertEquals(0, client.count(Counter.LATE_RESPONSES));
        }
    }

    @Test
    void response_toNobody_isDroppedAndCounted() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 1_000);
            Frame a = client.next();
            client.receive(Frame.response(a, 0), Frame.response(a, 0), Frame.response(a.withOpaque(a.opaque() + 1), 0));

            assertEquals(List.of("a answered 0"), client.journal);
            assertEquals(1, client.count(Counter.RESPONSES_RECEIVED));
            assertEquals(2, client.count(Counter.LATE_RESPONSES));
            assertEquals(ConnectionState.READY, client.connection().state());
        }
    }

    @Test
    void deadline_ofARequest_failsItAsUnknownExactlyThen() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 3_000);
            client.send(CODE, "b", 5_000);
            Frame a = client.next();
            client.advance(2_999);
            assertEquals(List.of(), client.journal);

            client.advance(1);
            assertEquals(List.of("a failed RemotingTimeoutException UNKNOWN"), client.journal);

            client.receive(Frame.response(a, 0));
            assertEquals(1, client.journal.size());
            assertEquals(1, client.count(Counter.LATE_RESPONSES));
            client.advance(1_999);
            assertEquals(1, client.journal.size());
            client.advance(1);
            assertEquals("b failed RemotingTimeoutException UNKNOWN", client.journal.get(1));
            assertEquals(ConnectionState.READY, client.connection().state());
        }
    }

    @Test
    void deadline_alreadyPast_failsInTheNextTurn() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", -1);
            client.advance(0);
            assertEquals(List.of("a failed RemotingTimeoutException UNKNOWN"), client.journal);
        }
    }

    @Test
    void connection_thatHasEnded_refusesWhatIsAsked_andTellsNothingMore() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            Connection ended = client.connection();
            ended.close(null);
            client.journal.clear();
            client.send(CODE, "a", 1_000);
            client.send(CODE, "b", 1_000, true);
            client.sendOneway(CODE, "c", 1_000);
            ended.retire(client.tally, 1_000);
            ended.fail(new IllegalStateException("announced"));
            client.force();

            assertEquals(
                    List.of(
                            "a failed RemotingSendRequestException NOT_SENT",
                            "b failed RemotingSendRequestException NOT_SENT",
                            "c failed RemotingSendRequestException NOT_SENT"),
                    client.journal);
            assertFalse(ended.tryReady());
            assertEquals(ConnectionState.CLOSED, ended.state());
            assertEquals(ConnectionHarness.PEER, ended.remoteAddress());
            assertNull(Connection.of(ended.channel()));
            assertEquals(List.of("CONNECT", "ACTIVE", "CLOSE"), client.events());
        }
    }

    @Test
    void send_ofAnOpaqueInFlight_travelsUnderAnotherAndIsAnsweredUnderItsOwn() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            RemotingCommand request = client.send(CODE, "a", 1_000);
            Frame a = client.next();
            client.send(request, "b", 1_000, false);
            Frame b = client.next();
            assertNotEquals(a.opaque(), b.opaque());

            client.receive(Frame.response(b, 7));
            client.receive(Frame.response(a, 0));
            assertEquals(List.of("b answered 7", "a answered 0"), client.journal);
            assertEquals(List.of(request.getOpaque(), request.getOpaque()), client.answeredOpaques);
        }
    }

    @Test
    void send_thatCannotBeEncoded_isNotSentAndTheConnectionGoesOn() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            RemotingCommand tooLong = RemotingCommand.createRequestCommand(CODE, null);
            tooLong.setBody(new byte[2 * 1024 * 1024]);
            client.send(tooLong, "a", 1_000, false);
            assertEquals(List.of("a failed RemotingCommandException NOT_SENT"), client.journal);

            client.send(CODE, "b", 1_000);
            client.receive(Frame.response(client.next(), 0));
            assertEquals("b answered 0", client.journal.get(1));
            assertEquals(ConnectionState.READY, client.connection().state());
        }
    }

    @Test
    void send_beforeReady_isNotSentUnlessItOpens() {
        try (ConnectionHarness client = ConnectionHarness.openingClient()) {
            client.send(CODE, "user's", 1_000);
            client.sendOneway(CODE, "user's one-way", 1_000);
            client.assertNothingSent();
            client.send(1501, "hello", 1_000, true);
            assertEquals(1501, client.next().code());

            assertTrue(client.connection().tryReady());
            assertFalse(client.connection().tryReady());
            client.send(CODE, "after", 1_000);
            assertEquals(CODE, client.next().code());
            assertEquals(
                    List.of(
                            "owner: connected",
                            "user's failed RemotingSendRequestException NOT_SENT",
                            "user's one-way failed RemotingSendRequestException NOT_SENT"),
                    client.journal);
            assertEquals(1, client.count(Counter.REQUESTS_SENT));
        }
    }

    @Test
    void oneway_whenTheKernelHasIt_isWritten() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.channel.stall();
            client.sendOneway(CODE, "a", 1_000);
            assertEquals(List.of(), client.journal);
            client.channel.resume();
            assertEquals(List.of("a written"), client.journal);
            assertTrue(client.next().isOneway());
        }
    }

    @Test
    void oneway_notWrittenByItsDeadline_isUnknownBecauseItMayStillLeave() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.channel.stall();
            client.sendOneway(CODE, "a", 1_000);
            client.advance(999);
            assertEquals(List.of(), client.journal);
            client.advance(1);
            assertEquals(List.of("a failed RemotingTimeoutException UNKNOWN"), client.journal);
            client.channel.resume();
            assertEquals(1, client.journal.size());
            assertEquals(CODE, client.next().code());
        }
    }

    // ---------------------------------------------------------------- failures

    @Test
    void writeFailure_isNotSentForWhatHadNotLeft_unknownForWhatHad() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "left", 1_000);
            client.channel.stall();
            client.send(CODE, "first", 1_000);
            client.send(CODE, "second", 1_000);
            client.sendOneway(CODE, "one-way", 1_000);
            client.channel.breakWrites(new IOException("Broken pipe"));
            client.channel.resume();

            assertEquals("owner: unusable in CLOSED", client.journal.get(0));
            assertEquals(
                    List.of(
                            "first failed RemotingSendRequestException NOT_SENT",
                            "left failed RemotingSendRequestException UNKNOWN",
                            "one-way failed RemotingSendRequestException NOT_SENT",
                            "second failed RemotingSendRequestException NOT_SENT"),
                    client.journal.stream().filter(line -> line.contains("failed")).sorted().toList());
            assertEquals("owner: closed", client.journal.get(client.journal.size() - 1));
            assertEquals(6, client.journal.size());
            assertEquals(List.of("CONNECT", "ACTIVE", "CLOSE"), client.events());
        }
    }

    @Test
    void close_withRequestsInTheBufferAndBeyond_tellsThemApart() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "left", 1_000);
            client.channel.stall();
            client.send(CODE, "kept", 1_000);
            client.connection().close(new IOException("reset"));
            client.channel.runPendingTasks();

            assertEquals(
                    List.of(
                            "owner: unusable in CLOSED",
                            "kept failed RemotingSendRequestException NOT_SENT",
                            "left failed RemotingSendRequestException UNKNOWN",
                            "owner: closed"),
                    client.journal);
        }
    }

    @Test
    void brokenFrame_deliversWhatCameBeforeAndNothingBehind() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 1_000);
            client.send(CODE, "b", 1_000);
            Frame a = client.next();
            Frame b = client.next();
            client.receiveBytes(Unpooled.wrappedBuffer(
                    Frame.response(a, 0).encode(), new byte[] {-1, -1, -1, -1}, Frame.response(b, 0).encode()));

            assertEquals(
                    List.of(
                            "a answered 0",
                            "owner: unusable in CLOSED",
                            "b failed RemotingSendRequestException UNKNOWN",
                            "owner: closed"),
                    client.journal);
            assertEquals(1, client.count(Counter.PROTOCOL_ERRORS));
            assertFalse(client.channel.isOpen());
            assertEquals(List.of("CONNECT", "ACTIVE", "EXCEPTION", "CLOSE"), client.events());
        }
    }

    @Test
    void send_afterClose_isNotSent() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.connection().close(null);
            client.journal.clear();
            client.send(CODE, "a", 1_000);
            client.sendOneway(CODE, "b", 1_000);
            assertEquals(
                    List.of(
                            "a failed RemotingSendRequestException NOT_SENT",
                            "b failed RemotingSendRequestException NOT_SENT"),
                    client.journal);
        }
    }

    @Test
    void fail_ofAConnection_tellsExceptionOnceAndBeforeClose() {
        try (ConnectionHarness client = ConnectionHarness.openingClient()) {
            client.connection().fail(new IOException("no HELLO"));
            client.connection().fail(new IOException("again"));
            client.channel.runPendingTasks();
            assertEquals(List.of("owner: connected", "owner: unusable in CLOSED", "owner: closed"), client.journal);
            assertEquals(List.of("CONNECT", "EXCEPTION", "CLOSE"), client.events());
        }
    }

    // ---------------------------------------------------------------- GO_AWAY

    @Test
    void goAwayAnswer_drainsAndTellsTheOwnerBeforeTheRequestIsCompleted() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 1_000);
            Frame a = client.next();
            client.receive(Frame.response(a, 1500).withRemark("please go away"));

            assertEquals(List.of("owner: unusable in DRAINING by shutdown", "a answered 1500"), client.journal.subList(0, 2));
            assertEquals(1, client.count(Counter.GO_AWAYS_RECEIVED));
            assertTrue(client.channel.isOutputShutdown());
            assertTrue(client.channel.isOpen());
        }
    }

    @Test
    void goAwayAnswer_late_stillDrains() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.receive(Frame.response(Frame.request(CODE).withOpaque(99), 1500));
            assertEquals(List.of("owner: unusable in DRAINING by shutdown"), client.journal);
            assertEquals(1, client.count(Counter.LATE_RESPONSES));
        }
    }

    @Test
    void goAway_withRequestsPending_endsOutputOnlyAfterTheLastAnswer() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 9_000);
            client.send(CODE, "b", 9_000);
            Frame a = client.next();
            Frame b = client.next();
            client.receive(announcement(30_000));
            assertEquals(ConnectionState.DRAINING, client.connection().state());
            client.send(CODE, "c", 9_000);
            client.sendOneway(CODE, "d", 9_000);
            assertEquals(
                    List.of(
                            "owner: unusable in DRAINING by shutdown",
                            "c failed RemotingSendRequestException NOT_SENT",
                            "d failed RemotingSendRequestException NOT_SENT"),
                    client.journal);
            client.receive(Frame.response(a, 0));
            assertFalse(client.channel.isOutputShutdown());

            client.receive(Frame.response(b, 0));
            assertEquals(List.of("a answered 0", "b answered 0"), client.journal.subList(3, 5));
            assertTrue(client.channel.isOutputShutdown());
            assertTrue(client.channel.isOpen());

            client.peerEnds();
            assertFalse(client.channel.isOpen());
            assertEquals(List.of("CONNECT", "ACTIVE", "CLOSE"), client.events());
        }
    }

    @Test
    void goAway_whosePendingRequestTimesOut_endsOutputThen() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 700);
            client.receive(announcement(30_000));
            client.advance(699);
            assertFalse(client.channel.isOutputShutdown());
            client.advance(1);
            assertTrue(client.channel.isOutputShutdown());
        }
    }

    @Test
    void goAway_whileHelloOrPingIsPending_delaysNothing() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(1502, "ping", 60_000, true);
            client.receive(announcement(30_000));
            assertTrue(client.channel.isOutputShutdown());
        }
    }

    @Test
    void goAway_whileAServersRequestIsRunning_isAnsweredBeforeTheEnd() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            ManualExecutor executor = new ManualExecutor();
            client.register(CODE, (ctx, request) -> RemotingCommand.createResponseCommand(5, null), executor);
            client.receive(Frame.request(CODE).withOpaque(3), announcement(30_000));
            assertFalse(client.channel.isOutputShutdown());

            executor.runNext();
            client.channel.runPendingTasks();
            assertEquals(5, client.next().code());
            assertTrue(client.channel.isOutputShutdown());
        }
    }

    @Test
    void goAway_secondOnSameConnection_changesNothing() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 9_000);
            Frame a = client.next();
            client.receive(announcement(5_000));
            List<String> before = List.copyOf(client.journal);
            client.receive(announcement(90_000));
            assertEquals(before, client.journal);
            assertEquals(1, client.count(Counter.GO_AWAYS_RECEIVED));

            // The answer that ends the wait is a refusal, which says nothing of the grace.
            client.receive(Frame.response(a, 1500));
            assertTrue(client.channel.isOutputShutdown());
            client.advance(4_999);
            assertTrue(client.channel.isOpen());
            client.advance(1);
            assertFalse(client.channel.isOpen());
        }
    }

    @Test
    void goAway_onceOutputHasEnded_waitsForThePeerNoLongerThanTheGrace() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.receive(announcement(8_000));
            assertTrue(client.channel.isOutputShutdown());
            client.advance(7_999);
            assertTrue(client.channel.isOpen());
            client.advance(1);
            assertFalse(client.channel.isOpen());
        }
    }

    @Test
    void goAway_afterOutputHasEnded_onewaysStillRunAndTwoWaysDoNot() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            int[] executed = {0};
            client.register(CODE, (ctx, request) -> {
                executed[0]++;
                return RemotingCommand.createResponseCommand(0, null);
            });
            client.receive(announcement(8_000));
            client.receive(Frame.oneway(CODE), Frame.request(CODE).withOpaque(4));
            assertEquals(1, executed[0]);
            assertEquals(1, client.count(Counter.UNANSWERED));
            client.assertNothingSent();
        }
    }

    @Test
    void goAway_beforeReady_leavesNoWayToReady() {
        try (ConnectionHarness client = ConnectionHarness.openingClient()) {
            client.receive(announcement(8_000));
            assertFalse(client.connection().tryReady());
            assertEquals(List.of("owner: connected", "owner: unusable in DRAINING by shutdown"), client.journal);
            client.connection().close(null);
            assertEquals(List.of("CONNECT", "CLOSE"), client.events());
        }
    }

    // ---------------------------------------------------------------- the peer's end, and ours

    @Test
    void peerEnd_withRequestsPending_failsThemAsUnknownAndCloses() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 9_000);
            client.peerEnds();
            assertEquals(
                    List.of(
                            "owner: unusable in DRAINING", "a failed RemotingSendRequestException UNKNOWN", "owner: closed"),
                    client.journal);
            assertFalse(client.channel.isOpen());
        }
    }

    @Test
    void retire_withRequestsPending_finishesThemAndCountsAQuietEnd() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "a", 9_000);
            Frame a = client.next();
            client.connection().retire(client.tally, 4_000);
            client.connection().retire(client.tally, 4_000);
            client.channel.runPendingTasks();
            assertFalse(client.channel.isOutputShutdown());
            client.receive(Frame.response(a, 0));
            assertTrue(client.channel.isOutputShutdown());
            client.advance(3_999);
            assertTrue(client.channel.isOpen());
            client.advance(1);
            assertFalse(client.channel.isOpen());
            assertEquals(1, client.report().connections());
            assertEquals(1, client.report().quietClosed());
        }
    }

    @Test
    void retire_thenARequestOfTheServer_isRefused() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.registerEcho(CODE);
            client.send(CODE, "a", 9_000);
            client.next();
            client.connection().retire(client.tally, 4_000);
            client.receive(Frame.request(CODE).withOpaque(8));
            assertEquals(1500, client.next().code());
            client.connection().close(null);
            assertEquals(1, client.report().refused());
            assertEquals(1, client.report().broken());
        }
    }

    @Test
    void requestOfTheServer_helloAmongThem_isAnswered() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.registerEcho(CODE);
            client.receive(Frame.request(CODE).withOpaque(1), Frame.request(1502).withOpaque(2), Frame.request(1501).withOpaque(3));
            assertEquals(0, client.next().code());
            assertEquals(0, client.next().code());
            assertEquals(3, client.next().code());
        }
    }

    @Test
    void writability_ofAReadyConnection_isToldToTheOwner() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.channel.stall();
            client.channel.writeAndFlush(Unpooled.buffer().writeZero(1024 * 1024));
            client.channel.runPendingTasks();
            assertEquals(List.of(), client.journal);
            assertTrue(client.channel.config().isAutoRead());
            client.channel.resume();
            assertEquals(List.of("owner: writable"), client.journal);
        }
    }
}
