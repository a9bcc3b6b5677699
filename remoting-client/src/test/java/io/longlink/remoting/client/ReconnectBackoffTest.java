package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReconnectBackoffTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Notes the range it is asked for and answers its lowest or highest value. */
    private static final class Extreme implements RandomGenerator {
        final List<String> asked = new ArrayList<>();
        boolean highest;

        @Override
        public long nextLong() {
            throw new AssertionError("a number without bounds");
        }

        @Override
        public long nextLong(long bound) {
            return nextLong(0, bound);
        }

        @Override
        public long nextLong(long origin, long bound) {
            asked.add(origin + ".." + (bound - 1));
            return highest ? bound - 1 : origin;
        }
    }

    private final Extreme random = new Extreme();
    private final ReconnectBackoff backoff = new ReconnectBackoff(random);

    @Test
    void next_doublesFromAHundredMillisToFiveSeconds_inclusive() {
        random.highest = true;
        for (long millis : new long[] {100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000}) {
            assertEquals(millis * MILLI, backoff.next());
        }
        random.highest = false;
        assertEquals(0, backoff.next());
    }

    @Test
    void next_afterVeryManyFailures_staysAtFiveSeconds() {
        random.highest = true;
        for (int i = 0; i < 1_000; i++) {
            backoff.next();
        }
        assertEquals(5_000 * MILLI, backoff.next());
    }

    @Test
    void ready_forFiveSeconds_startsAnew_notForLess() {
        random.highest = true;
        backoff.next();
        backoff.next();
        backoff.wasReadyFor(5_000 * MILLI - 1);
        assertEquals(400 * MILLI, backoff.next());
        backoff.wasReadyFor(5_000 * MILLI);
        assertEquals(100 * MILLI, backoff.next());
    }

    @Test
    void replacement_isWithinAHundredMillisIfSomebodyWaits_elseWithinTwoSeconds() {
        assertEquals(0, backoff.replacement(true));
        assertEquals(0, backoff.replacement(false));
        assertEquals(List.of("0.." + (100 * MILLI - 1), "0.." + (2_000 * MILLI - 1)), random.asked);
    }

    @Test
    void whileGoneAway_isFromFiftyToTwoHundredFiftyMillis() {
        assertEquals(50 * MILLI, backoff.whileGoneAway());
        random.highest = true;
        assertEquals(250 * MILLI, backoff.whileGoneAway());
    }
}
