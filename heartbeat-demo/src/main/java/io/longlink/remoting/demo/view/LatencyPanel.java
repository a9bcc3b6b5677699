package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Picture.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Median, 99th percentile and maximum over time, on a logarithmic axis; a gap where there was no message. */
final class LatencyPanel {
    /** What a label at the end of a line needs. */
    private static final double LABEL_HEIGHT = 13;

    private record Line(String name, String style, ToLongFunction<Spread> micros) {}

    private static final List<Line> LINES = List.of(
            new Line("max", "max", Spread::maxMicros),
            new Line("p99", "p99", Spread::p99Micros),
            new Line("p50", "p50", Spread::p50Micros));

    /** Where a line ends, and its name. */
    private record End(String name, String style, double y) {}

    private final List<Spread> spreads;
    private final long cellMillis;
    private final Frame frame;
    private final Axis latency;

    /** @param spreads one for each cell of time, at least one of them with a message */
    LatencyPanel(List<Spread> spreads, long cellMillis, Frame frame) {
        this.spreads = spreads;
        this.cellMillis = cellMillis;
        this.frame = frame;
        latency = Axis.logarithmic(
                spreads.stream().filter(spread -> spread.count() > 0).mapToLong(Spread::p50Micros).min().orElse(1),
                spreads.stream().mapToLong(Spread::maxMicros).max().orElse(1),
                frame.bottom(),
                frame.top());
    }


    void draw(Markup svg) {
        for (Axis.Tick tick : latency.ticks(0)) {
            svg.empty("line", "class", "grid", "x1", frame.left(), "x2", frame.right(), "y1", tick.at(), "y2", tick.at());
            svg.element(
                    "text", Labels.decade((long) tick.value()), "class", "tick end", "x", frame.left() - 8, "y", tick.at() + 4);
        }
        for (List<Integer> run : runs()) {
            drawArea(svg, run);
            LINES.forEach(line -> drawLine(svg, run, line));
        }
        drawEnds(svg);
    }

    /** Cells that follow each other and have messages. */
    private List<List<Integer>> runs() {
        List<List<Integer>> runs = new ArrayList<>();
        boolean inRun = false;
        for (int i = 0; i < spreads.size(); i++) {
            boolean any = spreads.get(i).count() > 0;
            if (any && !inRun) {
                runs.add(new ArrayList<>());
            }
            if (any) {
                runs.get(runs.size() - 1).add(i);
            }
            inRun = any;
        }
        return runs;
    }

    private void drawArea(Markup svg, List<Integer> run) {
        StringBuilder path = new StringBuilder();
        run.forEach(i -> point(path, i, spreads.get(i).p99Micros()));
        for (int j = run.size() - 1; j >= 0; j--) {
            point(path, run.get(j), spreads.get(run.get(j)).p50Micros());
        }
        svg.empty("path", "class", "area", "d", path.append('Z'));
    }

    private void drawLine(Markup svg, List<Integer> run, Line line) {
        if (run.size() == 1) {
            int i = run.get(0);
            svg.empty(
                    "circle", "class", "dot " + line.style, "r", 2.2, "cx", x(i),
                    "cy", latency.at(line.micros.applyAsLong(spreads.get(i))));
            return;
        }
        StringBuilder path = new StringBuilder();
        run.forEach(i -> point(path, i, line.micros.applyAsLong(spreads.get(i))));
        svg.empty("path", "class", "line " + line.style, "d", path);
    }

    private void point(StringBuilder path, int cell, long micros) {
        path.append(path.isEmpty() ? 'M' : 'L')
                .append(Markup.number(x(cell)))
                .append(' ')
                .append(Markup.number(latency.at(micros)));
    }

    private double x(int cell) {
        return frame.time().at((cell + 0.5) * cellMillis);
    }

    /** The names of the lines, where they end; pushed apart where they would lie on each other. */
    private void drawEnds(Markup svg) {
        List<Spread> some = spreads.stream().filter(spread -> spread.count() > 0).toList();
        Spread last = some.get(some.size() - 1);
        double least = frame.top();
        List<End> ends = new ArrayList<>();
        for (Line line : LINES) {
            double y = Math.max(least, latency.at(line.micros.applyAsLong(last)));
            ends.add(new End(line.name, line.style, y));
            least = y + LABEL_HEIGHT;
        }
        double over = Math.max(0, least - LABEL_HEIGHT - frame.bottom());
        for (End end : ends) {
            svg.element("text", end.name, "class", "name " + end.style, "x", frame.right() + 6, "y", end.y - over + 4);
        }
    }
}
