package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Words;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One run with messages in it, as the command line asked for it. Immutable.
 *
 * @param duration how long messages are sent
 * @param rate messages per second, all clients together
 * @param servers how many servers
 * @param clients how many clients, each of which sends to every server
 * @param gap how long nobody listens at a server's port, or a little longer if draining takes longer
 * @param deadline how long a call may take, whatever happens
 * @param processes whether every life of a server gets a JVM of its own
 * @param profile what belongs to the scenario
 */
record DemoOptions(
        Duration duration,
        int rate,
        int servers,
        int clients,
        Duration gap,
        Duration deadline,
        boolean processes,
        Profile profile) {

    /** Messages go for this long before the first restart and after the last one. */
    static final Duration MARGIN = Duration.ofMillis(500);

    /** The verdict joins by id in memory, some ten bytes for each. */
    private static final long MAX_MESSAGES = 50_000_000;

    /**
     * Checks what needs one option or several.
     *
     * @throws IllegalArgumentException in words for the command line
     */
    DemoOptions {
        between("--rate", rate, 1, 1_000_000);
        between("--servers", servers, profile.fixedServers() ? profile.servers() : 1, profile.fixedServers() ? profile.servers() : 100);
        between("--clients", clients, 1, 1_000);
        if (deadline.isZero()) {
            throw new IllegalArgumentException("--deadline must be above 0");
        }
        Duration shortest = gap.plus(profile.recovery()).multipliedBy(servers).plus(MARGIN.multipliedBy(2));
        if (duration.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(String.format(
                    "--duration %s is too short to restart %s with a gap of %s: %s or more",
                    DurationText.of(duration), Words.count(servers, "server"), DurationText.of(gap), DurationText.of(shortest)));
        }
        if (duration.compareTo(Duration.ofDays(365)) > 0 || rate * (duration.toMillis() / 1_000.0) > MAX_MESSAGES) {
            throw new IllegalArgumentException("--rate times --duration must not be above " + MAX_MESSAGES + " messages");
        }
        if (deadline.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("--deadline must not be above a year");
        }
    }

    /**
     * What was asked for, and from the profile what was not.
     *
     * @throws IllegalArgumentException in words for the command line
     */
    static DemoOptions of(Arguments arguments, Profile profile, boolean processes) {
        Duration gap = arguments.gap(profile.gap());
        return new DemoOptions(
                arguments.duration(profile.duration()),
                arguments.rate(profile.rate()),
                arguments.servers(profile.servers()),
                arguments.clients(profile.clients()),
                gap,
                arguments.deadline(gap),
                processes,
                profile);
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + (least == most ? least + " here" : "from " + least + " to " + most) + ": " + value);
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

    /** How often servers go away, all together: as often as the profile says, or as there is time for. */
    int restarts() {
        long rounds = duration.minus(MARGIN.multipliedBy(2)).dividedBy(gap.plus(profile.recovery()).multipliedBy(servers));
        return servers * (int) Math.min(profile.absences(), rounds);
    }

    /** How often clients are told to rebalance, all together: by each server's first life and by those that replace it. */
    int rebalances() {
        return clients * (servers + restarts());
    }

    /** From the start of one restart to the start of the next one. */
    Duration restartInterval() {
        return duration.minus(MARGIN.multipliedBy(2)).dividedBy(restarts());
    }

    /** From the first message to the start of the first restart: half of the time that restarts leave over. */
    Duration firstRestart() {
        return MARGIN.plus(restartInterval().minus(gap).minus(profile.recovery()).dividedBy(2));
    }

    /** The longest that a message may wait, {@code null} if its deadline is all that matters. */
    @Nullable Duration longestWait() {
        Duration overtime = profile.overtime();
        return overtime == null ? null : gap.plus(overtime);
    }

    /** How often servers commit their durable messages: so that enough of them make a group, within bounds. */
    Duration commitInterval() {
        int group = profile.commitGroup();
        double durablePerServer = rate * Workload.DURABLE_SHARE / servers;
        return Duration.ofMillis((long) Math.min(1_000, Math.max(group * 10, group * 1_000 / durablePerServer)));
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
