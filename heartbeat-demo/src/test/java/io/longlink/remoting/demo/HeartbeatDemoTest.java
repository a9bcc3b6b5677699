package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, as far as it does not start anything. */
class HeartbeatDemoTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--bogus | --bogus",
        "more | more",
        "--rate | --rate",
        "--rate x | 'x'",
        "--rate 0 | --rate",
        "--rate -1 | --rate",
        "--rate 99999999999 | --rate",
        "--servers 0 | --servers",
        "--servers 101 | --servers",
        "--clients 0 | --clients",
        "--duration 3 | '3'",
        "--duration 5499ms | 5500ms",
        "--duration 10h | 50000000",
        "--gap 5s | too short",
        "--gap -1s | '-1s'",
        "--deadline 0s | --deadline",
        "--deadline | --deadline",
        "--input no/such/file | no/such/file",
        "--json --json | --json",
        "--scenario | --scenario",
        "--scenario opera | none of rolling, single, crash",
        "--scenario single --servers 2 | must be 1 here",
        "--scenario crash --duration 5s --gap 1s | 7s or more",
        "--scenario idle --connections 0 | --connections",
        "--scenario herd --connections 40001 | --connections",
        "--connections many | --connections",
    })
    void execute_badArguments_isOneMessageAndExitCode2(String args, String word) {
        Run run = Run.of(Faults.NONE, args.split(" "));
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertEquals(1, run.err().lines().count(), run::err);
        assertTrue(run.err().contains(word), run::err);
    }

    @Test
    void execute_ledgerThatIsAFile_isRefused(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Run run = Run.of(Faults.NONE, "--ledger", file.toString());
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("cannot write to"), run::err);
    }

    @Test
    void execute_reportIntoNowhere_isRefusedBeforeAnythingRuns(@TempDir Path directory) {
        Run run = Run.of(Faults.NONE, "--report", directory.resolve("none").resolve("report.html").toString());
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().contains("cannot write to"), run::err);
    }

    @Test
    void execute_help_namesEveryOptionAndTheOneLiner() {
        Run run = Run.of(Faults.NONE, "--help");
        assertEquals(0, run.exitCode());
        assertEquals("", run.err());
        for (String option : new String[] {
            "--duration", "--rate", "--servers", "--clients", "--gap", "--deadline", "--json", "--input", "--ledger", "--report", "--help",
            "--scenario", "--processes", "rolling ", "single ", "crash ", "idle ", "herd ", "watchdog ", "--connections"
        }) {
            assertTrue(run.out().contains(option), option);
        }
        assertTrue(run.out().contains("comm -3 --total <(cut -f1,2,4- sent.tsv | sort) <(cut -f1,2,4- executed.tsv | sort)"), run::out);
    }
}
