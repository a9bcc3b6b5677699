package io.longlink.remoting.demo.view;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of a terminal as the table uses; anything else fails the test. Lines never scroll away. */
final class Screen {
    private static final Pattern PIECE = Pattern.compile("\033\\[([?\\d;]*)([A-Za-z])|[\r\n]|[^\033\r\n]");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private final int columns;
    private int row;
    private int column;
    private boolean wraps = true;
    private boolean coloured;

    Screen(int columns) {
        this.columns = columns;
    }

    PrintStream stream() {
        return stream;
    }

    /** What is seen, after everything that was flushed has been shown; without empty lines at the end. */
    List<String> lines() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        Matcher pieces = PIECE.matcher(text);
        int from = 0;
        while (pieces.find()) {
            if (pieces.start() != from) {
                throw new AssertionError("not understood: " + text.substring(from));
            }
            from = pieces.end();
            show(pieces.group(), pieces.group(1), pieces.group(2));
        }
        if (from != text.length()) {
            throw new AssertionError("not understood: " + text.substring(from));
        }
        List<String> seen = new ArrayList<>(lines.stream().map(line -> line.toString().stripTrailing()).toList());
        while (!seen.isEmpty() && seen.get(seen.size() - 1).isEmpty()) {
            seen.remove(seen.size() - 1);
        }
        return seen;
    }

    /** Whether a user can go on typing: at the beginning of a line, in no colour, with wrapping as it was. */
    boolean isInOrder() {
        return column == 0 && wraps && !coloured;
    }

    private void show(String piece, String arguments, String command) {
        if (command != null) {
            control(arguments, command);
        } else if (piece.equals("\r")) {
            column = 0;
        } else if (piece.equals("\n")) {
            newLine();
        } else {
            write(piece);
        }
    }

    private void control(String arguments, String command) {
        switch (arguments + command) {
            case "J" -> {
                lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                lines.subList(row + 1, lines.size()).clear();
            }
            case "?7l" -> wraps = false;
            case "?7h" -> wraps = true;
            case "0m" -> coloured = false;
            default -> {
                if (command.equals("A")) {
                    row -= Integer.parseInt(arguments);
                } else if (command.equals("m")) {
                    coloured = true;
                } else {
                    throw new AssertionError("not understood: " + arguments + command);
                }
            }
        }
    }

    private void write(String character) {
        if (column == columns && wraps) {
            newLine();
        }
        column = Math.min(column, columns - 1);
        StringBuilder line = lines.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column, character.charAt(0));
        column++;
    }

    private void newLine() {
        row++;
        column = 0;
        while (lines.size() <= row) {
            lines.add(new StringBuilder());
        }
    }
}
