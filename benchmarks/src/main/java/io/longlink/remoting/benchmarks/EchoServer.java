package io.longlink.remoting.benchmarks;

/** A contender's server: answers every call with the call's body. */
interface EchoServer extends AutoCloseable {

    /** The port it listens on, on all interfaces. */
    int port();

    @Override
    void close();
}
