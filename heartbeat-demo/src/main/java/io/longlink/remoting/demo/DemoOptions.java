package io.longlink.remoting.demo;

import java.time.Duration;

/**
 * One run, as the command line asked for it. Immutable.
 *
 * @param duration how long messages are sent
 * @param rate messages per second, all clients together
 * @param servers how many servers, each of which is replaced once
 * @param clients how many clients, each of which sends to every server
 * @param gap how long a server is away between its end and its next start
 * @param deadline how long a call may take, whatever happens
 */
record DemoOptions(
        Duration duration,
        int rate,
        int servers,
        int clients,
        Duration gap,
        Duration deadline) {

    /** Messages go for this long before the first restart and after the last one. */
    static final Duration MARGIN = Duration.ofMillis(500);

    /** What a restart takes beside its gap: choosing the moment, draining, binding again, and the clients' way back. */
    static final Duration RESTART = Duration.ofMillis(500);

    /** The verdict joins by id in memory, some ten bytes for each. */
    private static final long MAX_MESSAGES = 50_000_000;

    /**
     * Checks what needs one option or several.
     *
     * @throws IllegalArgumentException in words for the command line
     */
    DemoOptions {
        between("--rate", rate, 1, 1_000_000);
        between("--servers", servers, 1, 100);
        between("--clients", clients, 1, 1_000);
        if (deadline.isZero()) {
            throw new IllegalArgumentException("--deadline must be above 0");
        }
        Duration shortest = gap.plus(RESTART).multipliedBy(servers).plus(MARGIN.multipliedBy(2));
        if (duration.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(String.format(
                    "--duration %s is too short to restart %d servers with a gap of %s: %s or more",
                    DurationText.of(duration), servers, DurationText.of(gap), DurationText.of(shortest)));
        }
        if (duration.compareTo(Duration.ofDays(365)) > 0 || rate * (duration.toMillis() / 1_000.0) > MAX_MESSAGES) {
            throw new IllegalArgumentException("--rate times --duration must not be above " + MAX_MESSAGES + " messages");
        }
        if (deadline.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("--deadline must not be above a year");
        }
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ": " + value);
        }
    }

    /** What {@code --deadline} is unless it is given: long enough to sit out a restart. */
    static Duration defaultDeadline(Duration gap) {
        Duration enough = gap.plusSeconds(3);
        Duration least = Duration.ofSeconds(5);
        return enough.compareTo(least) > 0 ? enough : least;
    }

    /** How many messages a run sends when nothing is in its way. */
    int messages() {
        return (int) (duration.toMillis() * rate / 1_000);
    }

    /** From the start of one restart to the start of the next one. */
    Duration restartInterval() {
        return duration.minus(MARGIN.multipliedBy(2)).dividedBy(servers);
    }

    /** From the first message to the start of the first restart: half of the time that restarts leave over. */
    Duration firstRestart() {
        return MARGIN.plus(restartInterval().minus(gap).minus(RESTART).dividedBy(2));
    }

    /** How often servers commit their durable messages: so that ten of them make a group, if that takes from 100 ms to 1 s. */
    Duration commitInterval() {
        double durablePerServer = rate * Workload.DURABLE_SHARE / servers;
        return Duration.ofMillis((long) Math.min(1_000, Math.max(100, 10 * 1_000 / durablePerServer)));
    }

    /** How many durable messages a server gathers until its commit, on average. */
    int expectedGroup() {
        return (int) (rate * Workload.DURABLE_SHARE / servers * commitInterval().toMillis() / 1_000);
    }

    /** Newcomers that may wait for one address, per client: what comes during a restart, several times over. */
    int waitingRequests() {
        double perConnection = (double) rate / servers / clients;
        return (int) Math.max(4_096, Math.min(1_000_000, 2 * perConnection * (gap.toMillis() + 3_000) / 1_000));
    }
}
