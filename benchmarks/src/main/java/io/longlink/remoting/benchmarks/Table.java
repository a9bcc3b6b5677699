package io.longlink.remoting.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Everything that was measured, load by load, in Markdown. */
final class Table {
    private Table() {}

    /** All loads of a run, with what a reader must know of it. */
    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        text.append(preamble(results)).append('\n');
        for (Load load : results.loads()) {
            text.append(of(results, load)).append('\n');
        }
        return text.toString();
    }

    /** The machine. */
    static String machine(Results results) {
        return String.format(
                Locale.ROOT,
                "%s, %s processors, %s, %s, %s; Longlink %s, RocketMQ %s, Netty %s; %s; load average before %s.%n",
                results.machine("cpu"),
                results.machine("processors"),
                results.machine("memory"),
                results.machine("system"),
                results.machine("java"),
                results.machine("longlink"),
                results.machine("rocketmq"),
                results.machine("netty"),
                results.machine("date"),
                results.machine("loadAverage"));
    }

    /** The machine, and whether the run counts. */
    static String preamble(Results results) {
        StringBuilder text = new StringBuilder(machine(results));
        List<String> complaints = Verdict.complaints(results);
        if (!complaints.isEmpty()) {
            text.append("\n**This run does not count:**\n\n");
            complaints.forEach(complaint -> text.append("- ").append(complaint).append('\n'));
        }
        return text.toString();
    }

    /** One load. */
    static String of(Results results, Load load) {
        StringBuilder text = new StringBuilder("### " + load.inWords() + " (`" + load + "`)\n\n");
        List<Row> rows = results.rows(load);
        if (rows.isEmpty()) {
            return text.append("Nobody got through.\n").toString();
        }
        switch (load.shape()) {
            case IDLE -> idle(text, rows);
            case ONEWAY -> loaded(text, rows, "call behind a batch", true);
            case FLOOD -> loaded(text, rows, "sender held up", true);
            default -> loaded(text, rows, "latency", false);
        }
        return text.toString();
    }

    private static void loaded(StringBuilder text, List<Row> rows, String time, boolean oneways) {
        text.append("| | calls/s (lowest to highest) | of bare | of RocketMQ | ").append(time)
                .append(" p50, us | p99, us | p99.9, us | CPU a call: client + server, us | of bare | heap B a call: client + server |")
                .append(oneways ? " refused | lost |" : "").append("\n|---").append("|---:".repeat(oneways ? 11 : 9)).append("|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f (%,.0f to %,.0f) | %s | %s | %s | %s | %s | %.2f + %.2f = %.2f | %s | %,.0f + %,.0f |",
                    row.contender().title(),
                    row.speed(),
                    row.lowest(Round::callsPerSecond),
                    row.highest(Round::callsPerSecond),
                    ratio(row, rows, Contender.BARE, Round::callsPerSecond),
                    ratio(row, rows, Contender.ROCKETMQ, Round::callsPerSecond),
                    micros(row, "p50Nanos"),
                    micros(row, "p99Nanos"),
                    micros(row, "p999Nanos"),
                    row.median(round -> round.perCall("clientCpuNanos")) / 1e3,
                    row.median(round -> round.perCall("serverCpuNanos")) / 1e3,
                    row.median(Round::cpuNanosPerCall) / 1e3,
                    ratio(row, rows, Contender.BARE, Round::cpuNanosPerCall),
                    row.median(round -> round.perCall("clientBytes")),
                    row.median(round -> round.perCall("serverBytes"))));
            if (oneways) {
                text.append(String.format(
                        Locale.ROOT,
                        " %,.0f | %,.0f |",
                        row.median(round -> round.figures().get("refusals")),
                        row.median(round -> round.figures().get("lost"))));
            }
            text.append('\n');
        }
    }

    private static void idle(StringBuilder text, List<Row> rows) {
        text.append("| | heap B each: server | client | direct B each: server | client |")
                .append(" open all, ms | of bare | close all, ms | of bare |\n")
                .append("|---").append("|---:".repeat(8)).append("|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %s | %,.0f | %s |%n",
                    row.contender().title(),
                    row.median(round -> round.perConnection("serverHeapBytes")),
                    row.median(round -> round.perConnection("clientHeapBytes")),
                    row.median(round -> round.perConnection("serverDirectBytes")),
                    row.median(round -> round.perConnection("clientDirectBytes")),
                    row.median(round -> round.millis("openNanos")),
                    ratio(row, rows, Contender.BARE, round -> round.millis("openNanos")),
                    row.median(round -> round.millis("closeNanos")),
                    ratio(row, rows, Contender.BARE, round -> round.millis("closeNanos"))));
        }
    }

    private static String micros(Row row, String figure) {
        double micros = row.median(round -> round.micros(figure));
        return String.format(Locale.ROOT, micros < 100 ? "%.1f" : "%,.0f", micros);
    }

    /** Of medians; a dash if the other one is not there. */
    static String ratio(Row row, List<Row> rows, Contender other, ToDoubleFunction<Round> figure) {
        return rows.stream()
                .filter(candidate -> candidate.contender() == other)
                .findFirst()
                .map(candidate -> String.format(Locale.ROOT, "%.2f", row.median(figure) / candidate.median(figure)))
                .orElse("-");
    }
}
