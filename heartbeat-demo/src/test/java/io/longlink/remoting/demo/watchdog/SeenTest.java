package io.longlink.remoting.demo.watchdog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.client.ReconnectPolicy;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.watchdog.Loss.Heard;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The verdict on scripted events, and one short run. */
class SeenTest {
    private static final long[] PLANNED = {4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192};
    private static final Seen.Pings PINGS = new Seen.Pings(6, 6, List.of());
    private static final Seen.Silence SILENCE = new Seen.Silence(List.of("idle", "close"), 1_000);

    /** A close, failures after these delays, and the notice of giving up right behind the last. */
    private static List<Heard> events(long... delaysMillis) {
        List<Heard> events = new ArrayList<>();
        long nanos = -5;
        events.add(new Heard("close", nanos));
        for (long delay : delaysMillis) {
            nanos += TimeUnit.MILLISECONDS.toNanos(delay);
            events.add(new Heard(Loss.FAILURE, nanos));
        }
        events.add(new Heard(Loss.FAILURE, nanos + 1_000));
        return events;
    }

    private static long[] plannedBut(int attempt, long millis) {
        long[] delays = PLANNED.clone();
        delays[attempt - 1] = millis;
        return delays;
    }

    private static List<String> complaints(Loss loss) {
        return new Seen(PINGS, SILENCE, loss, null).complaints(Plan.USUAL);
    }

    private static Loss loss(long... delaysMillis) {
        return new Loss(events(delaysMillis), delaysMillis.length, AddressState.IDLE);
    }

    private static void assertComplaint(List<String> complaints, String words) {
        assertEquals(1, complaints.size(), complaints::toString);
        assertTrue(complaints.get(0).contains(words), complaints::toString);
    }

    @Test
    void everything_asPlanned_isGreen() {
        Seen seen = new Seen(PINGS, SILENCE, loss(PLANNED), null);
        assertEquals(List.of(), seen.complaints(Plan.USUAL));
        Result result = seen.result(Plan.USUAL);
        assertTrue(result.facts().toString().contains("\"actualMillis\":[4,8,16,32,64,128,256,512,1024,2048,4096,8192]"), result.facts()::toString);
        assertTrue(result.sentences().contains("actual:  16380 ms in all"), result::sentences);
        assertTrue(result.sentences().endsWith("GREEN: the watchdog did what the articles say"), result::sentences);
    }

    @Test
    void delays_lateAndEarly_atTheirLimitAndBeyond() {
        assertEquals(List.of(), complaints(loss(plannedBut(12, 8_192 + 409 + 200))));
        assertComplaint(complaints(loss(plannedBut(12, 8_192 + 409 + 201))), "attempt 12 came after 8802 ms, not after 8192");
        assertEquals(List.of(), complaints(loss(plannedBut(12, 8_192 - 20))));
        assertComplaint(complaints(loss(plannedBut(12, 8_192 - 21))), "attempt 12 came after 8171 ms, not after 8192");
        // The listener heard late of attempt 5, and then of 6 at once.
        long[] together = plannedBut(5, 64 + 100);
        together[5] = 128 - 100;
        assertEquals(List.of(), complaints(loss(together)));
    }

    @Test
    void attempts_oneTooFewOrOneTooMany_isRed() {
        long[] eleven = java.util.Arrays.copyOf(PLANNED, 11);
        assertEquals(
                List.of("attempts is 11, not 12", "the listener heard of 11 attempts, not of 12"), complaints(loss(eleven)));
        long[] thirteen = java.util.Arrays.copyOf(PLANNED, 13);
        thirteen[12] = 16_384;
        assertEquals(
                List.of("attempts is 13, not 12", "the listener heard of 13 attempts, not of 12"), complaints(loss(thirteen)));
    }

