package io.longlink.remoting.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** The command: under each load contenders take turns for several rounds. Writes a JSON line a round, then tables and a picture. */
@Command(
        name = "load-rig",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures contenders under loads, in turn, each round in two new JVMs. Everything stays on the loopback interface.",
        exitCodeOnExecutionException = 2,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the run counts", "1:it does not, and it was said why", "2:it could not be started"})
public final class LoadRig implements Callable<Integer> {
    private static final long QUIET_WAIT_MINUTES = 3;

    @Option(names = "--suite", description = "${COMPLETION-CANDIDATES}: what is measured; default ${DEFAULT-VALUE}", defaultValue = "QUICK")
    private Suite.Name suite = Suite.Name.QUICK;

    @Option(names = "--loads", split = ",", paramLabel = "LOAD",
            description = "instead of the suite's: shape:callers:connections:bytes, shapes async, sync, oneway, flood, idle; "
                    + "connections may be used/open, as async:256:100/10000:128")
    private List<String> loads = List.of();

    @Option(names = "--contenders", split = ",", description = "instead of the suite's, of ${COMPLETION-CANDIDATES}")
    private List<Contender> contenders = List.of();

    @Option(names = "--rounds", description = "turns of each contender, instead of the suite's")
    private int rounds;

    @Option(names = "--warm-up", paramLabel = "MILLIS", description = "instead of the suite's")
    private long warmUpMillis;

    @Option(names = "--measured", paramLabel = "MILLIS", description = "instead of the suite's")
    private long measuredMillis;

    @Option(names = "--out", paramLabel = "DIR",
            description = "gets rounds.jsonl, table.md, speed.md and speed.svg; default ${DEFAULT-VALUE}", defaultValue = "target/speed")
    private Path out = Path.of("target", "speed");

    @Option(names = "--redraw", paramLabel = "FILE",
            description = "measures nothing, but makes tables and picture of these JSON lines again")
    private @Nullable Path redraw;

    @Option(names = "--busy", description = "does not wait for a quiet machine; such a run does not count")
    private boolean busy;

    private LoadRig() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadRig()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Files.createDirectories(out);
        Results results = redraw == null ? measure() : Results.read(redraw);
        Files.writeString(out.resolve("table.md"), Table.of(results));
        Files.writeString(out.resolve("speed.md"), SpeedSection.of(results));
        if (!results.rows(SpeedPicture.LOAD).isEmpty()) {
            Files.writeString(out.resolve("speed.svg"), SpeedPicture.of(results));
        }
        System.out.println("what came of it is in " + out);
        List<String> complaints = Verdict.complaints(results);
        if (complaints.isEmpty()) {
            return ExitCode.OK;
        }
        System.err.println("THIS RUN DOES NOT COUNT:");
        complaints.forEach(System.err::println);
        return 1;
    }

    private Suite plan() {
        Suite plan = Suite.of(suite);
        List<Suite.Trial> trials = plan.trials();
        if (!loads.isEmpty()) {
            trials = List.of(new Suite.Trial(
                    List.of(Contender.BARE, Contender.LONGLINK, Contender.LONGLINK_LOOP, Contender.ROCKETMQ, Contender.ROCKETMQ_LOOP),
                    loads.stream().map(Load::parse).toList()));
        }
        if (!contenders.isEmpty()) {
            trials = trials.stream().map(trial -> new Suite.Trial(contenders, trial.loads())).toList();
        }
        return new Suite(
                rounds > 0 ? rounds : plan.rounds(),
                warmUpMillis > 0 ? warmUpMillis : plan.warmUpMillis(),
                measuredMillis > 0 ? measuredMillis : plan.measuredMillis(),
                trials);
    }

    private Results measure() throws IOException, InterruptedException {
        Suite plan = plan();
        checkFileLimit(plan);
        awaitQuiet();
        Results results = new Results(Machine.facts());
        System.out.printf(
                Locale.ROOT, "%s%d rounds of %d ms after %d ms of warm-up; medians (lowest to highest)%n",
                Table.machine(results), plan.rounds(), plan.measuredMillis(), plan.warmUpMillis());
        RoundRunner runner = new RoundRunner(plan.warmUpMillis(), plan.measuredMillis());
        try (PrintStream lines = new PrintStream(Files.newOutputStream(out.resolve("rounds.jsonl")), true, StandardCharsets.UTF_8)) {
            lines.println(results.machineLine());
            for (Suite.Trial trial : plan.trials()) {
                for (Load load : trial.loads()) {
                    takeTurns(plan.rounds(), load, trial.contenders(), runner, results, lines);
                    System.out.println("\n" + Table.of(results, load));
                }
            }
        }
        return results;
    }

    private static void takeTurns(
            int rounds, Load load, List<Contender> contenders, RoundRunner runner, Results results, PrintStream lines)
            throws IOException, InterruptedException {
        for (int i = 0; i < rounds; i++) {
            for (Contender contender : contenders) {
                Round round = runner.run(load, contender, i);
                results.add(round);
                lines.println(Results.line(round));
                if (round.failure() != null) {
                    System.err.println(contender.title() + ", " + load.inWords() + " failed: " + round.failure());
                }
            }
        }
    }

    /** @throws IllegalArgumentException if a process may not have as many connections as it is to have */
    private static void checkFileLimit(Suite plan) {
        long most = plan.trials().stream()
                .flatMap(trial -> trial.loads().stream())
                .mapToLong(Load::connections)
                .max()
                .orElse(0);
        long needed = most + RoundRunner.OPEN_BEFORE + 200;
        if (needed > Machine.fileLimit()) {
            throw new IllegalArgumentException(
                    "a process needs " + needed + " open files and may have " + Machine.fileLimit() + ": raise that (ulimit -n)");
        }
    }

    /** What built the rig is still in the load average. */
    private void awaitQuiet() throws InterruptedException {
        double limit = Verdict.QUIET_LOAD_AVERAGE * Machine.processors();
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(QUIET_WAIT_MINUTES);
        while (!busy && Machine.loadAverage() > limit) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalArgumentException(
                        "the load average is " + Machine.loadAverage() + ", above " + limit + ": wait for a quiet machine, or say --busy");
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }
}
