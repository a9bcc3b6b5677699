package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small real runs: one that is green, and one for everything that must turn the verdict red. */
class RollingRestartTest {
    private static final String[] SMALL = {
        "--json", "--servers", "1", "--clients", "2", "--duration", "1600ms", "--gap", "100ms", "--rate", "400"
    };
    private static final List<String> MUST_BE_ZERO =
            List.of("failed", "onewayLost", "executedTwice", "droppedEvents", "leakedConnections");

    private static void assertOnlyWrong(String number, Run run) {
        JSONObject verdict = run.verdict();
        assertEquals(1, run.exitCode(), run::out);
        assertFalse(verdict.getBooleanValue("green"), run::out);
        for (String name : MUST_BE_ZERO) {
            assertEquals(name.equals(number) ? 1 : 0, verdict.getLongValue(name), () -> name + " of " + verdict);
        }
        assertEquals(640, verdict.getLongValue("sent"));
    }

    @Test
    void run_nothingBroken_isGreenAndItsLedgerSaysTheSame(@TempDir Path directory) throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "one\ntwo \"quoted\"\nthree\twith a tab\n\nfünf\n");
        Run run = Run.of(
                Faults.NONE,
                "--json", "--servers", "2", "--clients", "2", "--duration", "2400ms", "--gap", "200ms", "--rate", "500",
                "--input", text.toString(), "--ledger", directory.toString(), "--report", directory.resolve("report.html").toString());
        JSONObject verdict = run.verdict();
        assertEquals(0, run.exitCode(), run::out);
        assertEquals("", run.err());
        assertTrue(verdict.getBooleanValue("green"));
        assertEquals(1_200, verdict.getLongValue("sent"));
        assertEquals(1_200, verdict.getLongValue("answered") + verdict.getLongValue("onewaySent"));
        assertTrue(verdict.getLongValue("refused") >= 1 && verdict.getLongValue("retried") >= 1, run::out);
        assertEquals(4, verdict.getLongValue("goAways"));
        assertEquals(verdict.getString("digestSent"), verdict.getString("digestExecuted"));
        List<String> events = run.out().lines().map(line -> JSON.parseObject(line).getString("event")).toList();
        for (String event : List.of("draining", "stopped", "restarted", "allMoved")) {
            assertEquals(2, events.stream().filter(event::equals).count(), () -> event + " in " + events);
        }
        for (String event : List.of("beat", "moved", "rebalance")) {
            assertEquals(4, events.stream().filter(event::equals).count(), () -> event + " in " + events);
        }
        assertEquals(2 * (2 + 2), verdict.getLongValue("rebalances"));
        assertEquals(0, verdict.getLongValue("requestsBeforeBeat"));
        assertEquals("0\t0\t1200\ttotal\n", comm(directory));
        assertReport(Files.readString(directory.resolve("report.html")));
    }

    /** Both servers' restarts, all four connections, and the verdict. */
    private static void assertReport(String page) {
        for (String text : List.of("and nobody noticed", "server 1 drains", "server 2 back", "client 2, server 2: READY from", "1,200")) {
            assertTrue(page.contains(text), () -> text + " in " + page);
        }
    }

    /** What README tells people to type. */
    private static String comm(Path directory) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        Process bash = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "comm -3 --total <(cut -f1,2,4- sent.tsv | sort) <(cut -f1,2,4- executed.tsv | sort)")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        bash.waitFor();
        assumeTrue(!output.contains("unrecognized option"), "needs GNU comm");
        return output;
    }

    @Test
    void run_brokenOff_leavesAReportThatSaysSo(@TempDir Path directory) throws Exception {
        Path report = directory.resolve("report.html");
        List<String> args = new ArrayList<>(List.of(SMALL));
        args.addAll(List.of("--report", report.toString()));
        Run run = Run.of(
                new Faults() {
                    @Override
                    public boolean leaksConnection(int server, int life) {
                        throw new IllegalStateException("broken on purpose");
                    }
                },
                args.toArray(String[]::new));
        assertEquals(1, run.exitCode());
        assertTrue(Files.readString(report).contains("the run broke off: java.lang.IllegalStateException: broken on purpose"));
    }

    @Test
    void run_oneLostOneway_isRed() {
        AtomicBoolean done = new AtomicBoolean();
        assertOnlyWrong("onewayLost", Run.of(
                new Faults() {
                    @Override
                    public boolean losesOneway(long id) {
                        return done.compareAndSet(false, true);
                    }
                },
                SMALL));
    }

    @Test
    void run_oneDoubleExecution_isRed() {
        AtomicBoolean done = new AtomicBoolean();
        assertOnlyWrong("executedTwice", Run.of(
                new Faults() {
                    @Override
                    public boolean executesTwice(long id) {
                        return id > 300 && done.compareAndSet(false, true);
                    }
                },
                SMALL));
    }

    @Test
    void run_oneDroppedEvent_isRed() {
        AtomicBoolean done = new AtomicBoolean();
        assertOnlyWrong("droppedEvents", Run.of(
                new Faults() {
                    @Override
                    public boolean dropsClose(int server, int life) {
                        return life == 1 && done.compareAndSet(false, true);
                    }
                },
                SMALL));
    }

    @Test
    void run_oneLeakedConnection_isRed() {
        assertOnlyWrong("leakedConnections", Run.of(
                new Faults() {
                    @Override
                    public boolean leaksConnection(int server, int life) {
                        return life == 2;
                    }
                },
                SMALL));
    }

    @Test
    void run_serversAndClientsThatForgetTheirManners_areRed() {
        Run run = Run.of(
                new Faults() {
                    @Override
                    public boolean losesBeats(int server, int life) {
                        return life == 2;
                    }

                    @Override
                    public boolean remembersClosed(int server, int life) {
                        return life == 1;
                    }

                    @Override
                    public boolean skipsRebalance(int client) {
                        return client == 1;
                    }
                },
                SMALL);
        JSONObject verdict = run.verdict();
        assertEquals(1, run.exitCode(), run::out);
        assertTrue(verdict.getLongValue("requestsBeforeBeat") > 0, run::out);
        assertEquals(2, verdict.getLongValue("unknownClients"));
        assertEquals(2, verdict.getLongValue("registeredLeft"));
        assertEquals(2, verdict.getLongValue("rebalances"));
        assertEquals(
                List.of("requestsBeforeBeat", "unknownClients", "registeredLeft", "rebalances"),
                verdict.getList("complaints", String.class).stream()
                        .map(complaint -> complaint.substring(0, complaint.indexOf(' ')))
                        .toList());
        for (String name : MUST_BE_ZERO) {
            assertEquals(0, verdict.getLongValue(name), name);
        }
    }
}
