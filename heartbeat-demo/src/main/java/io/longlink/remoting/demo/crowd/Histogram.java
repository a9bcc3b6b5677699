package io.longlink.remoting.demo.crowd;

import java.util.Arrays;

/** How many of something came in each of several stretches of time of the same width. Immutable. */
final class Histogram {
    private static final int BAR_CHARACTERS = 60;

    private final int widthMillis;
    private final long[] counts;

    Histogram(int widthMillis, long... counts) {
        this.widthMillis = widthMillis;
        this.counts = counts.clone();
    }

    /** The stretches, in their order. */
    long[] counts() {
        return counts.clone();
    }

    /** The fullest stretch; 0 if there is none. */
    long max() {
        return Arrays.stream(counts).max().orElse(0);
    }

    /** Over all stretches, empty ones included; 0 if there is none. */
    double mean() {
        return Arrays.stream(counts).average().orElse(0);
    }

    /** How often the fullest stretch holds the mean; 0 if there is none. */
    double peak() {
        return counts.length == 0 ? 0 : max() / mean();
    }

    /** A line for each stretch: when it began, a bar, its number. */
    String chart() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            int length = (int) Math.ceil((double) counts[i] * BAR_CHARACTERS / max());
            text.append(String.format("%6d ms |%-" + BAR_CHARACTERS + "s %d%n", i * widthMillis, "#".repeat(length), counts[i]));
        }
        return text.toString().stripTrailing();
    }
}
