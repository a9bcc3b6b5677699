package io.longlink.remoting.demo.crowd;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * When something happened to each of many: microseconds since 1970, in order, because the clock of the wall is the one that the JVMs of one
 * machine share. A machine that sets its clock during a run spoils the run. Immutable.
 */
final class Moments {
    private final long[] sorted;

    /** In any order. */
    Moments(long... micros) {
        sorted = micros.clone();
        Arrays.sort(sorted);
    }

    /** Now. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Reads what {@link #text()} wrote. */
    static Moments parse(String text) {
        String[] words = text.isBlank() ? new String[0] : text.trim().split(" ", -1);
        long[] micros = new long[words.length];
        long last = 0;
        for (int i = 0; i < words.length; i++) {
            last += Long.parseLong(words[i]);
            micros[i] = last;
        }
        return new Moments(micros);
    }

    /** Each as its distance from the one before, with spaces between. */
    String text() {
        StringJoiner text = new StringJoiner(" ");
        long last = 0;
        for (long micros : sorted) {
            text.add(Long.toString(micros - last));
            last = micros;
        }
        return text.toString();
    }

    int count() {
        return sorted.length;
    }

    /** @throws IllegalStateException if nothing happened */
    long first() {
        return percentile(0);
    }

    /** @throws IllegalStateException if nothing happened */
    long last() {
        return percentile(100);
    }

    /**
     * The moment by which at least so many percent had happened.
     *
     * @throws IllegalStateException if nothing happened
     */
    long percentile(double percent) {
        if (sorted.length == 0) {
            throw new IllegalStateException("nothing happened");
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }

    /** How many happened in each stretch of so many milliseconds, from the first to the last of all; the first stretch begins with the first. */
    Histogram histogram(int widthMillis) {
        long widthMicros = widthMillis * 1_000L;
        int buckets = sorted.length == 0 ? 0 : (int) ((last() - first()) / widthMicros) + 1;
        long[] counts = new long[buckets];
        for (long micros : sorted) {
            counts[(int) ((micros - first()) / widthMicros)]++;
        }
        return new Histogram(widthMillis, counts);
    }
}
