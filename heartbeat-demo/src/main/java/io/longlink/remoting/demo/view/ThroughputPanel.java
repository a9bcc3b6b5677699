package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Picture.Cell;
import java.util.List;
import java.util.function.ToLongFunction;

/** Messages a second: how many were due, and how many came to their good end; failed ones as crosses. */
final class ThroughputPanel {
    private static final double CROSS = 3.5;

    private final List<Cell> cells;
    private final long cellMillis;
    private final Frame frame;
    private final Axis rate;

    ThroughputPanel(List<Cell> cells, long cellMillis, Frame frame) {
        this.cells = cells;
        this.cellMillis = cellMillis;
        this.frame = frame;
        long most = cells.stream().mapToLong(cell -> Math.max(cell.due(), cell.ended())).max().orElse(0);
        rate = Axis.linear(perSecond(most), frame.bottom(), frame.top());
    }

    private double perSecond(long count) {
        return count * 1_000.0 / cellMillis;
    }

    void draw(Markup svg) {
        for (Axis.Tick tick : rate.ticks(5)) {
            svg.empty("line", "class", "grid", "x1", frame.left(), "x2", frame.right(), "y1", tick.at(), "y2", tick.at());
            svg.element(
                    "text", Words.count((long) tick.value()), "class", "tick end", "x", frame.left() - 8, "y", tick.at() + 4);
        }
        String end = "L" + x(cells.size()) + " " + Markup.number(frame.bottom()) + "Z";
        String begin = "M" + x(0) + " " + Markup.number(frame.bottom());
        svg.empty("path", "class", "ended", "d", begin + steps(cells, Cell::ended, 'L') + end);
        svg.empty("path", "class", "due", "d", steps(cells.subList(0, wholeCells()), Cell::due, 'M'));
        for (int i = 0; i < cells.size(); i++) {
            if (cells.get(i).failed() > 0) {
                drawFailed(svg, i);
            }
        }
    }

    /** How many cells there are before the one with the last message that was due: that one ends too early to be a rate. */
    private int wholeCells() {
        int last = cells.size() - 1;
        while (last > 0 && cells.get(last).due() == 0) {
            last--;
        }
        return Math.max(1, last);
    }

    private String steps(List<Cell> some, ToLongFunction<Cell> count, char first) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < some.size(); i++) {
            String y = Markup.number(rate.at(perSecond(count.applyAsLong(some.get(i)))));
            path.append(i == 0 ? first : 'L').append(x(i)).append(' ').append(y);
            path.append('L').append(x(i + 1)).append(' ').append(y);
        }
        return path.toString();
    }

    private String x(int cell) {
        return Markup.number(frame.time().at((double) cell * cellMillis));
    }

    private void drawFailed(Markup svg, int cell) {
        double x = frame.time().at((cell + 0.5) * cellMillis);
        double y = frame.top() + 2 * CROSS;
        svg.open("g", "class", "failed");
        svg.element("title", Words.count(cells.get(cell).failed()) + " failed");
        svg.empty("line", "x1", x - CROSS, "x2", x + CROSS, "y1", y - CROSS, "y2", y + CROSS);
        svg.empty("line", "x1", x - CROSS, "x2", x + CROSS, "y1", y + CROSS, "y2", y - CROSS);
        svg.close();
    }
}
