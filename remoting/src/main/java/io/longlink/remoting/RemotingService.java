package io.longlink.remoting;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What a server and a client have in common: a start, an end, hooks and counters. Thread-safe. */
public interface RemotingService {

    /**
     * Starts the service: a server listens when this returns, a client may send.
     *
     * @throws IllegalStateException if it was started or shut down before
     */
    void start();

    /**
     * Shuts down gracefully within the configured {@code shutdownWaitTimeSeconds} and blocks until everything has ended.
     *
     * <p>May be called from any thread and more than once. Called from a thread that belongs to this library (an event loop, a
     * processor, a listener), it starts the shutdown and returns at once, since waiting there would be waiting for itself. An
     * interrupt ends the grace at once, not the shutdown: the rest is torn down, then the interrupt flag is set again.
     */
    void shutdown();

    /**
     * Starts a graceful shutdown that ends at the latest after {@code timeout}, plus at most 5 s of teardown.
     *
     * <p>Idempotent: a later call returns the same result and may pull the deadline forward, never back.
     *
     * @param timeout not negative; zero closes without waiting for anybody
     * @return completes with the report when connections, executors and event loops have ended; never fails
     */
    CompletableFuture<DrainReport> shutdownGracefully(Duration timeout);

    /** Whether a shutdown has begun. Never becomes false again. */
    boolean isShuttingDown();

    /** Adds a hook; it sees the calls that begin after this returns. A {@code null} is ignored, a hook added twice is called once. */
    void registerRPCHook(RPCHook rpcHook);

    /** Removes all hooks. */
    void clearRPCHook();

    /** A snapshot of all counters since the start. */
    RemotingStats stats();
}
