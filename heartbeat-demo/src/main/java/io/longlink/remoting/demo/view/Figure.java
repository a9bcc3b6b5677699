package io.longlink.remoting.demo.view;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Picture;
import io.longlink.remoting.demo.story.Picture.Cell;
import io.longlink.remoting.demo.story.Picture.Mark;
import io.longlink.remoting.demo.story.Picture.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Latency, throughput and the states of all connections above each other on one axis of time, with the servers' restarts through all of
 * them. One SVG element.
 */
final class Figure {
    private static final double MARGIN_TOP = 6;
    private static final double LANE = 16;
    private static final int LANES = 2;
    private static final double TITLE = 30;
    private static final double BELOW = 22;
    private static final double TIME_AXIS = 34;
    private static final double LEGEND = 22;

    /** About what a character of the labels takes. */
    private static final double CHARACTER = 6.6;

    private static final double BOLD_CHARACTER = 7.8;

    private interface Drawing {
        void draw(Markup svg);
    }

    private final Picture picture;
    private final double width;
    private final String id;
    private final Axis time;
    private final double left;
    private final double right;
    private final long endMillis;
    private final List<Drawing> drawings = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private double labels;
    private double y = MARGIN_TOP;

    private Figure(Picture picture, double width, String id) {
        this.picture = picture;
        this.width = width;
        this.id = id;
        left = 68;
        right = width - 40;
        endMillis = Math.max(1, picture.endMillis());
        time = Axis.linear((double) endMillis, left, right);
    }

    /** Whether there is anything to draw. */
    static boolean isPossible(Picture picture) {
        return !picture.cells().isEmpty() || !picture.bands().isEmpty() || !picture.marks().isEmpty();
    }

    /**
     * Draws it.
     *
     * @param width in pixels
     * @param id what distinguishes its ids from others on the page
     */
    static String svg(Picture picture, int width, String id) {
        return new Figure(picture, width, id).svg();
    }

    private String svg() {
        layLatency("Two-way messages: time to the answer", "p50, p99 and maximum, log scale", 170, Cell::twoWay, "twoway");
        layLatency("Durable messages: time to the answer", "wait for a commit by design, log scale", 110, Cell::durable, "durable");
        layThroughput();
        layBands();
        if (frames.isEmpty()) {
            title("Servers", "");
            frame(0);
        }
        double bottom = y - BELOW + 4;
        y = bottom + TIME_AXIS;
        Markup svg = new Markup();
        svg.open(
                "svg", "xmlns", "http://www.w3.org/2000/svg", "role", "img", "class", "figure " + id,
                "viewBox", "0 0 " + Markup.number(width) + " " + Markup.number(y),
                "aria-labelledby", id + "-title " + id + "-desc");
        svg.element("title", "The run over time", "id", id + "-title");
        svg.element("desc", description(), "id", id + "-desc").line();
        drawPattern(svg);
        drawAbsences(svg);
        drawTime(svg, bottom);
        drawings.forEach(drawing -> drawing.draw(svg));
        drawMarks(svg);
        return svg.close().toString();
    }

    private String description() {
        return String.format(
                Locale.ROOT,
                "%d connections over %s; servers left %d times. "
                        + "The slowest two-way message took %s, the slowest durable one %s; %d failed.",
                picture.bands().size() + picture.moreBands(),
                Labels.seconds(endMillis),
                picture.marks().stream().filter(mark -> !mark.back()).count(),
                Labels.micros(slowest(Cell::twoWay)),
                Labels.micros(slowest(Cell::durable)),
                picture.cells().stream().mapToLong(Cell::failed).sum());
    }

    private long slowest(Function<Cell, Spread> which) {
        return picture.cells().stream().mapToLong(cell -> which.apply(cell).maxMicros()).max().orElse(0);
    }

    // ---------------------------------------------------------------- what is where

    /** A place for a panel. Above the first one is room for the names of the marks. */
    private Frame frame(double height) {
        if (frames.isEmpty()) {
            labels = y;
            y += picture.marks().isEmpty() ? 0 : LANES * LANE;
        }
        Frame frame = new Frame(time, left, right, y, y + height);
        frames.add(frame);
        y += height + BELOW;
        return frame;
    }

    private void title(String title, String explanation) {
        double at = y + 18;
        y += TITLE;
        drawings.add(svg -> {
            svg.open("text", "class", "heading", "x", left, "y", at).text(title);
            if (title.length() * BOLD_CHARACTER + explanation.length() * CHARACTER < right - left) {
                svg.element("tspan", "   " + explanation, "class", "faint");
            }
            svg.close();
        });
    }

