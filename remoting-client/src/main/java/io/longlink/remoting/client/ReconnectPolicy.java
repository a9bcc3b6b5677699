package io.longlink.remoting.client;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before each attempt to reconnect to an address that is dead, and when to give up (DESIGN 3.3.4). Only for addresses that
 * are wanted: in the name-server list, or used in the last 60 s. An address that said GO_AWAY does not ask: it is expected back and is tried
 * until the hold is over, every 50 to 250 ms if a call waits or there is a session to restore, else every 1 to 2 s. Thread-safe.
 *
 * <p>Giving up forgets the address: its state goes from BACKOFF or CONNECTING to IDLE, and the {@code ChannelEventListener} hears one
 * EXCEPTION without a channel, behind that of the last failed attempt. The next call connects at once and waits for that attempt, as if the
 * address were new, and begins a new schedule; a call is never turned away because of a policy.
 */
@FunctionalInterface
public interface ReconnectPolicy {

    /**
     * The delays of one address: asked once after each loss and each failed attempt, until a connection was READY for 5 s; then the next loss
     * begins a new one. Belongs to one event loop, on which it is called: it must not block. One that throws has given up.
     */
    @FunctionalInterface
    interface Schedule {
        /** Returned instead of a delay: try no more until somebody calls the address. */
        long GIVE_UP = -1;

        /** The wait before the next attempt in nanoseconds, 0 or more; {@link #GIVE_UP}, or anything else below 0, ends it. */
        long nextDelayNanos();
    }

    /** A schedule that begins anew. Called on event loops. */
    Schedule newSchedule(RandomGenerator random);

    /**
     * The default: full jitter, uniform(0, min(5 s, 100 ms * 2^n)) with n from 0, for ever. Spreads the clients of a server that comes
     * back.
     */
    static ReconnectPolicy fullJitter() {
        return FullJitter::new;
    }

    /**
     * The watchdog of the articles this project grew from: 12 attempts, 2 &lt;&lt; n milliseconds before attempt n from 1 to 12 (4 ms to
     * 8,192 ms, 16,380 ms in all), then it gives up.
     */
    static ReconnectPolicy watchdog() {
        return random -> new Watchdog();
    }

    /** No attempt without a call. */
    static ReconnectPolicy never() {
        return random -> () -> Schedule.GIVE_UP;
    }
}
