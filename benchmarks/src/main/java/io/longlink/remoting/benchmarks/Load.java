package io.longlink.remoting.benchmarks;

import java.util.Locale;

/**
 * One kind of load.
 *
 * @param shape how calls are made
 * @param callers calls in flight, or threads that block
 * @param connections to as many addresses; callers are spread over them
 * @param bodyBytes of every call and answer
 */
record Load(Shape shape, int callers, int connections, int bodyBytes) {

    enum Shape {
        /** One thread makes all calls and never waits for one of them. */
        ASYNC,
        /** Each thread calls and blocks. */
        SYNC,
        /** Each thread sends without waiting; what is refused is tried again. */
        ONEWAY
    }

    /** {@code shape:callers:connections:bytes}, as {@code async:256:1:128}. */
    static Load parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("a load is shape:callers:connections:bytes, as async:256:1:128, not '" + text + "'");
        }
        return new Load(
                Shape.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]));
    }

    @Override
    public String toString() {
        return shape.name().toLowerCase(Locale.ROOT) + ":" + callers + ":" + connections + ":" + bodyBytes;
    }

    /** Every connection has an address of its own, for clients keep one connection to an address; all of them are this machine. */
    String address(int connection, int port) {
        return "127.0." + connection / 250 + "." + (1 + connection % 250) + ":" + port;
    }
}
