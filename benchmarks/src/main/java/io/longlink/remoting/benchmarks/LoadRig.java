package io.longlink.remoting.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command: for each load, contenders take turns for several rounds; prints a JSON line a round and a table of medians. */
@Command(
        name = "load-rig",
        mixinStandardHelpOptions = true,
        description = "Measures contenders under loads, in turn, each round in two new JVMs. Everything stays on the loopback interface.")
public final class LoadRig implements Callable<Integer> {
    @Option(names = "--loads", split = ",", description = "shape:callers:connections:bytes; default ${DEFAULT-VALUE}",
            defaultValue = "async:256:1:128,async:256:1:1024,sync:1:1:128,sync:16:1:128,sync:64:1:128,oneway:1:1:128")
    private List<String> loads = List.of();

    @Option(names = "--contenders", split = ",", description = "of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}",
            defaultValue = "BARE,LONGLINK,ROCKETMQ")
    private List<Contender> contenders = List.of();

    @Option(names = "--rounds", description = "turns of each contender; default ${DEFAULT-VALUE}", defaultValue = "5")
    private int rounds;

    @Option(names = "--warm-up", description = "milliseconds; default ${DEFAULT-VALUE}", defaultValue = "4000")
    private long warmUpMillis;

    @Option(names = "--measured", description = "milliseconds; default ${DEFAULT-VALUE}", defaultValue = "4000")
    private long measuredMillis;

    @Option(names = "--out", description = "file for the JSON lines; default none")
    private @Nullable Path out;

    private LoadRig() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadRig()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        List<Load> parsed = loads.stream().map(Load::parse).toList();
        System.out.printf(
                Locale.ROOT,
                "%s %s, %d processors, Java %s; %d rounds of %d ms after %d ms of warm-up; medians (lowest to highest)%n",
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                rounds,
                measuredMillis,
                warmUpMillis);
        try (PrintStream lines = new PrintStream(
                out == null ? OutputStream.nullOutputStream() : Files.newOutputStream(out), true, StandardCharsets.UTF_8)) {
            for (Load load : parsed) {
                print(load, measure(load, lines));
            }
        }
        return 0;
    }

    private List<Round> measure(Load load, PrintStream lines) throws IOException {
        List<Round> measured = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (Contender contender : contenders) {
                Round round = Round.run(contender, load, warmUpMillis, measuredMillis);
                measured.add(round);
                lines.println(json(i, round));
            }
        }
        return measured;
    }

    private static String json(int number, Round round) {
        Sample client = round.client();
        return String.format(
                Locale.ROOT,
                "{\"load\":\"%s\",\"contender\":\"%s\",\"round\":%d,\"calls\":%d,\"nanos\":%d,\"p50Nanos\":%d,\"p99Nanos\":%d,"
                        + "\"p999Nanos\":%d,\"refusals\":%d,\"clientCpuNanos\":%d,\"clientBytes\":%d,\"serverCpuNanos\":%d,\"serverBytes\":%d}",
                round.load(),
                round.contender(),
                number,
                client.calls(),
                client.nanos(),
                client.p50Nanos(),
                client.p99Nanos(),
                client.p999Nanos(),
                client.refusals(),
                client.used().cpuNanos(),
                client.used().allocatedBytes(),
                round.server().cpuNanos(),
                round.server().allocatedBytes());
    }

    private void print(Load load, List<Round> measured) {
        System.out.printf(
                Locale.ROOT, "%n%-16s %28s %9s %9s %9s %9s %10s %10s%n",
                load, "calls/s", "of first", "p50 us", "p99 us", "CPU us", "client B", "server B");
        double first = 0;
        for (Contender contender : contenders) {
            List<Round> mine = measured.stream().filter(round -> round.contender() == contender).toList();
            double[] speeds = sorted(mine.stream().mapToDouble(round -> round.client().callsPerSecond()).toArray());
            double median = speeds[speeds.length / 2];
            first = first == 0 ? median : first;
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %,9.0f (%,8.0f-%,8.0f) %9.2f %9.1f %9.1f %9.2f %10.0f %10.0f%n",
                    contender,
                    median,
                    speeds[0],
                    speeds[speeds.length - 1],
                    median / first,
                    median(mine.stream().mapToDouble(round -> round.client().p50Nanos() / 1e3).toArray()),
                    median(mine.stream().mapToDouble(round -> round.client().p99Nanos() / 1e3).toArray()),
                    median(mine.stream()
                            .mapToDouble(round -> perCall(round, round.client().used().cpuNanos() + round.server().cpuNanos()) / 1e3)
                            .toArray()),
                    median(mine.stream().mapToDouble(round -> perCall(round, round.client().used().allocatedBytes())).toArray()),
                    median(mine.stream().mapToDouble(round -> perCall(round, round.server().allocatedBytes())).toArray()));
        }
    }

    private static double perCall(Round round, long amount) {
        return (double) amount / Math.max(1, round.client().calls());
    }

    private static double median(double[] values) {
        double[] sorted = sorted(values);
        return sorted[sorted.length / 2];
    }

    private static double[] sorted(double[] values) {
        double[] copy = values.clone();
        Arrays.sort(copy);
        return copy;
    }
}
