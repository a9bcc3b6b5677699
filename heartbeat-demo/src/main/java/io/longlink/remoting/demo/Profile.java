package io.longlink.remoting.demo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario with messages in it is like unless the command line says otherwise, and what it does not let the command line change.
 *
 * @param duration how long messages are sent
 * @param rate messages per second, all clients together
 * @param servers how many servers
 * @param fixedServers whether it is played with just so many
 * @param clients how many clients, each of which sends to every server
 * @param gap how long nobody listens at a server's port
 * @param recovery what an absence takes beside its gap: choosing the moment, ending, binding again, and the clients' way back
 * @param absences how often each server goes away, if there is time for it
 * @param commitGroup how many durable messages a server gathers for one commit, more or less
 * @param overtime how much longer than the gap a message may wait; {@code null} if it may wait until its deadline
 */
record Profile(
        Duration duration,
        int rate,
        int servers,
        boolean fixedServers,
        int clients,
        Duration gap,
        Duration recovery,
        int absences,
        int commitGroup,
        @Nullable Duration overtime) {

    /** Several servers, each replaced once, when half a group waits for its commit. */
    static final Profile ROLLING = new Profile(
            Duration.ofSeconds(13), 2_000, 3, false, 5, Duration.ofSeconds(1), Duration.ofMillis(500), 1, 10, null);

    /** One server, replaced several times. It commits often, since waiting for a commit is waiting as well. */
    static final Profile SINGLE = new Profile(
            Duration.ofSeconds(12), 1_000, 1, true, 2, Duration.ofSeconds(2), Duration.ofMillis(500), 3, 2, Duration.ofMillis(300));

    /** Servers that are killed. Nobody told their clients to expect them back, so those come back at their leisure. */
    static final Profile CRASH = new Profile(
            Duration.ofSeconds(9), 1_000, 2, false, 3, Duration.ofMillis(300), Duration.ofSeconds(2), 1, 10, null);
}
