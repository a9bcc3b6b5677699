package io.longlink.remoting.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Calls a second, and processor time of a call, as bars: an SVG that can be read in light and in dark surroundings. */
final class SpeedPicture {
    static final Load LOAD = Load.parse("async:256:1:128");

    private static final double WIDTH = 760;
    private static final double LEFT = 224;
    private static final double RIGHT = 640;
    private static final double BAR = 20;
    private static final double STEP = 28;
    private static final double MARGIN = 22;

    private static final String STYLE =
            """
            svg { --paper: #ffffff; --ink: #17202a; --muted: #5a6673; --rule: #e3e8ed; --bare: #9fb3c6; --longlink: #0f62c4;
              --rocketmq: #d2553a;
              font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
            @media (prefers-color-scheme: dark) {
              svg { --paper: #10151b; --ink: #e7edf3; --muted: #98a5b3; --rule: #28323d; --bare: #5d738a; --longlink: #6fb1ff;
                --rocketmq: #ef7154; }
            }
            .paper { fill: var(--paper); }
            text { fill: var(--ink); }
            .heading { font-size: 15px; font-weight: 650; }
            .faint { fill: var(--muted); font-weight: 400; font-size: 12px; }
            .end { text-anchor: end; }
            .rule { stroke: var(--rule); }
            .bare { fill: var(--bare); } .longlink { fill: var(--longlink); } .rocketmq { fill: var(--rocketmq); }
            .server { opacity: 0.62; }
            """;

    private final List<Row> rows;
    private final StringBuilder svg = new StringBuilder();
    private double y = MARGIN;

    private SpeedPicture(List<Row> rows) {
        this.rows = rows;
    }

    static String of(Results results) {
        return new SpeedPicture(results.rows(LOAD).stream()
                        .filter(row -> SpeedSection.SHOWN.contains(row.contender()))
                        .sorted(Comparator.comparing(row -> SpeedSection.SHOWN.indexOf(row.contender())))
                        .toList())
                .draw(results.machine("cpu") + ", " + results.machine("processors") + " processors");
    }

    private String draw(String machine) {
        heading("Calls a second", LOAD.inWords());
        bars(row -> String.format(Locale.ROOT, "%,.0f", row.speed()), Round::callsPerSecond, round -> 0);
        y += 16;
        heading("Processor time of a call", "microseconds; strong: client, pale: server");
        bars(
                row -> String.format(Locale.ROOT, "%.1f", row.median(Round::cpuNanosPerCall) / 1e3),
                round -> round.perCall("clientCpuNanos"),
                round -> round.perCall("serverCpuNanos"));
        y += 12;
        text(MARGIN, y + 8, "faint", "Medians on one machine over loopback; " + machine);
        y += MARGIN + 4;
        String drawn = svg.toString();
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\" role=\"img\""
                                + " aria-labelledby=\"title desc\">%n",
                        number(WIDTH), number(y), number(WIDTH), number(y))
                + "<title id=\"title\">Speed of the contenders</title>\n<desc id=\"desc\">" + escaped(description()) + "</desc>\n"
                + "<style>\n" + STYLE + "</style>\n"
                + "<rect class=\"paper\" width=\"" + number(WIDTH) + "\" height=\"" + number(y) + "\" rx=\"8\"/>\n" + drawn + "</svg>\n";
    }

    private String description() {
        StringBuilder text = new StringBuilder(LOAD.inWords()).append(':');
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    " %s %,.0f calls a second at %.1f us of processor time each;",
                    row.contender().title(),
                    row.speed(),
                    row.median(Round::cpuNanosPerCall) / 1e3));
        }
        return text.toString();
    }

    private void heading(String title, String explanation) {
        y += 12;
        svg.append("<text class=\"heading\" x=\"").append(number(MARGIN)).append("\" y=\"").append(number(y)).append("\">")
                .append(escaped(title)).append("<tspan class=\"faint\">   ").append(escaped(explanation)).append("</tspan></text>\n");
        y += 14;
    }

    /** Each bar has two parts, the second of which may be nothing. */
    private void bars(Function<Row, String> label, ToDoubleFunction<Round> first, ToDoubleFunction<Round> second) {
        double most = rows.stream().mapToDouble(row -> row.median(first) + row.median(second)).max().orElse(1);
        double scale = (RIGHT - LEFT) / most;
        svg.append(String.format(
                Locale.ROOT, "<line class=\"rule\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>%n",
                number(LEFT), number(LEFT), number(y - 2), number(y + rows.size() * STEP - STEP + BAR + 2)));
        for (Row row : rows) {
            double middle = y + BAR / 2 + 4.5;
            text(LEFT - 10, middle, "end", row.contender().title());
            double end = bar(row, LEFT, row.median(first) * scale, "");
            end = bar(row, end, row.median(second) * scale, " server");
            text(end + 8, middle, "value", label.apply(row));
            y += STEP;
        }
    }

    private double bar(Row row, double from, double length, String part) {
        if (length > 0) {
            svg.append(String.format(
                    Locale.ROOT, "<rect class=\"%s%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>%n",
                    colour(row.contender()), part, number(from), number(y), number(length), number(BAR)));
        }
        return from + length;
    }

    private static String colour(Contender contender) {
        return contender.name().split("_", -1)[0].toLowerCase(Locale.ROOT);
    }

    private void text(double x, double at, String style, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>%n", style, number(x), number(at), escaped(text)));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
