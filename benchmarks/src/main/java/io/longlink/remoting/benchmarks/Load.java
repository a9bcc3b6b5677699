package io.longlink.remoting.benchmarks;

import java.util.Locale;

/**
 * One kind of load.
 *
 * @param shape how calls are made
 * @param callers calls in flight, or threads that block
 * @param active connections that calls are spread over
 * @param connections that are open, each to an address of its own
 * @param bodyBytes of every call and answer
 */
record Load(Shape shape, int callers, int active, int connections, int bodyBytes) {

    enum Shape {
        /** One thread makes all calls and never waits for one of them. */
        ASYNC,
        /** Each thread calls and blocks. */
        SYNC,
        /** Each thread sends one-ways, with a call behind every batch, and few such calls may be unanswered: nobody outruns the wire. */
        ONEWAY,
        /** Each thread sends one-ways without ever waiting, faster than the wire takes them; what is refused is tried again. */
        FLOOD,
        /** Connections are opened by a call on each, weighed while nothing happens, and closed by the client. */
        IDLE
    }

    /** {@code shape:callers:connections:bytes}, as {@code async:256:1:128}, or {@code async:256:100/10000:128} if only some are used. */
    static Load parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("a load is shape:callers:connections:bytes, as async:256:1:128, not '" + text + "'");
        }
        String[] connections = parts[2].split("/", -1);
        return new Load(
                Shape.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(parts[1]),
                Integer.parseInt(connections[0]),
                Integer.parseInt(connections[connections.length - 1]),
                Integer.parseInt(parts[3]));
    }

    @Override
    public String toString() {
        return shape.name().toLowerCase(Locale.ROOT) + ":" + callers + ":" + (active == connections ? "" : active + "/") + connections + ":"
                + bodyBytes;
    }

    /** For people. */
    String inWords() {
        String open = count(connections, "connection");
        if (shape == Shape.IDLE) {
            return open + ", idle";
        }
        String how =
                switch (shape) {
                    case ASYNC -> "async, " + callers + " in flight";
                    case SYNC -> "sync, " + count(callers, "caller");
                    case FLOOD -> "one-way without restraint, " + count(callers, "sender");
                    default -> "one-way, " + count(callers, "sender");
                };
        return how + ", " + (active == connections ? open : active + " of " + open) + ", " + bytesInWords(bodyBytes);
    }

    private static String count(int number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static String bytesInWords(int bytes) {
        if (bytes > 0 && bytes % (1024 * 1024) == 0) {
            return bytes / (1024 * 1024) + " MiB";
        }
        return bytes > 0 && bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B";
    }

    /** Every connection has an address of its own, for clients keep one connection to an address; all of them are this machine. */
    static String address(int connection, int port) {
        return "127.0." + connection / 250 + "." + (1 + connection % 250) + ":" + port;
    }
}
