package io.longlink.remoting.demo.crowd;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Writes down when something happened, again and again. Thread-safe. */
final class Recording {
    private long[] micros = new long[1_024];
    private int count;

    /** It happened now. */
    void add() {
        add(1, Moments.nowMicros());
    }

    /** It happened so many times at that moment, as far as can be seen; a number below 1 means that it did not. */
    synchronized void add(long times, long atMicros) {
        for (long i = 0; i < times; i++) {
            if (count == micros.length) {
                micros = Arrays.copyOf(micros, 2 * count);
            }
            micros[count++] = atMicros;
        }
        notifyAll();
    }

    synchronized int count() {
        return count;
    }

    /** Waits until it has happened so many times, or for so long; says how often it has. */
    synchronized int await(int times, long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (count < times) {
            long left = endNanos - System.nanoTime();
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return count;
    }

    synchronized Moments moments() {
        return new Moments(Arrays.copyOf(micros, count));
    }
}
