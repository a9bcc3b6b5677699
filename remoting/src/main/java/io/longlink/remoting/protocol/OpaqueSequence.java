package io.longlink.remoting.protocol;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process's correlation numbers: from 0, by one, wrapping; every int is legal (PROTOCOL section 2). The only static state.
 */
final class OpaqueSequence {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private OpaqueSequence() {}

    /** Draws a number. Thread-safe. */
    static int next() {
        return NEXT.getAndIncrement();
    }
}
