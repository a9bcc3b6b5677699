package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.integration.Breakage.Kind;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.testkit.FaultyProxy.Direction;
import io.longlink.remoting.testkit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A connection breaks behind each byte that goes over it. What must hold, whichever byte it was: what ran never says NOT_SENT or REFUSED,
 * what succeeded ran, nothing ran twice; pending calls fail within 100 ms, or at their deadline if nobody heard of the break; the next call
 * succeeds; nothing is left.
 */
@ExtendWith(LeakGuard.class)
class CutsTest {

    @RegisterExtension
    final Services services = new Services();

    @ParameterizedTest
    @MethodSource("cutsAndResets")
    void connectionEnds_behindEachByte_callsSayTheTruthAtOnce(Breakage breakage) throws Exception {
        sweep(breakage, SerializeType.ROCKETMQ, 4, 1);
    }

    @ParameterizedTest
    @MethodSource("freezes")
    void connectionFreezes_behindOneByteIn16_callsSayTheTruthAtTheirDeadline(Breakage breakage) throws Exception {
        sweep(breakage, SerializeType.JSON, 8, 16);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("all")
    void connectionBreaks_behindEachByte_callsSayTheTruth(Breakage breakage, SerializeType header) throws Exception {
        sweep(breakage, header, breakage.isHeard() ? 4 : 16, 1);
    }

    @Test
    void connectionIsCut_behindOneByteIn8OfWhatTheServerSaysInADrain_reportAddsUpAndCallsSayTheTruth() throws Exception {
        drain(new Breakage(Kind.CUT, Direction.TO_CLIENT), SerializeType.ROCKETMQ, 4, 8);
    }

    @Test
    void connectionIsReset_behindOneByteIn16OfWhatTheClientSaysInADrain_reportAddsUpAndCallsSayTheTruth() throws Exception {
        drain(new Breakage(Kind.RESET, Direction.TO_TARGET), SerializeType.JSON, 4, 16);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("all")
    void connectionBreaks_behindEachByteOfADrain_reportAddsUpAndCallsSayTheTruth(Breakage breakage, SerializeType header)
            throws Exception {
        drain(breakage, header, breakage.isHeard() ? 4 : 24, 1);
    }

    static Stream<Breakage> cutsAndResets() {
        return all(Kind.CUT, Kind.RESET);
    }

    static Stream<Breakage> freezes() {
        return all(Kind.FREEZE);
    }

    static Stream<Arguments> all() {
        return all(Kind.values()).flatMap(breakage -> Stream.of(SerializeType.values()).map(header -> Arguments.of(breakage, header)));
    }

    private static Stream<Breakage> all(Kind... kinds) {
        return Stream.of(kinds).flatMap(kind -> Stream.of(Direction.values()).map(direction -> new Breakage(kind, direction)));
    }

    /** @param step 1 for every byte */
    private void drain(Breakage breakage, SerializeType header, int lanes, int step) throws Exception {
        ExecutorService executor = services.executor(lanes);
        List<BrokenDrains> drains = new ArrayList<>();
        List<Future<?>> sweeps = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            BrokenDrains one = new BrokenDrains(services, breakage, header);
            long first = (long) lane * step;
            drains.add(one);
            sweeps.add(executor.submit(() -> {
                one.sweep(first, (long) lanes * step);
                return null;
            }));
        }
        for (Future<?> sweep : sweeps) {
            sweep.get();
        }

        int positions = drains.stream().mapToInt(BrokenDrains::positions).sum();
        long unknown = drains.stream().mapToLong(one -> one.count(Outcome.UNKNOWN)).sum();
        int told = drains.stream().mapToInt(BrokenDrains::told).sum();
        System.out.printf(
                "cuts: %s in a drain, %s headers: %d positions, %d connections told, %d calls unknown%n",
                breakage, header, positions, told, unknown);
        assertTrue(unknown > 0 && told > positions / 2, "it broke in the middle of nothing");
    }

    /** @param step 1 for every byte */
    private void sweep(Breakage breakage, SerializeType header, int lanes, int step) throws Exception {
        ExecutorService executor = services.executor(lanes);
        List<BrokenExchanges> exchanges = new ArrayList<>();
        List<Future<?>> sweeps = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            BrokenExchanges one = new BrokenExchanges(services, breakage, header);
            long first = (long) lane * step;
            exchanges.add(one);
            sweeps.add(executor.submit(() -> one.sweep(first, (long) lanes * step)));
        }
        for (Future<?> sweep : sweeps) {
            sweep.get();
        }

        Map<Long, Boolean> answered = new TreeMap<>();
        exchanges.forEach(one -> answered.putAll(one.answered()));
        long notSent = exchanges.stream().mapToLong(one -> one.count(Outcome.NOT_SENT)).sum();
        long unknown = exchanges.stream().mapToLong(one -> one.count(Outcome.UNKNOWN)).sum();
        System.out.printf(
                "cuts: %s, %s headers: %d positions, %d calls not sent, %d unknown%n", breakage, header, answered.size(), notSent, unknown);
        assertTrue(notSent > 0 && unknown > 0, "it broke in the middle of nothing");
        if (breakage.equals(new Breakage(Kind.CUT, Direction.TO_CLIENT)) && header == SerializeType.ROCKETMQ && step == 1) {
            // The last of these bytes is that of the answer, whose length does not depend on its opaque.
            long last = answered.size() - 1L;
            answered.forEach((bytes, whole) -> assertEquals(bytes == last, whole, () -> "cut behind " + bytes + " of " + last));
        }
    }
}
