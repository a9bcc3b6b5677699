package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Picture.Counts;
import java.util.Locale;

/** Bars: how many of something there were in each stretch of time, and the mean of all. One SVG element. */
final class CountsFigure {
    private static final double TOP = 30;
    private static final double BOTTOM = 190;
    private static final double HEIGHT = 222;
    private static final double LEFT = 68;
    private static final double MARGIN_RIGHT = 76;

    private CountsFigure() {}

    /**
     * Draws it.
     *
     * @param width in pixels
     * @param id what distinguishes its ids from others on the page
     */
    static String svg(Counts counts, int width, String id) {
        double right = width - MARGIN_RIGHT;
        double endMillis = Math.max(1, (double) counts.perStretch().size() * counts.widthMillis());
        Axis time = Axis.linear(endMillis, LEFT, right);
        long most = counts.perStretch().stream().mapToLong(Long::longValue).max().orElse(0);
        double mean = counts.perStretch().stream().mapToLong(Long::longValue).average().orElse(0);
        Axis number = Axis.linear((double) most, BOTTOM, TOP);
        Markup svg = new Markup();
        svg.open(
                "svg", "xmlns", "http://www.w3.org/2000/svg", "role", "img", "class", "figure",
                "viewBox", "0 0 " + width + " " + Markup.number(HEIGHT), "aria-labelledby", id + "-title " + id + "-desc");
        svg.element("title", counts.title(), "id", id + "-title");
        svg.element(
                "desc",
                String.format(Locale.ROOT, "%d stretches of %d ms, at most %d, on average %.0f.",
                        counts.perStretch().size(), counts.widthMillis(), most, mean),
                "id", id + "-desc").line();
        svg.element("text", counts.title(), "class", "heading", "x", LEFT, "y", 18.0);
        for (Axis.Tick tick : number.ticks(5)) {
            svg.empty("line", "class", "grid", "x1", LEFT, "x2", right, "y1", tick.at(), "y2", tick.at());
            svg.element("text", Labels.count((long) tick.value()), "class", "tick end", "x", LEFT - 8, "y", tick.at() + 4);
        }
        for (Axis.Tick tick : time.ticks(width / 80)) {
            svg.element("text", Labels.plainSeconds(tick.value()), "class", "tick middle", "x", tick.at(), "y", BOTTOM + 18);
        }
        svg.line();
        drawBars(svg, counts, time, number);
        svg.empty("line", "class", "mean", "x1", LEFT, "x2", right, "y1", number.at(mean), "y2", number.at(mean));
        svg.element(
                "text", String.format(Locale.ROOT, "mean %,.0f", mean), "class", "tick", "x", right + 4, "y", number.at(mean) + 4);
        return svg.close().toString();
    }

    private static void drawBars(Markup svg, Counts counts, Axis time, Axis number) {
        for (int i = 0; i < counts.perStretch().size(); i++) {
            double x = time.at((double) i * counts.widthMillis());
            double next = time.at((i + 1.0) * counts.widthMillis());
            double top = number.at(counts.perStretch().get(i));
            double gap = Math.min(1, (next - x) / 4);
            svg.empty("rect", "class", "bar", "x", x, "y", top, "width", next - x - gap, "height", BOTTOM - top);
        }
        svg.line();
    }
}
