package io.longlink.remoting.demo.crowd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What follows from times, without any time. */
class MomentsTest {

    @Test
    void percentile_isTheFirstMomentByWhichSoManyHadHappened() {
        Moments moments = new Moments(LongStream.rangeClosed(1, 200).map(i -> 201 - i).toArray());
        assertEquals(1, moments.first());
        assertEquals(100, moments.percentile(50));
        assertEquals(101, moments.percentile(50.1));
        assertEquals(198, moments.percentile(99));
        assertEquals(200, moments.percentile(100));
        assertEquals(200, moments.last());
    }

    @Test
    void nothing_hasNoPercentileAndNoHistogram() {
        Moments nothing = Moments.parse("");
        assertEquals(0, nothing.count());
        assertThrows(IllegalStateException.class, () -> nothing.percentile(50));
        Histogram empty = nothing.histogram(100);
        assertEquals(0, empty.counts().length);
        assertEquals(0, empty.max());
        assertEquals(0.0, empty.peak());
        assertEquals("", empty.chart());
    }

    @Test
    void text_isReadBack() {
        Moments moments = new Moments(1_700_000_000_000_000L, 1_700_000_000_000_005L, 1_700_000_000_000_005L);
        assertEquals("1700000000000000 5 0", moments.text());
        assertEquals(moments.text(), Moments.parse(moments.text()).text());
    }

    @Test
    void histogram_beginsWithTheFirst_andEndsWithTheLast_emptyStretchesBetweenCount() {
        Moments moments = new Moments(50_000, 149_999, 150_000, 449_999);
        Histogram histogram = moments.histogram(100);
        assertArrayEquals(new long[] {2, 1, 0, 1}, histogram.counts());
        assertEquals(1.0, histogram.mean());
        assertEquals(2.0, histogram.peak());
        assertArrayEquals(new long[] {2, 1, 0, 0, 1}, new Moments(50_000, 149_999, 150_000, 450_000).histogram(100).counts());
        assertArrayEquals(new long[] {1}, new Moments(7).histogram(100).counts());
    }

    @Test
    void chart_isALineForEachStretch_theFullestHasTheLongestBar_evenOneShows() {
        String bar = "#".repeat(60);
        String[] lines = new Histogram(100, 600, 0, 1).chart().lines().toArray(String[]::new);
        assertEquals("     0 ms |" + bar + " 600", lines[0]);
        assertEquals("   100 ms |" + " ".repeat(60) + " 0", lines[1]);
        assertEquals("   200 ms |#" + " ".repeat(59) + " 1", lines[2]);
        assertEquals(3, lines.length);
    }

    @Test
    void recording_keepsWhatItWasTold_howeverMuch() throws InterruptedException {
        Recording recording = new Recording();
        recording.add(3_000, 17);
        recording.add(0, 18);
        recording.add(-5, 18);
        recording.add(1, 16);
        assertEquals(3_001, recording.await(3_001, 0));
        assertEquals(3_001, recording.await(3_002, 1));
        assertEquals(16, recording.moments().first());
        assertEquals(17, recording.moments().last());
    }
}
