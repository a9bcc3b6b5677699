package io.longlink.remoting.benchmarks;

import java.util.concurrent.atomic.LongAdder;

/**
 * A contender's server: answers every call with the call's body.
 *
 * @param port it listens on, on all interfaces
 * @param onewaysReceived those that were handled so far
 */
record EchoServer(int port, LongAdder onewaysReceived) {}
