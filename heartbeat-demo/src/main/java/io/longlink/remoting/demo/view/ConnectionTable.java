package io.longlink.remoting.demo.view;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The connections as lines of text. Stateless but for the layout; the same rows give the same lines. */
final class ConnectionTable {
    private static final String RESET = "\033[0m";
    private static final String FAINT = "\033[2m";
    private static final String GAP = "  ";
    private static final String ELLIPSIS = "\u2026";

    private record Column(String title, boolean toTheRight, Function<Row, String> text) {
        /** The same under a title that takes less room. */
        private Column brief(String brief) {
            return new Column(brief, toTheRight, text);
        }
    }

    private static final Column CLIENT = new Column("CLIENT", false, Row::client);
    private static final Column SERVER = new Column("SERVER", false, Row::server);
    private static final Column ADDRESS = new Column("ADDRESS", false, Row::address);
    private static final Column STATE = new Column("STATE", false, row -> row.state().name());
    private static final Column BEAT = new Column("LAST BEAT", true, row -> age(row.beatAgeMillis()));
    private static final Column P50 = new Column("RTT P50", true, row -> millis(row.twoWay().count(), row.twoWay().p50Micros()));
    private static final Column P99 = new Column("P99", true, row -> millis(row.twoWay().count(), row.twoWay().p99Micros()));
    private static final Column FLIGHT = new Column("IN FLIGHT", true, row -> Long.toString(row.inFlight()));
    private static final Column RECONNECTS = new Column("RECONNECTS", true, row -> Integer.toString(row.reconnects()));

    private final int width;
    private final int maxRows;
    private final boolean colours;

    /**
     * @param width no line is longer, in characters
     * @param maxRows connections beyond this are counted
     */
    ConnectionTable(int width, int maxRows, boolean colours) {
        this.width = Math.max(1, width);
        this.maxRows = Math.max(1, maxRows);
        this.colours = colours;
    }

    /**
     * The lines of the table: its head, a line for each row, and how many there are beyond them.
     *
     * @param more connections of which there are no rows
     */
    List<String> lines(List<Row> rows, int more) {
        List<Row> shown = rows.subList(0, Math.min(maxRows, rows.size()));
        List<Column> columns = columns(shown);
        List<Integer> widths = widths(columns, shown);
        List<String> lines = new ArrayList<>();
        lines.add(paint(FAINT, fit(head(columns, widths))));
        shown.forEach(row -> lines.add(line(row, columns, widths)));
        int hidden = rows.size() - shown.size() + more;
        if (hidden > 0) {
            lines.add(paint(FAINT, fit("and " + hidden + " more")));
        }
        return lines;
    }

    /** All columns if there is room for them, else the server by one of its names only, under short titles. */
    private List<Column> columns(List<Row> rows) {
        boolean named = rows.stream().anyMatch(row -> !row.server().equals(row.address()));
        List<Column> all = new ArrayList<>(List.of(CLIENT, SERVER, ADDRESS, STATE, BEAT, P50, P99, FLIGHT, RECONNECTS));
        if (!named) {
            all.remove(SERVER);
        }
        int length = widths(all, rows).stream().mapToInt(Integer::intValue).sum() + GAP.length() * (all.size() - 1);
        return length <= width
                ? all
                : List.of(
                        CLIENT, named ? SERVER : ADDRESS, STATE, BEAT.brief("BEAT"), P50, P99, FLIGHT.brief("FLIGHT"),
                        RECONNECTS.brief("RECONN"));
    }

    private static List<Integer> widths(List<Column> columns, List<Row> rows) {
        List<Integer> widths = new ArrayList<>();
        for (Column column : columns) {
            int widest = column.equals(STATE) ? longestState() : 0;
            for (Row row : rows) {
                widest = Math.max(widest, column.text.apply(row).length());
            }
            widths.add(Math.max(widest, column.title.length()));
        }
        return widths;
    }

    /** So that the columns stand still while states change. */
    private static int longestState() {
        int longest = 0;
        for (AddressState state : AddressState.values()) {
            longest = Math.max(longest, state.name().length());
        }
        return longest;
    }

    private static String head(List<Column> columns, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(pad(columns.get(i).title, widths.get(i), columns.get(i).toTheRight));
        }
        return line.toString();
    }

    private String line(Row row, List<Column> columns, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        int stateFrom = 0;
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            line.append(i == 0 ? "" : GAP);
            if (column.equals(STATE)) {
                stateFrom = line.length();
            }
            line.append(pad(column.text.apply(row), widths.get(i), column.toTheRight));
        }
        String text = fit(line.toString());
        int from = Math.min(stateFrom, text.length());
        int to = Math.min(stateFrom + row.state().name().length(), text.length());
        return text.substring(0, from) + paint(colour(row.state()), text.substring(from, to)) + text.substring(to);
    }

    private static String pad(String text, int width, boolean toTheRight) {
        String space = " ".repeat(width - text.length());
        return toTheRight ? space + text : text + space;
    }

    /** Cuts what is too long for a line, and says so. */
    String fit(String text) {
        return text.length() <= width ? text : text.substring(0, width - 1) + ELLIPSIS;
    }

    private String paint(String colour, String text) {
        return colours && !text.isEmpty() ? colour + text + RESET : text;
    }

    private static String colour(AddressState state) {
        return switch (state) {
            case READY -> "\033[32m";
            case CONNECTING -> "\033[33m";
            case BACKOFF -> "\033[31m";
            case IDLE, SHUTDOWN -> FAINT;
        };
    }

    private static String age(long millis) {
        if (millis < 0) {
            return "-";
        }
        return millis < 60_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1e3)
                : String.format(Locale.ROOT, "%d min", millis / 60_000);
    }

    private static String millis(long count, long micros) {
        if (count == 0) {
            return "-";
        }
        return String.format(Locale.ROOT, micros < 100_000 ? "%.2f ms" : "%.0f ms", micros / 1e3);
    }

}
