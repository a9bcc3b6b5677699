package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PingStrikesTest {
    /** Shall be far from 0: a clock's zero means nothing. */
    private static final long NOW = Long.MAX_VALUE - 6;

    private final PingStrikes strikes = new PingStrikes(8);

    @Test
    void pings_asOftenAsAllowedWithinTheTolerance_areNeverTooMany() {
        for (int i = 0; i < 10; i++) {
            assertFalse(strikes.onPing(NOW + 6 * i));
        }
    }

    @Test
    void pings_tooSoonTwiceInARow_areTooMany() {
        assertFalse(strikes.onPing(NOW));
        assertFalse(strikes.onPing(NOW + 5));
        assertTrue(strikes.onPing(NOW + 10));
    }

    @Test
    void ping_inTimeBetweenTwoThatAreNot_forgives() {
        assertFalse(strikes.onPing(NOW));
        assertFalse(strikes.onPing(NOW + 5));
        assertFalse(strikes.onPing(NOW + 11));
        assertFalse(strikes.onPing(NOW + 16));
        assertTrue(strikes.onPing(NOW + 21));
    }
}