    @Test
    void givingUp_untoldOrToldTwice_isRed() {
        List<Heard> untold = events(PLANNED);
        untold.remove(untold.size() - 1);
        assertComplaint(complaints(new Loss(untold, 12, AddressState.IDLE)), "givenUp is 0, not 1");
        List<Heard> twice = events(PLANNED);
        twice.add(twice.get(twice.size() - 1));
        assertComplaint(complaints(new Loss(twice, 12, AddressState.IDLE)), "givenUp is 2, not 1");
        assertComplaint(complaints(new Loss(events(PLANNED), 12, AddressState.BACKOFF)), "is BACKOFF, not IDLE");
    }

    @Test
    void loss_thatNobodyHeardOf_isRed() {
        List<Heard> noClose = events(PLANNED);
        noClose.remove(0);
        List<String> complaints = complaints(new Loss(noClose, 12, AddressState.IDLE));
        assertEquals("the client's listener heard [] of the crash, not close", complaints.get(0));
    }

    @Test
    void loss_byAReset_isGreen() {
        List<Heard> reset = events(PLANNED);
        reset.add(0, new Heard("exception", -6));
        assertEquals(List.of(), complaints(new Loss(reset, 12, AddressState.IDLE)));
        reset.add(0, new Heard("exception", -7));
        assertComplaint(complaints(new Loss(reset, 12, AddressState.IDLE)), "[exception, exception, close]");
    }

    @Test
    void earlierSteps_eachMissing_isRed() {
        Loss loss = loss(PLANNED);
        assertComplaint(new Seen(new Seen.Pings(0, 0, List.of()), SILENCE, loss, null).complaints(Plan.USUAL), "pingsSent is 0");
        assertComplaint(new Seen(new Seen.Pings(6, 0, List.of()), SILENCE, loss, null).complaints(Plan.USUAL), "pingsReceived is 0");
        assertComplaint(new Seen(new Seen.Pings(6, 6, List.of("close")), SILENCE, loss, null).complaints(Plan.USUAL), "idle connection: [close]");
        Seen.Silence noIdle = new Seen.Silence(List.of("close", "none"), 1_000);
        assertComplaint(new Seen(PINGS, noIdle, loss, null).complaints(Plan.USUAL), "heard [close, none] of the silent client");
        Seen.Silence tooSoon = new Seen.Silence(List.of("idle", "close"), 979);
        assertComplaint(new Seen(PINGS, tooSoon, loss, null).complaints(Plan.USUAL), "found after 979 ms");
        Seen.Silence tooLate = new Seen.Silence(List.of("idle", "close"), 1_251);
        assertComplaint(new Seen(PINGS, tooLate, loss, null).complaints(Plan.USUAL), "found after 1251 ms");
        assertComplaint(new Seen(PINGS, SILENCE, loss, "refused").complaints(Plan.USUAL), "return failed: refused");
    }

    /** Six attempts where five are planned, and a tolerance for busy machines: everything else must be right. */
    @Test
    @Timeout(120)
    void story_policyWithOneAttemptTooMany_isToldAndRed() throws InterruptedException {
        ReconnectPolicy six = random -> new ReconnectPolicy.Schedule() {
            private int attempts;

            @Override
            public long nextDelayNanos() {
                attempts++;
                return attempts > 6 ? GIVE_UP : TimeUnit.MILLISECONDS.toNanos(2L << attempts);
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Plan plan = new Plan(600, 200, 400, 2_000, six, 5, 60_000);
        Result result = new WatchdogStory(plan, new Story(new PrintStream(out, true, StandardCharsets.UTF_8), false)).play();
        String told = out.toString(StandardCharsets.UTF_8);
        assertEquals(
                List.of("attempts is 6, not 5", "the listener heard of 6 attempts, not of 5"), result.complaints(),
                () -> result.sentences() + told);
        assertTrue(told.contains("hears idle, then close of it"), told);
        assertTrue(told.contains("gives up after 6 attempts"), told);
        assertTrue(result.sentences().endsWith("RED: the watchdog slept"), result::sentences);
    }
}
