package io.longlink.remoting.client;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When to try again (DESIGN 3.3.1, 3.3.3, 3.3.4). Pure but for the random numbers, which come from outside; belongs to the slot's event
 * loop. All times in nanoseconds.
 */
final class ReconnectBackoff {
    private static final long FIRST_CAP = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_CAP = TimeUnit.SECONDS.toNanos(5);
    private static final long STABLE = TimeUnit.SECONDS.toNanos(5);

    private final RandomGenerator random;
    private int failures;

    ReconnectBackoff(RandomGenerator random) {
        this.random = random;
    }

    /** After a connection was lost or an attempt failed: uniform(0, min(5 s, 100 ms * 2^n)), n from 0. */
    long next() {
        long cap = Math.min(LAST_CAP, FIRST_CAP << Math.min(failures, 16));
        failures++;
        return random.nextLong(cap + 1);
    }

    /** A connection ended that had been ready for this long; after 5 s the next delay is a first one again. */
    void wasReadyFor(long nanos) {
        if (nanos >= STABLE) {
            failures = 0;
        }
    }

    /** The first attempt after a GO_AWAY: soon if somebody waits, spread over two seconds if nobody does. */
    long replacement(boolean somebodyWaits) {
        return random.nextLong(somebodyWaits ? TimeUnit.MILLISECONDS.toNanos(100) : TimeUnit.SECONDS.toNanos(2));
    }

    /** Between attempts while an address that said GO_AWAY is expected back. */
    long whileGoneAway() {
        return random.nextLong(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(250) + 1);
    }
}
