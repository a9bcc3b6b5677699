package io.longlink.remoting.internal;

/**
 * When a connection is asked whether it lives, and when it has lived long enough (DESIGN 4). All in milliseconds; 0 means never.
 *
 * @param pingIntervalMillis how long may pass without a read, or without a write, before a HELLO peer gets a PING
 * @param writerIdleMillis the same for writes only
 * @param allIdleMillis the same for neither reads nor writes
 * @param readerIdleMillis how long may pass without a read before the connection is closed, whoever the peer is
 * @param stockIdleMillis how long may pass without a read and a write, with nothing in flight, before a stock peer's connection is closed
 * @param closeOnTimeout whether a request of the user's that times out closes the connection, as RocketMQ does
 * @param maxConnectionIdleMillis how long may pass without a request of anybody's before the peer is told to go away
 * @param maxConnectionAgeMillis how old a connection gets before the peer is told to go away, give or take a tenth
 * @param quietMillis how long a stock peer that is to go away must be quiet before its connection is closed
 */
public record LivenessSettings(
        long pingIntervalMillis,
        long writerIdleMillis,
        long allIdleMillis,
        long readerIdleMillis,
        long stockIdleMillis,
        boolean closeOnTimeout,
        long maxConnectionIdleMillis,
        long maxConnectionAgeMillis,
        long quietMillis) {

    /** Nothing is ever due. */
    public static final LivenessSettings OFF = new LivenessSettings(0, 0, 0, 0, 0, false, 0, 0, 1_000);

    /** What a client sets. */
    public static LivenessSettings ofClient(
            long pingIntervalMillis, long writerIdleMillis, long allIdleMillis, long readerIdleMillis, boolean closeOnTimeout) {
        return new LivenessSettings(
                pingIntervalMillis, writerIdleMillis, allIdleMillis, readerIdleMillis, 0, closeOnTimeout, 0, 0, OFF.quietMillis);
    }

    /** What a server sets, besides what it tells in its {@link HelloAnswer}. */
    public static LivenessSettings ofServer(
            long readerIdleMillis, long stockIdleMillis, long maxConnectionIdleMillis, long maxConnectionAgeMillis, long quietMillis) {
        return new LivenessSettings(
                0, 0, 0, readerIdleMillis, stockIdleMillis, false, maxConnectionIdleMillis, maxConnectionAgeMillis, quietMillis);
    }
}
