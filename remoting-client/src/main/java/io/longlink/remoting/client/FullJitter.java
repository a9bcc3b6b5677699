package io.longlink.remoting.client;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The delays of {@link ReconnectPolicy#fullJitter()}: uniform(0, min(5 s, 100 ms * 2^n)), n from 0, both ends included. */
final class FullJitter implements ReconnectPolicy.Schedule {
    private static final long FIRST_CAP = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_CAP = TimeUnit.SECONDS.toNanos(5);

    private final RandomGenerator random;
    private long cap = FIRST_CAP;

    FullJitter(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public long nextDelayNanos() {
        long delay = random.nextLong(cap + 1);
        cap = Math.min(LAST_CAP, 2 * cap);
        return delay;
    }
}
