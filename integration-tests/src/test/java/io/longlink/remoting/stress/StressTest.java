package io.longlink.remoting.stress;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.testkit.LeakGuard;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real clients and servers over loopback sockets, at random. What must hold:
 *
 * <ul>
 *   <li>nothing runs twice, and what ran never ended as NOT_SENT or REFUSED; what succeeded ran, and got its own answer
 *   <li>where nothing breaks, nothing fails but what its own side did not take any more, and every one-way runs
 *   <li>every call ends, once; a callback hears one result, then the end
 *   <li>each connection has one CONNECT, then at most one ACTIVE, and one CLOSE behind everything else, on both sides
 *   <li>the parts of every drain report add up; where nothing breaks, none was forced or broken and nothing is unanswered
 *   <li>every request is counted as what became of it, and nothing stays: connections, timers, requests that execute, threads, buffers
 * </ul>
 *
 * <p>{@code -Dstress.seed} repeats the scenarios of a run, {@code -Dstress.rounds} is how many there are, and {@code -Dstress.round}, which
 * a failure tells, plays one scenario in every round. The order of what threads do is not in the seed.
 */
@ExtendWith(LeakGuard.class)
class StressTest {
    private static final int SHORT_ROUNDS = 500;
    private static final int LONG_ROUNDS = 100_000;
    private static final int ROUNDS_OF_A_BATCH = 10_000;

    private static long seed() {
        Long given = Long.getLong("stress.seed");
        return given == null ? new Random().nextLong() : given;
    }

    private static @Nullable Long onlyRound() {
        return Long.getLong("stress.round");
    }

    @Test
    void roundsAtRandom_holdThePromise() throws Exception {
        Batch batch = new Batch(seed(), 0, Integer.getInteger("stress.rounds", SHORT_ROUNDS), onlyRound());
        batch.run();
        if (batch.rounds() >= SHORT_ROUNDS) {
            assertSaw(batch, "GO_AWAYS_RECEIVED", "asked by clients: UNKNOWN", "asked by clients: NOT_SENT");
        }
    }

    /** A run in which nothing went wrong because nothing happened would prove nothing. */
    private static void assertSaw(Batch batch, String... whats) {
        for (String each : whats) {
            assertTrue(onlyRound() != null || batch.tally().of(each) > 0, () -> each + " was never seen: " + batch.tally());
        }
    }

    static Stream<Batch> batches() {
        long seed = seed();
        int rounds = Integer.getInteger("stress.rounds", LONG_ROUNDS);
        return IntStream.iterate(0, first -> first < rounds, first -> first + ROUNDS_OF_A_BATCH)
                .mapToObj(first -> new Batch(seed, first, Math.min(ROUNDS_OF_A_BATCH, rounds - first), onlyRound()));
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("batches")
    void manyRoundsAtRandom_holdThePromise(Batch batch) throws Exception {
        batch.run();
        if (batch.rounds() >= ROUNDS_OF_A_BATCH) {
            assertSaw(batch, "RETRIES", "asked by clients: UNKNOWN", "asked by servers: UNKNOWN", "asked by servers: REFUSED");
        }
    }
}
