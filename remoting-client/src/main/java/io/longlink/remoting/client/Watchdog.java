package io.longlink.remoting.client;

import java.util.concurrent.TimeUnit;

/** The delays of {@link ReconnectPolicy#watchdog()}: 2 &lt;&lt; n milliseconds, n from 1 to 12. */
final class Watchdog implements ReconnectPolicy.Schedule {
    private static final int ATTEMPTS = 12;

    private int attempts;

    @Override
    public long nextDelayNanos() {
        if (attempts == ATTEMPTS) {
            return GIVE_UP;
        }
        attempts++;
        return TimeUnit.MILLISECONDS.toNanos(2L << attempts);
    }
}
