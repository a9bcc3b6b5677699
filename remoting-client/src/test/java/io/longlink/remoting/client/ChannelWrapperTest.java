package io.longlink.remoting.client;

import static io.longlink.remoting.client.SlotHarness.ADDRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.client.SlotHarness.Call;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The slot of one address in virtual time (DESIGN 3.3): nothing here waits, every time is exact. */
@ExtendWith(LeakGuard.class)
class ChannelWrapperTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private SlotHarness slot = new SlotHarness();

    @AfterEach
    void close() {
        slot.close();
    }

    private void use(NettyClientConfig config) {
        slot.close();
        slot = new SlotHarness(config.setNegotiate(false));
    }

    private EmbeddedChannel readyAndForgotten() {
        EmbeddedChannel channel = slot.ready();
        slot.happened();
        return channel;
    }

    // ---------------------------------------------------------------- becoming READY

    @Test
    void firstCall_connects_waitsAndIsSentWhenReady() {
        slot.call("a", 5_000);
        assertEquals(List.of("IDLE to CONNECTING"), slot.happened());
        slot.call("b", 5_000);
        assertEquals(1, slot.attempts.size());
        assertEquals(3_000, slot.lastAttempt().timeoutMillis());

        slot.establish(slot.lastAttempt());

        assertEquals(List.of("CONNECTING to READY", "a sent", "b sent"), slot.happened());
        slot.call("c", 5_000);
        assertEquals(List.of("c sent"), slot.happened());
    }

    @Test
    void connecting_isNotReady_beforeHelloIsAnswered() {
        slot.close();
        slot = new SlotHarness(new NettyClientConfig());
        slot.call("a", 5_000);
        EmbeddedChannel channel = slot.establish(slot.lastAttempt());
        Frame hello = slot.nextSent(channel);
        assertEquals(1501, hello.code());
        assertEquals(AddressState.CONNECTING, slot.state());

        slot.receive(channel, Frame.response(hello, 0).withExt("minPingIntervalMillis", "5000"));

        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to READY", "a sent"), slot.happened());
    }

    @Test
    void connectionThatEnds_beforeItIsReady_isOneExceptionBehindWhichItCloses() {
        slot.close();
        slot = new SlotHarness(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        slot.call("a", 5_000);
        EmbeddedChannel channel = slot.establish(slot.lastAttempt());
        assertEquals(1501, slot.nextSent(channel).code());
        slot.lose(channel);
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to IDLE", "a Connect NOT_SENT", "lost"), slot.happened());
        // The one without a channel is the policy's, which gave up.
        assertEquals(List.of("EXCEPTION", "EXCEPTION without a channel", "CLOSE"), slot.events());
    }

    @Test
    void firstAttempt_failing_failsThoseWhoWait_andTheNextCallAtOnce() {
        slot.random.highest = true;
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        slot.call("b", 5_000);

        assertEquals(
                List.of("IDLE to CONNECTING", "CONNECTING to BACKOFF", "a Connect NOT_SENT", "lost", "b Connect NOT_SENT"), slot.happened());
    }

    @Test
    void attemptsOnAnAddressKnownToBeDead_areNoFurtherLoss() {
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        slot.random.highest = true;
        slot.advance(0);
        slot.happened();
        slot.fail(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to BACKOFF"), slot.happened());
    }

    @Test
    void deadAddress_triedAgain_failsCallsMeanwhile() {
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        slot.advance(0);
        slot.happened();
        assertEquals(AddressState.CONNECTING, slot.state());

        slot.call("b", 5_000);
        assertEquals(List.of("b Connect NOT_SENT"), slot.happened());
        slot.establish(slot.lastAttempt());
        slot.call("c", 5_000);
        assertEquals(List.of("CONNECTING to READY", "c sent"), slot.happened());
    }

    // ---------------------------------------------------------------- broken off

    @Test
    void brokenOff_theNextCallTriesAtOnce_andWaitsForThatOneTry() {
        slot.random.highest = true;
        slot.lose(readyAndForgotten());
        assertEquals(List.of("READY to BACKOFF", "lost"), slot.happened());

        slot.call("a", 5_000);
        slot.call("b", 5_000);
        assertEquals(0.0, slot.lastAttempt().atMillis());
        assertEquals(1_000, slot.lastAttempt().timeoutMillis());
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "a sent", "b sent"), slot.happened());
    }

    @Test
    void brokenOff_theFirstTryFails_nowItIsDead() {
        slot.random.highest = true;
        slot.lose(readyAndForgotten());
        slot.call("a", 5_000);
        slot.happened();
        slot.fail(slot.lastAttempt());
        slot.call("b", 5_000);

        assertEquals(List.of("CONNECTING to BACKOFF", "a Connect NOT_SENT", "lost", "b Connect NOT_SENT"), slot.happened());
    }

    @Test
    void brokenOff_callsDuringTheFirstTryOfItsOwn_waitToo() {
        slot.lose(readyAndForgotten());
        slot.advance(0);
        assertEquals(AddressState.CONNECTING, slot.state());
        slot.happened();

        slot.call("a", 5_000);
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to READY", "a sent"), slot.happened());
    }

    @Test
    void brokenOff_thoseInTheLine_goOnAtOnce() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        slot.call("a", 5_000);
        slot.lose(channel);
        slot.establish(slot.lastAttempt());

        assertEquals(List.of("READY to CONNECTING", "lost", "CONNECTING to READY", "a sent"), slot.happened());
    }

    @Test
    void connectionThatBroke_beforeACallWasSent_letsItTryLikeANewOne() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        Connection broken = Connection.of(channel);
        Call call = slot.call("a", 5_000);
        slot.lose(channel);
        slot.happened();

        slot.table.get(ADDRESS).failedOn(broken, call, new RemotingSendRequestException("could not write", null, Outcome.NOT_SENT));
        slot.establish(slot.lastAttempt());

        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "a sent"), slot.happened());
    }

    @Test
    void connectionThatBroke_beforeACallWasSent_toADeadAddress_failsItAsTheDeadAddressItIs() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        Connection broken = Connection.of(channel);
        Call call = slot.call("a", 5_000);
        slot.lose(channel);
        slot.refuseAll();
        slot.call("b", 5_000);
        slot.happened();
        assertEquals(AddressState.BACKOFF, slot.state());

        RemotingSendRequestException unwritten = new RemotingSendRequestException("could not write", null, Outcome.NOT_SENT);
        slot.table.get(ADDRESS).failedOn(broken, call, unwritten);

        assertEquals(List.of("a Connect NOT_SENT"), slot.happened());
        assertSame(unwritten, call.failure.getCause());
    }

    @Test
    void connectionThatBroke_afterACallWasSent_failsItAsUnknown() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        Connection broken = Connection.of(channel);
        Call call = slot.call("a", 5_000);
        slot.lose(channel);
        slot.happened();

        slot.table.get(ADDRESS).failedOn(broken, call, new RemotingSendRequestException("no answer", null, Outcome.UNKNOWN));

        assertEquals(List.of("a SendRequest UNKNOWN"), slot.happened());
    }

    // ---------------------------------------------------------------- dead: the policies

    @Test
    void fullJitter_attemptsFollowItsDelays_untilNobodyHasWantedTheAddressForAMinute() {
        slot.random.highest = true;
        slot.refuseAll();
        slot.call("a", 5_000);
        slot.advance(59_999);
        assertEquals(
                List.of(
                        0.0, 100.0, 300.0, 700.0, 1_500.0, 3_100.0, 6_300.0, 11_300.0, 16_300.0, 21_300.0, 26_300.0, 31_300.0, 36_300.0,
                        41_300.0, 46_300.0, 51_300.0, 56_300.0),
                slot.attemptMillis());

        slot.advance(1_300);

        assertEquals(AddressState.BACKOFF, slot.state());
        assertEquals(17, slot.attempts.size());
        slot.advance(1);
        assertEquals(17, slot.attempts.size());
        assertEquals(AddressState.IDLE, slot.state());
        assertEquals(0, slot.table.size());
    }

    @Test
    void call_onADeadAddress_keepsItWantedForAMinuteMore() {
        slot.random.highest = true;
        slot.refuseAll();
        slot.call("a", 5_000);
        slot.advance(50_000);
        slot.call("b", 5_000);
        slot.advance(59_999);
        assertEquals(AddressState.BACKOFF, slot.state());
        slot.advance(5_001);
        assertEquals(0, slot.table.size());
    }

    @Test
    void watchdog_triesTwelveTimesAtItsDelays_thenGivesUp_isEvicted_andTellsOnce() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.watchdog()));
        slot.refuseAll();
        slot.call("a", 5_000);
        slot.advance(16_380 - 1);
        // 2 << n milliseconds after the one before, n from 1 to 12; the first attempt is the call's own.
        assertEquals(
                List.of(0.0, 4.0, 12.0, 28.0, 60.0, 124.0, 252.0, 508.0, 1_020.0, 2_044.0, 4_092.0, 8_188.0), slot.attemptMillis());
        assertEquals(1, slot.table.size());

        slot.advanceNanos(MILLI - 1);
        assertEquals(12, slot.attempts.size());
        slot.advanceNanos(1);

        assertEquals(13, slot.attempts.size());
        assertEquals(0, slot.table.size());
        assertEquals(AddressState.IDLE, slot.state());
        slot.advance(600_000);
        assertEquals(13, slot.attempts.size());
        // One for each failed attempt, one for giving up.
        assertEquals(14, slot.events().size());
        assertEquals(List.of("EXCEPTION without a channel"), slot.events().stream().distinct().toList());
    }

    @Test
    void watchdog_thatGaveUp_startsAnewOnTheNextCall() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.watchdog()));
        slot.refuseAll();
        slot.call("a", 5_000);
        slot.advance(16_380);
        slot.happened();
        slot.attempts.clear();
        slot.acceptAgain();

        slot.call("b", 5_000);
        assertEquals(List.of("IDLE to CONNECTING"), slot.happened());
        slot.fail(slot.lastAttempt());
        slot.refuseAll();
        slot.advance(28);

        assertEquals(List.of(16_380.0, 16_384.0, 16_392.0, 16_408.0), slot.attemptMillis());
        slot.acceptAgain();
        slot.advance(32);
        slot.establish(slot.lastAttempt());
        slot.call("c", 5_000);
        assertEquals("c sent", slot.journal.get(slot.journal.size() - 1));
    }

    @Test
    void never_afterALoss_isEvictedWithoutAnAttempt_andConnectsOnTheNextCall() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        EmbeddedChannel channel = readyAndForgotten();
        slot.lose(channel);
        assertEquals(List.of("READY to IDLE", "lost"), slot.happened());
        assertEquals(0, slot.table.size());
        slot.advance(600_000);
        assertEquals(1, slot.attempts.size());

        slot.call("a", 5_000);
        slot.establish(slot.lastAttempt());

        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to READY", "a sent"), slot.happened());
        assertEquals(List.of("CLOSE", "EXCEPTION without a channel"), slot.events().stream().sorted().toList());
    }

    @Test
    void never_afterAFailedAttempt_failsThoseWhoWait_andTheNextCallTriesAgain() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to IDLE", "a Connect NOT_SENT", "lost"), slot.happened());
        slot.call("b", 5_000);
        assertEquals(2, slot.attempts.size());
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to READY", "b sent"), slot.happened());
    }

    @Test
    void policyOfTheUser_thatThrows_hasGivenUp() {
        use(new NettyClientConfig().setReconnectPolicy(random -> () -> {
            throw new IllegalStateException("announced");
        }));
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to IDLE", "a Connect NOT_SENT", "lost"), slot.happened());
        assertEquals(0, slot.table.size());
    }

    @Test
    void policyOfTheUser_thatThrowsAnError_hasGivenUp_andTheConnectionsEndIsComplete() {
        use(new NettyClientConfig().setReconnectPolicy(random -> {
            throw new AssertionError("announced");
        }));
        EmbeddedChannel channel = readyAndForgotten();
        slot.lose(channel);
        assertEquals(List.of("READY to IDLE", "lost"), slot.happened());
        assertFalse(channel.isOpen());
        assertEquals(0, slot.table.size());
        assertEquals(List.of("CLOSE", "EXCEPTION without a channel"), slot.events().stream().sorted().toList());
    }

    @Test
    void addressGivenUp_andListedAllTheTime_isLeftAloneByAListThatSaysTheSame() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        slot.refuseAll();
        slot.listed(ADDRESS);
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to IDLE"), slot.happened());
        slot.listed(ADDRESS, "b:1");
        slot.listed(ADDRESS);
        assertEquals(List.of(), slot.journal.stream().filter(line -> !line.startsWith("b:1")).toList());
        slot.listed();
        slot.happened();
        slot.listed(ADDRESS);
        assertEquals(List.of("IDLE to CONNECTING", "CONNECTING to IDLE"), slot.happened());
    }

    @Test
    void ready_forFiveSeconds_beginsTheScheduleAnew_notForANanosecondLess() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.watchdog()));
        slot.call("a", 5_000);
        slot.fail(slot.lastAttempt());
        slot.advance(4);
        slot.fail(slot.lastAttempt());
        slot.advance(8);
        EmbeddedChannel first = slot.establish(slot.lastAttempt());

        slot.advanceNanos(5_000 * MILLI - 1);
        slot.lose(first);
        assertEquals(16 * MILLI, slot.nextTimerNanos());
        slot.advance(16);
        EmbeddedChannel second = slot.establish(slot.lastAttempt());

        slot.advanceNanos(5_000 * MILLI);
        slot.lose(second);
        assertEquals(4 * MILLI, slot.nextTimerNanos());
    }

    // ---------------------------------------------------------------- gone away

    @Test
    void goneAway_callsWait_attemptsEveryFiftyToTwoHundredFiftyMillis_thenAllAreSent() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        slot.call("a", 5_000);
        slot.attempts.clear();
        slot.random.asked.clear();
        slot.refuseAll();
        slot.goAway(channel, "shutdown", 30_000);
        slot.advance(100);
        slot.random.highest = true;
        slot.advance(600);

        assertEquals(List.of(0.0, 50.0, 100.0, 150.0, 400.0, 650.0), slot.attemptMillis());
        assertEquals(1_000, slot.lastAttempt().timeoutMillis());
        assertEquals(
                List.of("0.." + (100 * MILLI - 1), 50 * MILLI + ".." + 250 * MILLI), slot.random.asked.stream().distinct().toList());
        slot.happened();
        slot.acceptAgain();
        slot.advance(200);
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "a sent"), slot.happened());
    }

    /** A stock peer again, READY behind a GO_AWAY, with a one-way and then a two-way call that waited. */
    private EmbeddedChannel backInDoubt() {
        slot.goAway(readyAndForgotten(), "shutdown", 30_000);
        slot.call("one-way", 5_000);
        slot.twoWay("two-way");
        slot.advance(100);
        EmbeddedChannel channel = slot.establish(slot.lastAttempt());
        assertEquals("two-way sent", slot.journal.get(slot.journal.size() - 1));
        slot.happened();
        return channel;
    }

    @Test
    void backAtAStockPeer_allWaitUntilOneTwoWayIsAnswered() {
        backInDoubt();
        slot.call("later one-way", 5_000);
        slot.twoWay("later two-way");
        assertEquals(List.of(), slot.happened());

        slot.served();
        assertEquals(List.of("one-way sent", "later one-way sent", "later two-way sent"), slot.happened());
        slot.call("c", 5_000);
        assertEquals(List.of("c sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_whichKeepsTheQuestionForHalfASecond_allGo() {
        backInDoubt();
        slot.advanceNanos(500 * MILLI - 1);
        assertEquals(List.of(), slot.happened());
        slot.advanceNanos(1);
        assertEquals(List.of("one-way sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_thoseWhoHaveAnotherAddress_doNotWaitForTheAnswer() {
        backInDoubt();
        Call call = slot.new Call("listed", 5_000);
        call.free = true;
        slot.submit(call);
        assertEquals(List.of("listed left"), slot.happened());
    }

    @Test
    void backAtAStockPeer_whereOnlyOneWaysWait_theyGo() {
        slot.goAway(readyAndForgotten(), "shutdown", 30_000);
        slot.call("one-way", 5_000);
        slot.advance(100);
        slot.happened();
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to READY", "one-way sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_whichIsStillLeaving_theOthersGoOnWaiting() {
        EmbeddedChannel channel = backInDoubt();
        slot.random.highest = true;
        slot.goAway(channel, "shutdown", 30_000);
        assertEquals(List.of("READY to BACKOFF", "lost"), slot.happened());
        slot.advance(250);
        slot.establish(slot.lastAttempt());

        // Nobody asks it, so nobody would learn more by waiting.
        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "one-way sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_whichThenEnds_theAddressIsStillExpectedBack() {
        slot.lose(backInDoubt());
        slot.twoWay("a");
        assertEquals(List.of("READY to BACKOFF", "lost"), slot.happened());
        slot.advance(250);
        slot.establish(slot.lastAttempt());

        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "a sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_whichAnsweredAndThenEnds_isNotExpectedBack() {
        slot.random.highest = true;
        EmbeddedChannel channel = backInDoubt();
        slot.served();
        slot.happened();
        slot.refuseAll();
        slot.lose(channel);
        slot.call("a", 5_000);

        assertEquals(
                List.of("READY to BACKOFF", "lost", "BACKOFF to CONNECTING", "CONNECTING to BACKOFF", "a Connect NOT_SENT"),
                slot.happened());
    }

    @Test
    void backAtAStockPeer_theQuestionFailsOtherwise_theNextTwoWayAsks() {
        backInDoubt();
        slot.twoWay("next");
        ChannelWrapper wrapper = slot.table.get(ADDRESS);
        Call twoWay = slot.new Call("two-way", 5_000);
        twoWay.twoWay = true;
        wrapper.failedOn(wrapper.current(), twoWay, new RemotingTimeoutException("no answer", Outcome.UNKNOWN));

        assertEquals(List.of("two-way Timeout UNKNOWN", "next sent"), slot.happened());
    }

    @Test
    void backAtAStockPeer_oneQuestionAfterTheOtherFailsAtOnce_allOnOneLevelOfTheStack() {
        backInDoubt();
        List<Call> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Call call = slot.new Call("question " + i, 5_000);
            call.twoWay = true;
            call.unencodable = true;
            waiting.add(slot.submit(call));
        }
        slot.twoWay("next");
        slot.happened();
        ChannelWrapper wrapper = slot.table.get(ADDRESS);
        Call first = slot.new Call("two-way", 5_000);
        first.twoWay = true;
        wrapper.failedOn(wrapper.current(), first, new RemotingTimeoutException("no answer", Outcome.UNKNOWN));

        assertEquals("next sent", slot.happened().get(7));
        assertEquals(waiting.get(0).depth, waiting.get(1).depth);
        assertEquals(waiting.get(0).depth, waiting.get(2).depth);
    }

    @Test
    void backAtAPeerThatAnsweredHello_leavesNoDoubt() {
        slot.close();
        slot = new SlotHarness(new NettyClientConfig());
        slot.call("a", 5_000);
        EmbeddedChannel first = slot.establish(slot.lastAttempt());
        slot.receive(first, Frame.response(slot.nextSent(first), 0).withExt("minPingIntervalMillis", "5000"));
        slot.goAway(first, "shutdown", 30_000);
        slot.call("one-way", 5_000);
        slot.twoWay("two-way");
        slot.advance(100);
        slot.happened();
        EmbeddedChannel second = slot.establish(slot.lastAttempt());
        slot.receive(second, Frame.response(slot.nextSent(second), 0).withExt("minPingIntervalMillis", "5000"));

        assertEquals(List.of("CONNECTING to READY", "one-way sent", "two-way sent"), slot.happened());
    }

    @Test
    void goneAway_nobodyWaits_attemptsEveryOneToTwoSeconds_soonAgainWhenSomebodyComes() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.attempts.clear();
        slot.refuseAll();
        slot.goAway(channel, "shutdown", 30_000);
        slot.advance(500);
        slot.random.highest = true;
        slot.advance(2_600);
        assertEquals(List.of(0.0, 1_000.0, 3_000.0), slot.attemptMillis());

        slot.random.highest = false;
        slot.call("a", 5_000);
        slot.advance(120);
        assertEquals(List.of(3_100.0, 3_150.0, 3_200.0), slot.attemptMillis().subList(3, 6));
    }

    @Test
    void hold_over_theAddressIsDead_itsLineFailsAtTheNextFailure() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.refuseAll();
        slot.random.highest = true;
        slot.goAway(channel, "shutdown", 7_000);
        slot.call("a", 120_000);
        slot.happened();
        slot.advanceNanos(30_000 * MILLI - 1);
        assertEquals(0, slot.journal.stream().filter(line -> line.startsWith("a ")).count());
        slot.call("b", 120_000);
        slot.happened();

        slot.advanceNanos(1);
        slot.call("c", 120_000);
        assertEquals(List.of("c Connect NOT_SENT"), slot.happened());
        slot.advance(250);

        assertEquals(List.of("a Connect NOT_SENT", "b Connect NOT_SENT"), slot.happened().subList(2, 4));
        slot.call("d", 120_000);
        assertEquals(List.of("d Connect NOT_SENT"), slot.happened());
    }

    @Test
    void hold_isTheGraceOfTheServer_ifThatIsLonger() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.refuseAll();
        slot.goAway(channel, "shutdown", 40_000);
        slot.advanceNanos(40_000 * MILLI - 1);
        slot.happened();
        Call waiting = slot.call("a", 120_000);
        assertEquals(null, waiting.failure);
        slot.advanceNanos(1);
        slot.call("b", 120_000);
        assertEquals("b Connect NOT_SENT", slot.journal.get(slot.journal.size() - 1));
    }

    @Test
    void replacement_isWithinTwoSecondsIfNobodyWaits_andHurriesWhenSomebodyComes() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        slot.random.asked.clear();
        slot.goAway(channel, "shutdown", 30_000);
        assertEquals(List.of("0.." + (2_000 * MILLI - 1)), slot.random.asked);
        slot.advance(1_000);
        slot.call("a", 5_000);
        assertEquals(List.of("0.." + (2_000 * MILLI - 1), "0.." + (100 * MILLI - 1)), slot.random.asked);
        slot.call("b", 5_000);
        assertEquals(2, slot.random.asked.size());

        slot.advanceNanos(100 * MILLI - 2);
        assertEquals(1, slot.attempts.size());
        slot.advanceNanos(1);

        assertEquals(2, slot.attempts.size());
        slot.establish(slot.lastAttempt());
        assertEquals(
                List.of("READY to BACKOFF", "lost", "BACKOFF to CONNECTING", "CONNECTING to READY", "a sent", "b sent"), slot.happened());
    }

    @Test
    void hurry_neverDelaysAReplacementThatIsNearer() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        slot.goAway(channel, "shutdown", 30_000);
        slot.advance(1_990);
        slot.call("a", 5_000);
        slot.advance(10);
        assertEquals(2, slot.attempts.size());
    }

    @Test
    void replacement_isWithinAHundredMillis_ifSomebodyWaitsAlready() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        slot.call("a", 5_000);
        slot.random.asked.clear();
        slot.goAway(channel, "shutdown", 30_000);
        assertEquals(List.of("0.." + (100 * MILLI - 1)), slot.random.asked);
    }

    @Test
    void idleGoAway_ofAnAddressNobodyWants_isNotReplaced_andForgotten() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.advance(60_000);
        slot.goAway(channel, "idle", 30_000);
        assertEquals(List.of("READY to IDLE", "lost"), slot.happened());
        // Its connection still ends.
        assertEquals(1, slot.table.size());
        slot.lose(channel);
        assertEquals(0, slot.table.size());
        assertEquals(1, slot.attempts.size());
    }

    @Test
    void idleGoAway_ofAnAddressUsedLessThanAMinuteAgo_isReplaced() {
        slot.random.highest = true;
        EmbeddedChannel channel = readyAndForgotten();
        slot.advanceNanos(60_000 * MILLI - 1);
        slot.goAway(channel, "idle", 30_000);
        assertEquals(List.of("READY to BACKOFF", "lost"), slot.happened());
    }

    @Test
    void idleGoAway_ofAListedAddress_isReplaced() {
        slot.listed(ADDRESS);
        EmbeddedChannel channel = slot.establish(slot.lastAttempt());
        slot.advance(600_000);
        slot.goAway(channel, "idle", 30_000);
        slot.advance(2_000);
        assertEquals(2, slot.attempts.size());
    }

    // ---------------------------------------------------------------- the line

    @Test
    void line_letsRefusedOnesOutFirst_oldestFirst_thenNewcomers() {
        EmbeddedChannel channel = readyAndForgotten();
        Call oldest = slot.new Call("oldest", 5_000);
        slot.advance(1);
        Call older = slot.new Call("older", 5_000);
        oldest.refused = true;
        older.refused = true;
        slot.goAway(channel, "shutdown", 30_000);
        slot.call("n1", 5_000);
        slot.submit(older);
        slot.call("n2", 5_000);
        slot.submit(oldest);
        slot.advance(0);
        slot.happened();
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to READY", "oldest sent", "older sent", "n1 sent", "n2 sent"), slot.happened());
    }

    @Test
    void line_takes4096Newcomers_andAnyNumberOfRefusedOnes() {
        for (int i = 0; i < 4_096; i++) {
            slot.call("n", 5_000);
        }
        assertEquals(List.of("IDLE to CONNECTING"), slot.happened());
        slot.call("one too many", 5_000);
        assertEquals(List.of("one too many TooMuchRequest NOT_SENT"), slot.happened());
        for (int i = 0; i < 100; i++) {
            Call refused = slot.new Call("refused", 5_000);
            refused.refused = true;
            slot.submit(refused);
        }
        assertEquals(List.of(), slot.happened());
        slot.establish(slot.lastAttempt());
        assertEquals(1 + 4_096 + 100, slot.happened().size());
    }

    @Test
    void line_takes16MiBOfNewcomers() {
        Call big = slot.new Call("big", 5_000);
        big.bodyBytes = 16L * 1024 * 1024;
        slot.submit(big);
        slot.happened();
        Call byteMore = slot.new Call("a byte more", 5_000);
        byteMore.bodyBytes = 1;
        slot.submit(byteMore);
        slot.call("empty", 5_000);
        assertEquals(List.of("a byte more TooMuchRequest NOT_SENT"), slot.happened());
    }

    @Test
    void deadline_inTheLine_failsExactlyThen() {
        slot.call("a", 500);
        slot.call("b", 400);
        Call refused = slot.new Call("r", 450);
        refused.refused = true;
        slot.submit(refused);
        slot.happened();
        slot.advanceNanos(400 * MILLI - 1);
        assertEquals(List.of(), slot.happened());
        slot.advanceNanos(1);
        assertEquals(List.of("b Timeout NOT_SENT"), slot.happened());
        slot.advanceNanos(50 * MILLI - 1);
        assertEquals(List.of(), slot.happened());
        slot.advanceNanos(1);
        assertEquals(List.of("r Timeout REFUSED"), slot.happened());
        slot.advanceNanos(50 * MILLI);
        assertEquals(List.of("a Timeout NOT_SENT"), slot.happened());
    }

    @Test
    void connectionThatTakesNoMore_makesCallsWait_inOrder() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        slot.call("a", 5_000);
        slot.call("b", 5_000);
        assertEquals(List.of(), slot.happened());
        slot.setWritable(channel, true);
        assertEquals(List.of("a sent", "b sent"), slot.happened());
    }

    // ---------------------------------------------------------------- other addresses

    @Test
    void callWithAnotherWay_neverEntersALine() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.goAway(channel, "shutdown", 30_000);
        slot.happened();
        Call free = slot.new Call("a", 5_000);
        free.free = true;
        slot.submit(free);
        assertEquals(List.of("a left"), slot.happened());
    }

    @Test
    void otherAddressOfTheList_ready_takesThoseWhoWait_notThoseWhoCannotGo() {
        slot.listed(ADDRESS, "b:1");
        Call free = slot.call("free", 5_000);
        slot.call("bound", 5_000);
        free.free = true;
        slot.happened();
        slot.establish(slot.attempts.stream().filter(attempt -> attempt.address().equals("b:1")).findAny().orElseThrow());
        assertEquals(List.of("b:1 CONNECTING to READY", "free left for b:1"), slot.happened());
        slot.establish(slot.attempts.stream().filter(attempt -> attempt.address().equals(ADDRESS)).findAny().orElseThrow());
        assertEquals(List.of("CONNECTING to READY", "bound sent"), slot.happened());
    }

    @Test
    void goneAway_withCallsThatWaitedForRoom_letsThoseGoThatCan() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        Call free = slot.call("free", 5_000);
        slot.call("bound", 5_000);
        free.free = true;
        slot.random.highest = true;
        slot.goAway(channel, "shutdown", 30_000);
        assertEquals(List.of("READY to BACKOFF", "free left", "lost"), slot.happened());
        slot.advance(100);
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("BACKOFF to CONNECTING", "CONNECTING to READY", "bound sent"), slot.happened());
    }

    @Test
    void readyAddress_thatEntersTheList_takesThoseWhoWaitAtAnother() {
        slot.ready("b:1");
        slot.listed(ADDRESS);
        Call free = slot.call("free", 5_000);
        free.free = true;
        slot.happened();
        slot.listed(ADDRESS, "b:1");
        assertEquals(List.of("free left for b:1"), slot.happened());
    }

    @Test
    void listedAddress_isConnectedWithoutACall_andForEver() {
        slot.refuseAll();
        slot.random.highest = true;
        slot.listed(ADDRESS);
        slot.advance(3_600_000);
        assertEquals(AddressState.BACKOFF, slot.state());
        assertEquals(1, slot.table.size());
        assertEquals(1 + 6 + (3_600_000 - 6_300) / 5_000, slot.attempts.size());
    }

    @Test
    void addressThatLeftTheList_finishesItsConnection_andIsForgottenAMinuteAfterItsLastUse() {
        slot.listed(ADDRESS);
        slot.establish(slot.lastAttempt());
        slot.call("a", 5_000);
        slot.happened();
        slot.listed();
        assertEquals(List.of("READY to IDLE"), slot.happened());
        slot.advanceNanos(60_000 * MILLI - 1);
        assertEquals(1, slot.table.size());
        slot.advanceNanos(1);
        assertEquals(0, slot.table.size());
        assertEquals(0, slot.table.openConnections().get());
    }

    @Test
    void closeConnection_withCallsThatWaitedForRoom_letsThoseGoThatCan() {
        EmbeddedChannel channel = readyAndForgotten();
        slot.setWritable(channel, false);
        Call free = slot.call("free", 5_000);
        slot.call("bound", 5_000);
        free.free = true;
        slot.table.get(ADDRESS).closeConnection();
        slot.advance(0);
        assertEquals(List.of("READY to CONNECTING", "free left"), slot.happened());
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to READY", "bound sent"), slot.happened());
    }

    @Test
    void closeConnection_ofAListedAddress_makesAnotherOneAtOnce_andCallsWaitForIt() {
        slot.listed(ADDRESS);
        slot.establish(slot.lastAttempt());
        slot.happened();
        slot.table.get(ADDRESS).closeConnection();
        slot.advance(0);
        slot.call("a", 5_000);
        assertEquals(List.of("READY to CONNECTING"), slot.happened());
        slot.establish(slot.lastAttempt());
        assertEquals(List.of("CONNECTING to READY", "a sent"), slot.happened());
    }

    // ---------------------------------------------------------------- eviction

    @Test
    void thousandDeadAddresses_leaveNothing_aMinuteLater() {
        slot.refuseAll();
        slot.random.highest = true;
        for (int i = 0; i < 1_000; i++) {
            slot.table.get("10.1." + i / 250 + '.' + i % 250 + ":1").submit(slot.new Call("a", 5_000));
        }
        slot.advance(59_999);
        assertEquals(1_000, slot.table.size());
        slot.advance(5_001);
        assertEquals(0, slot.table.size());
        assertEquals(-1, slot.nextTimerNanos());
    }

    @Test
    void goAway_aThousandTimesInARow_leavesWhatOneLeaves() {
        slot.random.highest = true;
        EmbeddedChannel channel = movedWithAWaitingCall(slot.ready());
        int timersAfterOne = timersOfTwoMinutes();
        for (int i = 1; i < 1_000; i++) {
            channel = movedWithAWaitingCall(channel);
            assertEquals(1, slot.table.openConnections().get());
            slot.connections.removeIf(ended -> !ended.isOpen());
        }

        assertEquals(1, slot.table.size());
        assertEquals(AddressState.READY, slot.state());
        assertEquals(1 + 1_000, slot.attempts.size());
        assertEquals(1_000, slot.happened().stream().filter("a sent"::equals).count());
        assertEquals(timersAfterOne, timersOfTwoMinutes());
    }

    /** One GO_AWAY, a call meanwhile, the replacement, and the end of the old connection. */
    private EmbeddedChannel movedWithAWaitingCall(EmbeddedChannel told) {
        slot.goAway(told, "shutdown", 30_000);
        slot.call("a", 5_000);
        slot.advance(100);
        EmbeddedChannel replacement = slot.establish(slot.lastAttempt());
        slot.lose(told);
        // The deadline of the call that waited is forgotten behind it.
        slot.advance(5_000);
        return replacement;
    }

    private int timersOfTwoMinutes() {
        long end = slot.ticker.nanoTime() + 120_000 * MILLI;
        int timers = 0;
        for (long next = slot.nextTimerNanos(); next >= 0 && slot.ticker.nanoTime() + next <= end; next = slot.nextTimerNanos()) {
            slot.advanceNanos(next);
            timers++;
        }
        return timers;
    }

    @Test
    void evictedSlot_leavesNoTimer_howeverMuchTimeItsLastCallHad() {
        use(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        slot.refuseAll();
        slot.call("a", 600_000);
        assertEquals(0, slot.table.size());
        assertEquals(-1, slot.nextTimerNanos());
    }

    @Test
    void callThatHoldsAnEvictedSlot_goesToTheNewOne() {
        slot.refuseAll();
        slot.random.highest = true;
        slot.call("a", 5_000);
        ChannelWrapper old = slot.table.get(ADDRESS);
        slot.advance(65_000);
        assertEquals(0, slot.table.size());
        slot.acceptAgain();
        slot.happened();

        old.submit(slot.new Call("b", 5_000));
        assertEquals(List.of("IDLE to CONNECTING"), slot.happened());
        assertNotSame(old, slot.table.get(ADDRESS));
        slot.establish(slot.lastAttempt());
        old.submit(slot.new Call("c", 5_000));

        assertEquals(List.of("CONNECTING to READY", "b sent", "c sent"), slot.happened());
        assertEquals(1, slot.table.size());
        assertEquals(AddressState.IDLE, old.state());
    }

    @Test
    void connectedAddress_isNeverEvicted_howeverLongUnused() {
        readyAndForgotten();
        ChannelWrapper before = slot.table.get(ADDRESS);
        slot.advance(3_600_000);
        assertSame(before, slot.table.get(ADDRESS));
        assertEquals(AddressState.READY, slot.state());
    }

    @Test
    void peerWithoutHello_isRememberedForItsTenMinutes_evenIfThePolicyGivesUp() {
        slot.close();
        slot = new SlotHarness(new NettyClientConfig().setReconnectPolicy(ReconnectPolicy.never()));
        slot.call("a", 5_000);
        EmbeddedChannel channel = slot.establish(slot.lastAttempt());
        slot.advance(1_000);
        assertEquals(AddressState.READY, slot.state());
        slot.lose(channel);
        slot.advanceNanos(600_000 * MILLI - 1);
        assertEquals(1, slot.table.size());
        slot.advanceNanos(1);
        assertEquals(0, slot.table.size());
    }

    // ---------------------------------------------------------------- the end

    @Test
    void shutdown_failsTheLine_andEveryLaterCall_alsoOnAnAddressNeverSeen() {
        slot.call("a", 5_000);
        slot.happened();
        slot.table.shutdown(new DrainTally(), 0);
        slot.advance(0);
        Call late = slot.call("b", 5_000);
        slot.table.get("b:1").submit(slot.new Call("c", 5_000));
        slot.table.get("b:1").want();
        slot.advance(0);

        assertEquals(Outcome.NOT_SENT, late.failure.outcome());
        assertEquals(AddressState.SHUTDOWN, slot.table.state("b:1"));
        assertEquals(AddressState.SHUTDOWN, slot.table.state("never:1"));
        List<String> calls = new ArrayList<>(slot.happened());
        calls.removeIf(line -> line.contains(" to "));
        assertEquals(List.of("a Connect NOT_SENT", "b SendRequest NOT_SENT", "c Connect NOT_SENT"), calls);
        // The slot made too late may have begun before it heard of the end, but it does not go on.
        slot.attempts.forEach(attempt -> assertEquals(true, attempt.promise().isCancelled()));
    }
}
