package io.longlink.remoting.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The section on speed of the project's README, ready to be pasted: picture, short tables, machine and command. */
final class SpeedSection {
    /** In this order, the fast ones first. */
    static final List<Contender> SHOWN = List.of(
            Contender.BARE, Contender.LONGLINK_LOOP, Contender.LONGLINK, Contender.ROCKETMQ_LOOP, Contender.ROCKETMQ);

    private static final String NOTHING = "";

    private SpeedSection() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        text.append("## Speed\n\n![Calls a second, and processor time of a call](docs/images/speed.svg)\n\n");
        text.append("Client and server in two JVMs on one machine, over loopback. Longlink and RocketMQ do the same work: five header\n")
                .append("fields written, and read back into an object; the body echoed by a processor, on an executor of four threads\n")
                .append("or on the event loop. Bare Netty echoes frames that have nothing but a length: what the machine can do.\n")
                .append("Medians of ")
                .append(rounds(results))
                .append(" rounds in which the contenders take turns, each in new JVMs.\n\n");
        speeds(results, text);
        costs(results, text);
        idle(results, text);
        text.append(Table.preamble(results));
        text.append("\nThe loads that are quoted here are measured by\n\n    mvn -q -Pbenchmarks -pl benchmarks -am compile exec:exec -Drig=\"--suite headline\"\n\n")
                .append("See [benchmarks](benchmarks/README.md).\n");
        return text.toString();
    }

    private static int rounds(Results results) {
        return results.rounds().stream().mapToInt(round -> round.number() + 1).max().orElse(0);
    }

    private static void speeds(Results results, StringBuilder text) {
        head(text, "calls a second", "Longlink : RocketMQ", "Longlink : bare");
        for (Load load : results.loads()) {
            if (load.shape() != Load.Shape.IDLE) {
                List<Row> rows = results.rows(load);
                line(text, rows, load.inWords(), row -> String.format(Locale.ROOT, "%,.0f", row.speed()));
                text.append(' ').append(ratio(rows, Contender.ROCKETMQ)).append(" | ").append(ratio(rows, Contender.BARE)).append(" |\n");
            }
        }
        text.append('\n');
    }

    private static String ratio(List<Row> rows, Contender other) {
        return rows.stream()
                .filter(row -> row.contender() == Contender.LONGLINK)
                .findFirst()
                .map(row -> Table.ratio(row, rows, other, Round::callsPerSecond))
                .orElse(NOTHING);
    }

    private static void costs(Results results, StringBuilder text) {
        List<Row> rows = results.rows(SpeedPicture.LOAD);
        if (!rows.isEmpty()) {
            head(text, SpeedPicture.LOAD.inWords());
            cost(text, rows, "processor time a call, both sides, us", row -> decimals(row.median(Round::cpuNanosPerCall) / 1e3));
            cost(text, rows, "p50, us", row -> whole(row.median(round -> round.micros("p50Nanos"))));
            cost(text, rows, "p99, us", row -> whole(row.median(round -> round.micros("p99Nanos"))));
            cost(text, rows, "heap bytes a call, client", row -> whole(row.median(round -> round.perCall("clientBytes"))));
            cost(text, rows, "heap bytes a call, server", row -> whole(row.median(round -> round.perCall("serverBytes"))));
            text.append('\n');
        }
        for (Load load : results.loads()) {
            if (load.shape() == Load.Shape.SYNC && load.callers() == 1) {
                head(text, load.inWords());
                cost(text, results.rows(load), "p50, us", row -> decimals(row.median(round -> round.micros("p50Nanos"))));
                cost(text, results.rows(load), "p99, us", row -> decimals(row.median(round -> round.micros("p99Nanos"))));
                text.append('\n');
            }
        }
    }

    private static void idle(Results results, StringBuilder text) {
        for (Load load : results.loads()) {
            if (load.shape() == Load.Shape.IDLE) {
                List<Row> rows = results.rows(load);
                head(text, load.inWords());
                cost(text, rows, "heap bytes each, server", row -> whole(row.median(round -> round.perConnection("serverHeapBytes"))));
                cost(text, rows, "heap bytes each, client", row -> whole(row.median(round -> round.perConnection("clientHeapBytes"))));
                cost(text, rows, "to open all, ms", row -> whole(row.median(round -> round.millis("openNanos"))));
                cost(text, rows, "to close all, ms", row -> whole(row.median(round -> round.millis("closeNanos"))));
                text.append('\n');
            }
        }
    }

    private static void head(StringBuilder text, String what, String... more) {
        text.append("| ").append(what).append(" |");
        SHOWN.forEach(contender -> text.append(' ').append(contender.title()).append(" |"));
        List.of(more).forEach(title -> text.append(' ').append(title).append(" |"));
        text.append("\n|---").append("|---:".repeat(SHOWN.size() + more.length)).append("|\n");
    }

    private static void cost(StringBuilder text, List<Row> rows, String what, Function<Row, String> value) {
        line(text, rows, what, value);
        text.append('\n');
    }

    private static void line(StringBuilder text, List<Row> rows, String what, Function<Row, String> value) {
        text.append("| ").append(what).append(" |");
        for (Contender contender : SHOWN) {
            String cell = rows.stream().filter(row -> row.contender() == contender).findFirst().map(value).orElse(NOTHING);
            text.append(' ').append(cell).append(" |");
        }
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
