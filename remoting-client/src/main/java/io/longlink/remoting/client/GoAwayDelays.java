package io.longlink.remoting.client;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When to connect to an address that said GO_AWAY and is expected back (DESIGN 3.3.1, 3.3.3). A dead address has a
 * {@link ReconnectPolicy} instead. Pure but for the random numbers, which come from outside; belongs to the slot's event loop. All times
 * in nanoseconds.
 */
final class GoAwayDelays {
    private final RandomGenerator random;

    GoAwayDelays(RandomGenerator random) {
        this.random = random;
    }

    /** The first attempt: soon if somebody waits, spread over two seconds if nobody does. */
    long replacement(boolean somebodyWaits) {
        return random.nextLong(somebodyWaits ? TimeUnit.MILLISECONDS.toNanos(100) : TimeUnit.SECONDS.toNanos(2));
    }

    /**
     * Each further attempt. Idle clients are many, and what they all do every few milliseconds is a flood for the server that starts: the
     * bounds are such that nobody who waits waits long, and that those who do not come back evenly.
     */
    long again(boolean somebodyWaits) {
        return somebodyWaits ? between(50, 250) : between(1_000, 2_000);
    }

    private long between(long leastMillis, long mostMillis) {
        return random.nextLong(TimeUnit.MILLISECONDS.toNanos(leastMillis), TimeUnit.MILLISECONDS.toNanos(mostMillis) + 1);
    }
}
