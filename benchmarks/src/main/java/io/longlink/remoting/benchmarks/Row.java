package io.longlink.remoting.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the rounds of a contender under a load say together.
 *
 * @param rounds at least one
 */
record Row(Load load, Contender contender, List<Round> rounds) {

    double median(ToDoubleFunction<Round> figure) {
        double[] values = sorted(figure);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    double lowest(ToDoubleFunction<Round> figure) {
        return sorted(figure)[0];
    }

    double highest(ToDoubleFunction<Round> figure) {
        double[] values = sorted(figure);
        return values[values.length - 1];
    }

    private double[] sorted(ToDoubleFunction<Round> figure) {
        return rounds.stream().mapToDouble(figure).sorted().toArray();
    }

    /** Per second. */
    double speed() {
        return median(Round::callsPerSecond);
    }
}
