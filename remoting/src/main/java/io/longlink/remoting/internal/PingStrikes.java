package io.longlink.remoting.internal;

/**
 * Counts the PINGs of one peer that come too soon after the one before (DESIGN 3.2): two in a row are too many. Pure; event loop only.
 *
 * <p>A PING is too soon when less than three quarters of the interval that was told have passed: the network may hold one PING up longer
 * than the next, and whoever keeps to the interval exactly must never be told off.
 */
final class PingStrikes {
    private static final int TOO_MANY = 2;

    private final long soonestNanos;
    private boolean any;
    private long lastNanos;
    private int strikes;

    PingStrikes(long minPingIntervalNanos) {
        this.soonestNanos = minPingIntervalNanos / 4 * 3;
    }

    /** A PING has come; whether it is one too many. */
    boolean onPing(long nowNanos) {
        strikes = any && nowNanos - lastNanos < soonestNanos ? strikes + 1 : 0;
        any = true;
        lastNanos = nowNanos;
        return strikes >= TOO_MANY;
    }
}
