package io.longlink.remoting.demo.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.story.Result;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The verdicts of both scenarios alone. */
class OutcomeTest {
    private static final long BEGAN = 1_700_000_000_000_000L;
    private static final int CONNECTIONS = 1_000;

    private static DrainReport report(long connections, long told, long forced, long broken, Duration duration) {
        return new DrainReport(connections, told, connections - forced - broken, 0, forced, broken, 0, 0, 0, 0, 0, 0, duration);
    }

    private static DrainReport goodReport() {
        return report(CONNECTIONS, CONNECTIONS, 0, 0, Duration.ofMillis(2_999));
    }

    /** One millisecond after the other, the last after so many. */
    private static Moments toldUntil(long lastMillis) {
        return new Moments(LongStream.range(0, CONNECTIONS).map(i -> BEGAN + (lastMillis - i) * 1_000).toArray());
    }

    private static Departure departure(Moments told, DrainReport report) {
        return new Departure(CONNECTIONS, BEGAN, told, report, 1, 2);
    }

    private static Departure good() {
        return departure(toldUntil(1_000), goodReport());
    }

    private static void assertComplaint(List<String> complaints, String words) {
        assertEquals(1, complaints.size(), complaints::toString);
        assertTrue(complaints.get(0).contains(words), complaints::toString);
    }

    // ---------------------------------------------------------------- idle

    private static List<String> idle(Departure departure, long openBefore, long leftOpen) {
        return new Idle.Outcome(departure, openBefore, 3_000, 0, leftOpen).complaints(Idle.Plan.USUAL);
    }

    @Test
    void idle_toldWithinASecond_goneBeforeThree_isGreen() {
        assertEquals(List.of(), idle(good(), CONNECTIONS, 0));
        Result result = new Idle.Outcome(good(), CONNECTIONS, 3_000, 0, 0).result(Idle.Plan.USUAL);
        assertTrue(result.sentences().endsWith("GREEN: everybody was told, and everybody left"), result::sentences);
        assertTrue(result.facts().toString().contains("\"toldP50Millis\":500,\"toldP99Millis\":990,\"toldWithinMillis\":1000"), result.facts()::toString);
    }

    @Test
    void idle_eachLimit_atItAndBeyond() {
        assertComplaint(idle(departure(toldUntil(1_001), goodReport()), CONNECTIONS, 0), "toldWithinMillis is 1001, above 1000");
        DrainReport slow = report(CONNECTIONS, CONNECTIONS, 0, 0, Duration.ofSeconds(3));
        assertComplaint(idle(departure(toldUntil(1_000), slow), CONNECTIONS, 0), "goneWithinMillis is 3000, not below 3000");
        assertComplaint(idle(good(), CONNECTIONS - 1, 0), "openBefore is 999, not 1000");
        assertComplaint(idle(good(), CONNECTIONS, 1), "leftOpen is 1, not 0");
    }

    @Test
    void departure_someNotToldOrForcedOrBrokenOrUnknown_isRed() {
        Moments tooFew = new Moments(LongStream.range(0, 999).map(i -> BEGAN + i).toArray());
        Departure missing = departure(tooFew, goodReport());
        assertComplaint(missing.complaints(), "told is 999, not 1000");
        assertEquals(-1, missing.toldWithinMillis(100));
        assertEquals(1, missing.toldWithinMillis(50));
        Duration duration = Duration.ofSeconds(1);
        assertComplaint(departure(toldUntil(1_000), report(CONNECTIONS, 999, 0, 0, duration)).complaints(), "told 999");
        assertComplaint(departure(toldUntil(1_000), report(CONNECTIONS + 1, CONNECTIONS, 0, 0, duration)).complaints(), "drained 1001");
        assertComplaint(departure(toldUntil(1_000), report(CONNECTIONS, CONNECTIONS, 1, 0, duration)).complaints(), "forced is 1");
        assertComplaint(departure(toldUntil(1_000), report(CONNECTIONS, CONNECTIONS, 0, 1, duration)).complaints(), "broken is 1");
        DrainReport odd = new DrainReport(CONNECTIONS, CONNECTIONS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, duration);
        assertComplaint(departure(toldUntil(1_000), odd).complaints(), "does not add up");
        assertComplaint(departure(toldUntil(998), goodReport()).complaints(), "set the clock");
    }

    @Test
    void drainReport_isReadBack() {
        DrainReport report = new DrainReport(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, Duration.ofNanos(13));
        assertEquals(report, ServerSide.parse(ServerSide.text(report)));
    }

    // ---------------------------------------------------------------- herd

    /** So many in each 100 ms. */
    private static Moments back(long... counts) {
        return new Moments(LongStream.range(0, counts.length)
                .flatMap(i -> LongStream.range(0, counts[(int) i]).map(j -> BEGAN + i * 100_000 + (i == 0 ? 0 : 50_000)))
                .toArray());
    }

    private static Herd.Outcome herd(Moments back, long ready) {
        return new Herd.Outcome(good(), 1_200, ready, back, 900, 5_000, 1, 2);
    }

    @Test
    void herd_fullestStretchUpToThreeTimesTheMean_isGreen() {
        Herd.Outcome even = herd(back(300, 100, 100, 100, 100, 100, 50, 50, 50, 50), CONNECTIONS);
        assertEquals(3.0, even.histogram().peak());
        assertEquals(List.of(), even.complaints(Herd.Plan.USUAL));
        Result result = even.result(Herd.Plan.USUAL);
        assertTrue(result.facts().toString().contains("\"windowMillis\":1000,\"maxPer100Millis\":300,\"meanPer100Millis\":100"), result.facts()::toString);
        Herd.Outcome spike = herd(back(301, 99, 100, 100, 100, 100, 50, 50, 50, 50), CONNECTIONS);
        assertComplaint(spike.complaints(Herd.Plan.USUAL), "maxPer100Millis is 301, above 3 times the mean of 100");
    }

    @Test
    void herd_oneLatecomer_makesTheMeanSmaller_andTheRestASpike() {
        long[] counts = new long[20];
        counts[0] = 300;
        counts[1] = 300;
        counts[2] = 399;
        assertEquals(List.of(), herd(back(334, 333, 333), CONNECTIONS).complaints(Herd.Plan.USUAL));
        counts[19] = 1;
        assertEquals(CONNECTIONS, Arrays.stream(counts).sum());
        assertComplaint(herd(back(counts), CONNECTIONS).complaints(Herd.Plan.USUAL), "maxPer100Millis is 399, above 3 times the mean of 50");
    }

    @Test
    void herd_someDoNotComeBack_isRed() {
        assertComplaint(herd(back(250, 250, 250, 250), 999).complaints(Herd.Plan.USUAL), "ready is 999, not 1000");
        List<String> nobody = herd(back(), 0).complaints(Herd.Plan.USUAL);
        assertEquals(List.of("ready is 0, not 1000", "connects is 0, less than 1000"), nobody);
        assertTrue(herd(back(), 0).result(Herd.Plan.USUAL).sentences().endsWith("RED: a herd it was"));
    }
}
