package io.longlink.remoting.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.model.Scenario.Parked;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every order of events around a restart, in virtual time.
 *
 * <p>What must hold at the end of each (see {@link World#judge}): nothing ran twice; every call ended once, and truly: what ran never ended
 * NOT_SENT or REFUSED, what is said to have run did; where nothing breaks and both peers know HELLO, no call failed, no connection was
 * forced, and nothing waited for a timer; no connection saw a request again that it had refused; a connection that was established has one
 * CONNECT and one CLOSE; the parts of the drain report add up; nothing was thrown that nobody caught.
 */
class RestartModelTest {

    @TestFactory
    Stream<DynamicTest> everySchedule_holdsThePromise() {
        return tests(Scenarios.SHORT);
    }

    @Tag("long")
    @TestFactory
    Stream<DynamicTest> everyScheduleOfMoreCalls_holdsThePromise() {
        return tests(Scenarios.LONG);
    }

    private static Stream<DynamicTest> tests(Map<String, Scenario> scenarios) {
        return scenarios.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
            long beganNanos = System.nanoTime();
            Explorer.Result result = Scenarios.explore(entry.getValue());
            System.out.printf(
                    "model: %s: %,d schedules over %,d states, %,d different ends, %,d steps, %,d ms%n",
                    entry.getKey(), result.schedules(), result.states(), result.ends(), result.steps(),
                    (System.nanoTime() - beganNanos) / 1_000_000);
            assertEquals(null, result.violation());
            assertTrue(result.ends() > 1, "the order of events made no difference at all");
        }));
    }

    /** What the explorer spares itself is work, not schedules: it counts as many as are there when each is run. */
    @TestFactory
    Stream<DynamicTest> sparedWork_losesNoSchedule() {
        return Stream.of("silence", "restart of stock peers, late answer").map(name -> DynamicTest.dynamicTest(name, () -> {
            Scenario scenario = Objects.requireNonNull(Scenarios.SHORT.get(name));
            Explorer.Result each = new Explorer(() -> new World(scenario), 1_000_000, true).run();

            assertEquals(each.schedules(), Scenarios.explore(scenario).schedules());
            assertEquals(each.schedules().longValueExact(), each.ends());
        }));
    }

    /** DESIGN 3.2.2: why drain hooks run again and again, and not just before or after the gates flip. */
    @Test
    void drainHook_runsOnce_losesWhatIsParkedLater() {
        for (Parked once : new Parked[] {Parked.HOOK_BEFORE, Parked.HOOK_AFTER}) {
            String violation = Scenarios.explore(Scenario.restart("d", "r1").withParked(once)).violation();

            assertNotNull(violation, once.name());
            assertTrue(violation.startsWith("d ran, nothing broke, and its answer was lost"), violation);
        }
    }
}
