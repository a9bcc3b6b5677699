package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One life of one server, from its start to its end; its replacement on the same port is another one. In this JVM it is a
 * {@link DemoServer}, in a JVM of its own a {@link RemoteServer}. Thread-safe.
 */
interface ServerLife extends AutoCloseable {

    /** Which of the servers, from 1. */
    int number();

    /** How often this one has been started, this time included. */
    int life();

    /** The port it listens on or has listened on; before it has started, the one it is to listen on, 0 for any. */
    int port();

    /** How clients call it. */
    default String address() {
        return "127.0.0.1:" + port();
    }

    /**
     * Starts to listen; blocks until it does.
     *
     * @throws UncheckedIOException if the port is taken; this life is over then
     */
    void start();

    /**
     * Begins to leave: tells its clients to go away, refuses what has not begun, finishes the rest.
     *
     * @return completes when it has ended; its port is free by then, and its counters do not change any more
     */
    CompletableFuture<DrainReport> drain(Duration timeout);

    /** What it counts; after its end, what it counted last. */
    ServerCounters counters();

    /** Ends it at once, whatever it is doing; nothing of it runs any more when this returns. Without effect after its end. */
    @Override
    void close();
}
