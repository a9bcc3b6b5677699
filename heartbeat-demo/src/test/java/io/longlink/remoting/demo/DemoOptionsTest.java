package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {

    private static DemoOptions options(int durationMillis, int rate, int servers, int gapMillis) {
        return options(Duration.ofMillis(durationMillis), rate, servers, 5, Duration.ofMillis(gapMillis));
    }

    private static DemoOptions options(Duration duration, int rate, int servers, int clients, Duration gap) {
        return new DemoOptions(duration, rate, servers, clients, gap, Duration.ofSeconds(5), false, Profile.ROLLING);
    }

    private static DemoOptions single(int durationMillis, int gapMillis) {
        Duration gap = Duration.ofMillis(gapMillis);
        return new DemoOptions(Duration.ofMillis(durationMillis), 1_000, 1, 2, gap, Duration.ofSeconds(9), false, Profile.SINGLE);
    }

    @Test
    void single_defaults_goesAwayThreeTimesAndCommitsOften() {
        DemoOptions options = single(12_000, 2_000);
        assertEquals(3, options.restarts());
        assertEquals(2 * (1 + 3), options.rebalances());
        assertEquals(Duration.ofMillis(20), options.commitInterval());
        assertEquals(3, options.expectedGroup());
        assertEquals(Duration.ofMillis(2_300), options.longestWait());
    }

    @Test
    void single_longerGap_goesAwayAsOftenAsThereIsTimeFor() {
        assertEquals(3, single(8_500, 2_000).restarts());
        assertEquals(2, single(8_499, 2_000).restarts());
        assertEquals(1, single(5_999, 2_000).restarts());
        assertThrows(IllegalArgumentException.class, () -> single(3_499, 2_000));
    }

    @Test
    void restarts_defaults_fitIntoTheDurationWithTimeAroundThem() {
        DemoOptions options = options(13_000, 2_000, 3, 1_000);
        assertEquals(26_000, options.messages());
        Duration lastEnds = options.firstRestart()
                .plus(options.restartInterval().multipliedBy(2))
                .plus(options.gap())
                .plus(Profile.ROLLING.recovery());
        assertTrue(options.firstRestart().toMillis() > 1_500, options.firstRestart()::toString);
        assertTrue(lastEnds.compareTo(Duration.ofSeconds(12)) < 0, lastEnds::toString);
    }

    @Test
    void duration_oneMillisecondTooShort_isRefused() {
        assertEquals(Duration.ofMillis(500), options(2_400, 100, 2, 200).firstRestart());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> options(2_399, 100, 2, 200));
        assertTrue(e.getMessage().contains("2400ms"), e::getMessage);
    }

    @Test
    void commitInterval_anyRate_gathersAGroupWithinBounds() {
        assertEquals(Duration.ofMillis(100), options(14_000, 2_000, 3, 0).commitInterval());
        assertEquals(10, options(14_000, 2_000, 3, 0).expectedGroup());
        assertEquals(Duration.ofMillis(100), options(14_000, 5_000, 3, 0).commitInterval());
        assertEquals(25, options(14_000, 5_000, 3, 0).expectedGroup());
        assertEquals(Duration.ofSeconds(1), options(14_000, 100, 3, 0).commitInterval());
        assertEquals(5, options(14_000, 100, 3, 0).expectedGroup());
        assertEquals(0, options(14_000, 1, 3, 0).expectedGroup());
    }

    @Test
    void waitingRequests_longGapAtAHighRate_haveRoomForAllThatComes() {
        assertEquals(4_096, options(14_000, 2_000, 3, 1_000).waitingRequests());
        int all = options(Duration.ofSeconds(14), 5_000, 1, 1, Duration.ofSeconds(3)).waitingRequests();
        assertEquals(60_000, all);
    }

    @Test
    void messages_tooManyToJoin_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> options(51_000, 1_000_000, 3, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> options(Duration.ofHours(999_999_999), 1, 1, 1, Duration.ZERO));
    }
}
