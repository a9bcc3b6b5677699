package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GoAwayDelaysTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ExtremeRandom random = new ExtremeRandom();
    private final GoAwayDelays delays = new GoAwayDelays(random);

    @Test
    void replacement_isWithinAHundredMillisIfSomebodyWaits_elseWithinTwoSeconds() {
        assertEquals(0, delays.replacement(true));
        assertEquals(0, delays.replacement(false));
        assertEquals(List.of("0.." + (100 * MILLI - 1), "0.." + (2_000 * MILLI - 1)), random.asked);
    }

    @Test
    void again_isFromFiftyToTwoHundredFiftyMillisIfSomebodyWaits_elseFromOneToTwoSeconds() {
        assertEquals(50 * MILLI, delays.again(true));
        assertEquals(1_000 * MILLI, delays.again(false));
        random.highest = true;
        assertEquals(250 * MILLI, delays.again(true));
        assertEquals(2_000 * MILLI, delays.again(false));
    }
}
