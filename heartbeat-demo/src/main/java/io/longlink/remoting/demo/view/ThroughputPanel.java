package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Picture.Cell;
import java.util.List;
import java.util.function.ToLongFunction;

/** Messages a second: how many were due, and how many came to their good end; failed ones as crosses. */
final class ThroughputPanel {
    private static final double CROSS = 3.5;

    /** When a server is back, what waited for it ends within a cell. That bar is cut, and has its number beside it. */
    private static final long TALLEST = 4;

    private final List<Cell> cells;
    private final long cellMillis;
    private final Frame frame;
    private final double most;
    private final Axis rate;

    ThroughputPanel(List<Cell> cells, long cellMillis, Frame frame) {
        this.cells = cells;
        this.cellMillis = cellMillis;
        this.frame = frame;
        long mostEnded = cells.stream().mapToLong(Cell::ended).max().orElse(0);
        long mostDue = cells.stream().mapToLong(Cell::due).max().orElse(0);
        most = perSecond(mostDue == 0 ? mostEnded : Math.max(mostDue, Math.min(mostEnded, TALLEST * mostDue)));
        rate = Axis.linear(most, frame.bottom(), frame.top());
    }

    private double perSecond(long count) {
        return count * 1_000.0 / cellMillis;
    }

    void draw(Markup svg) {
        for (Axis.Tick tick : rate.ticks(5)) {
            svg.empty("line", "class", "grid", "x1", frame.left(), "x2", frame.right(), "y1", tick.at(), "y2", tick.at());
            svg.element(
                    "text", Labels.count((long) tick.value()), "class", "tick end", "x", frame.left() - 8, "y", tick.at() + 4);
        }
        String end = "L" + x(cells.size()) + " " + Markup.number(frame.bottom()) + "Z";
        String begin = "M" + x(0) + " " + Markup.number(frame.bottom());
        svg.empty("path", "class", "ended", "d", begin + steps(cells, Cell::ended, 'L') + end);
        svg.empty("path", "class", "due", "d", steps(cells.subList(0, wholeCells()), Cell::due, 'M'));
        for (int i = 0; i < cells.size(); i++) {
            if (perSecond(cells.get(i).ended()) > most && (i == 0 || perSecond(cells.get(i - 1).ended()) <= most)) {
                drawPeak(svg, i);
            }
            if (cells.get(i).failed() > 0) {
                drawFailed(svg, i);
            }
        }
    }

    /** The number of the tallest of the bars that are cut, from this one on. */
    private void drawPeak(Markup svg, int cell) {
        int next = cell;
        long peak = 0;
        while (next < cells.size() && perSecond(cells.get(next).ended()) > most) {
            peak = Math.max(peak, cells.get(next).ended());
            next++;
        }
        double x = frame.time().at((double) next * cellMillis);
        boolean fits = x < frame.right() - 50;
        svg.element(
                "text", Labels.count((long) perSecond(peak)), "class", fits ? "tick" : "tick end",
                "x", fits ? x + 4 : frame.time().at((double) cell * cellMillis) - 4, "y", frame.top() + 10);
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
        svg.element("title", Labels.count(cells.get(cell).failed()) + " failed");
        svg.empty("line", "x1", x - CROSS, "x2", x + CROSS, "y1", y - CROSS, "y2", y + CROSS);
        svg.empty("line", "x1", x - CROSS, "x2", x + CROSS, "y1", y + CROSS, "y2", y - CROSS);
        svg.close();
    }
}
