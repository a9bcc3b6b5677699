package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.client.HelloMemory.Verdict;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DESIGN 3.1, rule by rule. */
class HelloMemoryTest {
    private static final long NOW = 1_000_000_000L;
    private static final long SKIP = TimeUnit.MINUTES.toNanos(10);

    private final HelloMemory memory = new HelloMemory();

    private static RemotingCommand answer(int code) {
        return RemotingCommand.createResponseCommand(code, null);
    }

    private static RemotingCommand goodAnswer() {
        RemotingCommand answer = answer(0);
        answer.addExtField("minPingIntervalMillis", "5000");
        return answer;
    }

    private void assertSkipsForTenMinutesFrom(long beganNanos) {
        assertTrue(memory.skips(beganNanos));
        assertTrue(memory.skips(beganNanos + SKIP - 1));
        assertFalse(memory.skips(beganNanos + SKIP));
    }

    @Test
    void new_saysHello() {
        assertFalse(memory.skips(NOW));
        assertEquals(1_000, HelloMemory.ANSWER_MILLIS);
    }

    @Test
    void goodAnswer_isAHelloPeer() {
        assertEquals(Verdict.HELLO_PEER, memory.onAnswer(goodAnswer(), NOW));
        assertFalse(memory.skips(NOW));
    }

    @Test
    void successWithoutThePingInterval_isStock_andIsAskedAgain() {
        assertEquals(Verdict.STOCK, memory.onAnswer(answer(0), NOW));
        assertFalse(memory.skips(NOW));
    }

    @Test
    void unsupported_isStock_andIsAskedAgain() {
        assertEquals(Verdict.STOCK, memory.onAnswer(answer(3), NOW));
        assertFalse(memory.skips(NOW));
    }

    @Test
    void goAway_isAFailedAttempt() {
        assertEquals(Verdict.GO_AWAY, memory.onAnswer(answer(1500), NOW));
        assertFalse(memory.skips(NOW));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 16, 205, -1, 1499})
    void anyOtherCode_isReconnectedToWithoutHello_forTenMinutes(int code) {
        assertEquals(Verdict.RECONNECT_WITHOUT, memory.onAnswer(answer(code), NOW));
        assertSkipsForTenMinutesFrom(NOW);
    }

    @Test
    void silence_ofAnUnknownPeer_isStock_forTenMinutes() {
        assertEquals(Verdict.STOCK, memory.onSilence(NOW));
        assertSkipsForTenMinutesFrom(NOW);
        assertEquals(Verdict.STOCK, memory.onSilence(NOW + SKIP));
        assertSkipsForTenMinutesFrom(NOW + SKIP);
    }

    @Test
    void silence_ofAHelloPeer_isAFailedAttempt_threeInARowAreStock() {
        memory.onAnswer(goodAnswer(), NOW);
        assertEquals(Verdict.FAILED, memory.onSilence(NOW));
        assertFalse(memory.skips(NOW));
        assertEquals(Verdict.FAILED, memory.onSilence(NOW));
        assertFalse(memory.skips(NOW));
        assertEquals(Verdict.STOCK, memory.onSilence(NOW));
        assertSkipsForTenMinutesFrom(NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 1500})
    void silences_interruptedByAnAnswer_areNotInARow(int code) {
        memory.onAnswer(goodAnswer(), NOW);
        memory.onSilence(NOW);
        memory.onSilence(NOW);
        memory.onAnswer(answer(code), NOW);
        assertEquals(Verdict.FAILED, memory.onSilence(NOW));
        assertFalse(memory.skips(NOW));
    }

    @Test
    void busy_saysNothingOfThePeer_andCountsLikeSilence() {
        assertEquals(Verdict.RECONNECT_WITHOUT, memory.onAnswer(answer(2), NOW));
        assertSkipsForTenMinutesFrom(NOW);

        memory.onAnswer(goodAnswer(), NOW);
        assertEquals(Verdict.FAILED, memory.onAnswer(answer(2), NOW));
        assertEquals(Verdict.FAILED, memory.onSilence(NOW));
        assertFalse(memory.skips(NOW));
        assertEquals(Verdict.RECONNECT_WITHOUT, memory.onAnswer(answer(2), NOW));
        assertSkipsForTenMinutesFrom(NOW);
    }

    @Test
    void goodAnswer_late_upgradesAPeerTakenForStock() {
        memory.onSilence(NOW);
        assertTrue(memory.skips(NOW + 1));
        assertEquals(Verdict.HELLO_PEER, memory.onAnswer(goodAnswer(), NOW + 1));
        assertFalse(memory.skips(NOW + 1));
        assertEquals(Verdict.FAILED, memory.onSilence(NOW + 2));
    }

    @Test
    void skipping_isComparedAcrossTheLongsEnd() {
        memory.onSilence(Long.MAX_VALUE - 5);
        assertSkipsForTenMinutesFrom(Long.MAX_VALUE - 5);
    }

    @Test
    void tooManyPings_againAndAgain_doublesTheirDistanceUpToSixteenfold() {
        assertEquals(1, memory.pingStretch());
        for (int stretch : new int[] {2, 4, 8, 16, 16}) {
            memory.onTooManyPings();
            assertEquals(stretch, memory.pingStretch());
        }
    }
}