    private void layLatency(String title, String explanation, double height, Function<Cell, Spread> which, String style) {
        List<Spread> spreads = picture.cells().stream().map(which).toList();
        if (spreads.stream().allMatch(spread -> spread.count() == 0)) {
            return;
        }
        title(title, explanation);
        LatencyPanel panel = new LatencyPanel(spreads, picture.cellMillis(), frame(height));
        drawings.add(svg -> {
            svg.open("g", "class", style);
            panel.draw(svg);
            svg.close().line();
        });
    }

    private void layThroughput() {
        if (picture.cells().isEmpty()) {
            return;
        }
        title("Messages a second", "area: answered or written; line: due; crosses: failed");
        ThroughputPanel panel = new ThroughputPanel(picture.cells(), picture.cellMillis(), frame(80));
        drawings.add(svg -> {
            panel.draw(svg);
            svg.line();
        });
    }

    private void layBands() {
        if (picture.bands().isEmpty()) {
            return;
        }
        title("Connections", "");
        double legend = y;
        y += LEGEND;
        StateBands bands = new StateBands(picture.bands(), picture.moreBands(), id + "-hatch");
        Frame frame = frame(bands.height());
        drawings.add(svg -> {
            drawLegend(svg, legend);
            bands.draw(svg, frame, endMillis);
        });
    }

    // ---------------------------------------------------------------- what goes through all of it

    private void drawPattern(Markup svg) {
        svg.open("defs");
        svg.open("pattern", "id", id + "-hatch", "width", "5", "height", "5", "patternUnits", "userSpaceOnUse",
                "patternTransform", "rotate(45)");
        svg.empty("rect", "class", "hatch", "width", "2", "height", "5");
        svg.close().close().line();
    }

    /** Grey where a server was away. */
    private void drawAbsences(Markup svg) {
        for (Mark mark : picture.marks()) {
            if (!mark.back()) {
                long until = picture.marks().stream()
                        .filter(later -> later.back() && later.server().equals(mark.server()) && later.atMillis() >= mark.atMillis())
                        .mapToLong(Mark::atMillis)
                        .findFirst()
                        .orElse(endMillis);
                double x = time.at(mark.atMillis());
                for (Frame frame : frames) {
                    svg.empty(
                            "rect", "class", "away", "x", x, "y", frame.top(), "width", time.at(until) - x, "height", frame.height());
                }
            }
        }
        svg.line();
    }

    private void drawTime(Markup svg, double bottom) {
        int wanted = (int) (width / 80);
        for (Axis.Tick tick : time.ticks(wanted)) {
            for (Frame frame : frames) {
                svg.empty("line", "class", "grid", "x1", tick.at(), "x2", tick.at(), "y1", frame.top(), "y2", frame.bottom());
            }
            svg.element("text", Labels.plainSeconds(tick.value()), "class", "tick middle", "x", tick.at(), "y", bottom + 16);
        }
        svg.line();
    }

    private void drawMarks(Markup svg) {
        double[] lanes = new double[LANES];
        Arrays.fill(lanes, left);
        Markup names = new Markup();
        for (Mark mark : picture.marks()) {
            double x = time.at(mark.atMillis());
            String text = mark.server() + " " + mark.what();
            int lane = lane(lanes, x);
            svg.open("g", "class", mark.back() ? "mark back" : "mark");
            svg.element("title", text + " at " + Labels.seconds(mark.atMillis()));
            for (Frame frame : frames) {
                boolean first = frame.equals(frames.get(0)) && lane >= 0;
                svg.empty("line", "x1", x, "x2", x, "y1", first ? labels + lane * LANE + 3 : frame.top(), "y2", frame.bottom());
            }
            if (lane >= 0) {
                boolean fits = x + text.length() * CHARACTER < width;
                lanes[lane] = x + (fits ? text.length() * CHARACTER + 10 : 0);
                double at = labels + lane * LANE + 12;
                names.element("text", text, "class", fits ? "label" : "label end", "x", fits ? x + 4 : x - 4, "y", at);
            }
            svg.close().line();
        }
        // Above all lines, because the next one may go through the name of the one before.
        svg.raw(names.toString()).line();
    }

    /** The first lane that is free there, or -1: a line without a label, then. */
    private static int lane(double[] lanes, double x) {
        for (int lane = 0; lane < lanes.length; lane++) {
            if (lanes[lane] <= x + 1) {
                return lane;
            }
        }
        return -1;
    }

    private void drawLegend(Markup svg, double top) {
        double x = left;
        for (AddressState state : AddressState.values()) {
            StateBands.swatch(svg, state, id + "-hatch", x, top + 4, 22);
            svg.element("text", state.name(), "class", "tick", "x", x + 28, "y", top + 13);
            x += 28 + state.name().length() * 7.4 + 14;
        }
        svg.line();
    }
}
