package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PingStrikesTest {
    private final PingStrikes strikes = new PingStrikes(8);

    /** A PING so long after the clock's nanoseconds were about to overflow. */
    private boolean pingAt(long nanos) {
        return strikes.onPing(Long.MAX_VALUE - 6 + nanos);
    }

    @Test
    void pings_asOftenAsAllowedWithinTheTolerance_areNeverTooMany() {
        for (int i = 0; i < 10; i++) {
            assertFalse(pingAt(6L * i));
        }
    }

    @Test
    void pings_tooSoonTwiceInARow_areTooMany() {
        assertFalse(pingAt(0));
        assertFalse(pingAt(5));
        assertTrue(pingAt(10));
    }

    @Test
    void ping_inTimeBetweenTwoThatAreNot_forgives() {
        assertFalse(pingAt(0));
        assertFalse(pingAt(5));
        assertFalse(pingAt(11));
        assertFalse(pingAt(16));
        assertTrue(pingAt(21));
    }
}
