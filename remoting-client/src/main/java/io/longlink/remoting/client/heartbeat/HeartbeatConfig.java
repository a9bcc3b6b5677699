package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.ChannelEventListener;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.commons.lang3.Validate;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link HeartbeatService}. Setters check their range and return {@code this}; the service takes what it finds when it is
 * constructed, so later changes do not reach it. Not thread-safe.
 */
public final class HeartbeatConfig {
    private static final ChannelEventListener NOBODY = new ChannelEventListener() {};

    private long intervalMillis = 30_000;
    private long timeoutMillis = 3_000;
    private Rebalancer rebalancer = () -> {};
    private Executor rebalanceExecutor = Runnable::run;
    private ChannelEventListener listener = NOBODY;

    /** Milliseconds from one beat to every broker to the next; default 30,000. Brokers forget a client after 120 s. */
    public HeartbeatConfig setIntervalMillis(long millis) {
        Validate.isTrue(millis > 0, "intervalMillis must be above 0: %d", millis);
        this.intervalMillis = millis;
        return this;
    }

    /** Milliseconds that one beat may take; default 3,000. */
    public HeartbeatConfig setTimeoutMillis(long millis) {
        Validate.isTrue(millis > 0, "timeoutMillis must be above 0: %d", millis);
        this.timeoutMillis = millis;
        return this;
    }

    /**
     * What to do when a broker has heard of us on a new connection; default nothing.
     *
     * @param executor runs it; a slow rebalancer should not find itself on the heartbeat thread
     */
    public HeartbeatConfig setRebalancer(Rebalancer rebalancer, Executor executor) {
        this.rebalancer = Objects.requireNonNull(rebalancer, "rebalancer");
        this.rebalanceExecutor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /** Hears every event of the client behind the service, which takes the client's only place for a listener; {@code null} for nobody. */
    public HeartbeatConfig setListener(@Nullable ChannelEventListener listener) {
        this.listener = listener == null ? NOBODY : listener;
        return this;
    }

    /** What it is now, so that later changes do not matter. */
    HeartbeatConfig copy() {
        HeartbeatConfig copy = new HeartbeatConfig();
        copy.intervalMillis = intervalMillis;
        copy.timeoutMillis = timeoutMillis;
        copy.rebalancer = rebalancer;
        copy.rebalanceExecutor = rebalanceExecutor;
        copy.listener = listener;
        return copy;
    }

    long intervalMillis() {
        return intervalMillis;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    Rebalancer rebalancer() {
        return rebalancer;
    }

    Executor rebalanceExecutor() {
        return rebalanceExecutor;
    }

    ChannelEventListener listener() {
        return listener;
    }
}
