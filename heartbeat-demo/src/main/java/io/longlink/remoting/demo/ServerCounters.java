package io.longlink.remoting.demo;

import java.util.Arrays;

/**
 * What one life of a server counts, at one moment. Immutable.
 *
 * @param connected connections that are ready for traffic, as far as its listener heard
 * @param registered clients that it knows by their heartbeat
 * @param parked durable messages that wait for the next commit
 * @param refused two-way messages answered with GO_AWAY, by the library's gate or by the commit
 * @param requestsBeforeBeat messages on connections that no heartbeat had come on
 * @param droppedEvents connection events that its listener did not hear; says something only when it has ended
 * @param open connections that are open
 */
record ServerCounters(
        long connected, long registered, long parked, long refused, long requestsBeforeBeat, long droppedEvents, long open) {

    /** Before anything has happened. */
    static final ServerCounters NONE = new ServerCounters(0, 0, 0, 0, 0, 0, 0);

    /** What is left of them when the JVM is gone: it has no connections and knows nobody, but what happened has happened. */
    ServerCounters afterDeath() {
        return new ServerCounters(0, 0, 0, refused, requestsBeforeBeat, 0, 0);
    }

    /** All of them on a line that {@link #parse} reads. */
    String line() {
        return String.format("%d %d %d %d %d %d %d", connected, registered, parked, refused, requestsBeforeBeat, droppedEvents, open);
    }

    /** @throws IllegalArgumentException if that is no such line */
    static ServerCounters parse(String line) {
        long[] values = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        if (values.length != 7) {
            throw new IllegalArgumentException("not the counters of a server: " + line);
        }
        return new ServerCounters(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    }
}
