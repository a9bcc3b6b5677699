package io.longlink.remoting.benchmarks;

/**
 * What one round measured on the client.
 *
 * @param calls calls that ended; one-ways that were taken
 * @param nanos in this time
 * @param p50Nanos the latency of timed calls; 0 for one-ways, as the other two
 * @param refusals one-ways that were not taken
 * @param used by the client's JVM
 */
record Sample(long calls, long nanos, long p50Nanos, long p99Nanos, long p999Nanos, long refusals, Usage used) {

    double callsPerSecond() {
        return calls * 1e9 / nanos;
    }

    /** As the two processes say it to each other. */
    String line() {
        return calls + " " + nanos + " " + p50Nanos + " " + p99Nanos + " " + p999Nanos + " " + refusals + " " + used.line();
    }

    static Sample parse(String line) {
        String[] words = line.split(" ", 7);
        return new Sample(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]),
                Usage.parse(words[6]));
    }
}
