package io.longlink.remoting.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One contender under one load, once, in two JVMs that were started for it.
 *
 * @param number from 0
 * @param figures what was measured, times in nanoseconds; none if it failed
 * @param failure why there are no figures
 */
record Round(Load load, Contender contender, int number, Figures figures, @Nullable String failure) {

    double callsPerSecond() {
        return figures.get("calls") * 1e9 / figures.get("nanos");
    }

    double perCall(String figure) {
        return (double) figures.get(figure) / Math.max(1, figures.get("calls"));
    }

    double perConnection(String figure) {
        return (double) figures.get(figure) / load.connections();
    }

    /** Processor time of both sides. */
    double cpuNanosPerCall() {
        return perCall("clientCpuNanos") + perCall("serverCpuNanos");
    }

    double millis(String figure) {
        return figures.get(figure) / 1e6;
    }

    double micros(String figure) {
        return figures.get(figure) / 1e3;
    }
}
