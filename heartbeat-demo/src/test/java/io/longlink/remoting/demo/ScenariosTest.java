package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson2.JSONObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Small real runs of the scenarios that are not the default, other JVMs included. */
class ScenariosTest {
    private static final String[] SINGLE = {
        // So many that some are refused, whenever the server leaves.
        "--scenario", "single", "--json", "--duration", "1700ms", "--gap", "200ms", "--rate", "1500"
    };
    private static final String[] CRASH = {
        "--scenario", "crash", "--json", "--servers", "1", "--clients", "2", "--duration", "3200ms", "--gap", "100ms", "--rate", "400"
    };

    @AfterEach
    void nothingIsLeftRunning() {
        assertEquals(List.of(), ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList());
    }

    private static List<String> complaints(JSONObject verdict) {
        return verdict.getList("complaints", String.class);
    }

    /** What is complained of, by the first word. */
    private static List<String> subjects(JSONObject verdict) {
        return complaints(verdict).stream().map(complaint -> complaint.substring(0, complaint.indexOf(' '))).toList();
    }

    @Test
    void singleWithProcesses_nothingBroken_failsNothingAndWaitsNoLongerThanTheGap() {
        Run run = Run.of(
                Faults.NONE, Stream.concat(Arrays.stream(SINGLE), Stream.of("--processes")).toArray(String[]::new));
        JSONObject verdict = run.verdict();
        assertEquals(2550, verdict.getLongValue("sent"), run::out);
        assertEquals(0, verdict.getLongValue("failed"));
        assertEquals(1, verdict.getLongValue("restarts"));
        assertEquals(2, verdict.getLongValue("goAways"));
        assertEquals(verdict.getString("digestSent"), verdict.getString("digestExecuted"));
        // On a busy machine a message may wait for the machine; then the verdict says so, and nothing else.
        boolean late = verdict.getLongValue("maxWaitMillis") >= 500;
        assertEquals(late ? List.of("maxWaitMillis") : List.of(), subjects(verdict));
        assertEquals(late ? 1 : 0, run.exitCode());
    }

    @Test
    void single_serverThatOversleeps_isRed() {
        Run run = Run.of(
                new Faults() {
                    @Override
                    public Duration oversleeps(int server, int life) {
                        return Duration.ofMillis(400);
                    }
                },
                SINGLE);
        JSONObject verdict = run.verdict();
        assertEquals(1, run.exitCode(), run::out);
        long waited = verdict.getLongValue("maxWaitMillis");
        assertTrue(waited >= 600, run::out);
        assertEquals(List.of("maxWaitMillis is " + waited + ", not below 500"), complaints(verdict));
    }

    @Test
    void crash_serverKilled_everyFailureTellsTheTruth() {
        Run run = Run.of(Faults.NONE, CRASH);
        JSONObject verdict = run.verdict();
        assertEquals(0, run.exitCode(), run::out);
        assertEquals(1, verdict.getLongValue("kills"));
        assertEquals(
                verdict.getLongValue("failed"), verdict.getLongValue("failedUnknown") + verdict.getLongValue("failedConnect"));
        assertTrue(verdict.getLongValue("failed") >= 1, run::out);
        assertTrue(verdict.getLongValue("calmMillis") >= 100, run::out);
    }

    @Test
    void crash_serverThatSurvives_provesNothing() {
        Run run = Run.of(
                new Faults() {
                    @Override
                    public boolean survivesKill(int server) {
                        return true;
                    }

                    @Override
                    public boolean executesTwice(long id) {
                        return id == 7;
                    }
                },
                "--scenario", "crash", "--json", "--servers", "1", "--duration", "3100ms", "--gap", "100ms", "--rate", "400");
        assertEquals(1, run.exitCode(), run::out);
        assertEquals(
                List.of("executedTwice", "rebalances", "failedUnknown", "calmMillis"),
                subjects(run.verdict()));
    }
}
