package io.longlink.remoting;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What a server and a client have in common: a start, an end, hooks and counters. Thread-safe. */
public interface RemotingService {

    /**
     * Starts the service: a server listens when this returns, a client may send.
     *
     * @throws java.io.UncheckedIOException if a server cannot listen where it should, for example because the port is taken; it is shut down
     *     then, and another try needs another server
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
     * Starts a graceful shutdown. What has not ended by itself after {@code timeout} is ended: connections within 3 s more, in which what is
     * written still leaves and one-ways are still read, then threads within another 3 s.
     *
     * <p>Idempotent: a later call returns the same result and may pull the deadline forward, never back.
     *
     * @param timeout not negative; zero waits for no request to finish
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
