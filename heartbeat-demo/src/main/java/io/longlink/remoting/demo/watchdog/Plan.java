package io.longlink.remoting.demo.watchdog;

import io.longlink.remoting.client.ReconnectPolicy;
import java.util.stream.LongStream;

/**
 * What is to happen, and how exactly.
 *
 * @param idleMillis how long nothing is asked of the connection
 * @param writerIdleMillis after how long without a write the client sends a PING
 * @param allIdleMillis after how long without a read and a write it does
 * @param readerIdleMillis for how long a client may be silent
 * @param policy when the client tries to connect again
 * @param attempts how often it does before it gives up
 * @param toleranceMillis how late anything may come, besides a twentieth of the time it takes; a tenth of it may seem to be missing,
 *     because whoever wrote down the beginning may have been late
 */
record Plan(
        long idleMillis,
        long writerIdleMillis,
        long allIdleMillis,
        long readerIdleMillis,
        ReconnectPolicy policy,
        int attempts,
        long toleranceMillis) {

    /** The articles have 3 s, 5 s and 10 s: these are a tenth. The twelve attempts take the 16.4 s that they take there. */
    static final Plan USUAL = new Plan(2_000, 300, 500, 1_000, ReconnectPolicy.watchdog(), 12, 200);

    /** 2 &lt;&lt; n milliseconds before attempt n. */
    long[] plannedMillis() {
        return LongStream.rangeClosed(1, attempts).map(n -> 2L << n).toArray();
    }

    boolean isTooEarly(long actualMillis, long plannedMillis) {
        return actualMillis < plannedMillis - toleranceMillis / 10;
    }

    boolean isTooLate(long actualMillis, long plannedMillis) {
        return actualMillis > plannedMillis + plannedMillis / 20 + toleranceMillis;
    }
}
