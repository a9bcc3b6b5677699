package io.longlink.remoting.demo.view;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Picture.Band;
import io.longlink.remoting.demo.story.Picture.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A band for each connection, coloured by its state and grouped by server, so that all clients of one are seen to move together. States
 * differ in height and hatching as well as in colour.
 */
final class StateBands {
    static final int MAX_BANDS = 45;
    private static final double HEAD = 20;
    private static final double ROW = 13;
    private static final double BAND = 10;
    private static final double MORE = 18;

    /** Thinner ones would not be seen, and a reconnect must be. */
    private static final double THINNEST = 1.2;

    private final Map<String, List<Band>> groups = new LinkedHashMap<>();
    private final int hidden;
    private final String hatch;

    /**
     * @param more bands beyond these
     * @param hatch the id of the pattern for CONNECTING
     */
    StateBands(List<Band> bands, int more, String hatch) {
        Map<String, List<Band>> all = new LinkedHashMap<>();
        bands.forEach(band -> all.computeIfAbsent(band.address(), address -> new ArrayList<>()).add(band));
        int shown = 0;
        for (Map.Entry<String, List<Band>> group : all.entrySet()) {
            List<Band> some = group.getValue().subList(0, Math.min(group.getValue().size(), MAX_BANDS - shown));
            if (!some.isEmpty()) {
                groups.put(group.getKey(), some);
            }
            shown += some.size();
        }
        hidden = bands.size() - shown + more;
        this.hatch = hatch;
    }

    /** How high all of it is. */
    double height() {
        long rows = groups.values().stream().mapToLong(List::size).sum();
        return groups.size() * HEAD + rows * ROW + (hidden > 0 ? MORE : 0);
    }

    void draw(Markup svg, Frame frame, long endMillis) {
        double y = frame.top();
        for (Map.Entry<String, List<Band>> group : groups.entrySet()) {
            Band first = group.getValue().get(0);
            svg.element("text", first.server(), "class", "group", "x", frame.left(), "y", y + 14).line();
            y += HEAD;
            for (Band band : group.getValue()) {
                svg.element("text", band.client(), "class", "tick end", "x", frame.left() - 8, "y", y + BAND - 1);
                drawBand(svg, band, frame, y, endMillis);
                y += ROW;
            }
        }
        if (hidden > 0) {
            svg.element("text", "and " + hidden + " more", "class", "faint", "x", frame.left(), "y", y + 13);
        }
    }

    private void drawBand(Markup svg, Band band, Frame frame, double y, long endMillis) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change(0, AddressState.IDLE));
        for (Change change : band.changes()) {
            if (change.atMillis() <= 0) {
                changes.set(0, new Change(0, change.state()));
            } else if (change.state() != changes.get(changes.size() - 1).state()) {
                changes.add(change);
            }
        }
        svg.open("g");
        for (int i = 0; i < changes.size(); i++) {
            long until = i + 1 < changes.size() ? changes.get(i + 1).atMillis() : Math.max(endMillis, changes.get(i).atMillis());
            drawState(svg, band, changes.get(i), until, frame, y);
        }
        svg.close().line();
    }

    private void drawState(Markup svg, Band band, Change change, long untilMillis, Frame frame, double y) {
        double x = frame.time().at(change.atMillis());
        double width = frame.time().at(untilMillis) - x;
        if (width <= 0) {
            return;
        }
        svg.open("g");
        svg.element(
                "title",
                String.format(
                        Locale.ROOT, "%s, %s: %s from %s to %s",
                        band.client(), band.server(), change.state(), Labels.seconds(change.atMillis()),
                        Labels.seconds(untilMillis)));
        swatch(svg, change.state(), hatch, x, y, Math.max(THINNEST, width));
        svg.close();
    }

    /** How a state looks, in a band and in the legend. */
    static void swatch(Markup svg, AddressState state, String hatch, double x, double y, double width) {
        double height = height(state);
        double top = y + (BAND - height) / 2;
        svg.empty("rect", "class", "state " + state.name().toLowerCase(Locale.ROOT), "x", x, "y", top, "width", width, "height", height);
        if (state == AddressState.CONNECTING) {
            svg.empty("rect", "fill", "url(#" + hatch + ")", "x", x, "y", top, "width", width, "height", height);
        }
    }

    private static double height(AddressState state) {
        return switch (state) {
            case READY, CONNECTING -> BAND;
            case BACKOFF -> 6;
            case IDLE, SHUTDOWN -> 2;
        };
    }
}
