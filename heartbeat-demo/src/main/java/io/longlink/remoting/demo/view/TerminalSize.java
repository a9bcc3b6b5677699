package io.longlink.remoting.demo.view;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many characters fit on the terminal. */
record TerminalSize(int columns, int lines) {
    private static final TerminalSize USUAL = new TerminalSize(80, 24);
    private static final File TERMINAL = new File("/dev/tty");
    private static final Pattern LINES_AND_COLUMNS = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
    private static final long STTY_MILLIS = 1_000;

    /**
     * What {@code COLUMNS} and {@code LINES} say, and where they are silent, as they usually are, what {@code stty} says; 80 by 24 if
     * nobody knows.
     */
    static TerminalSize now(Map<String, String> environment) throws InterruptedException {
        int columns = positive(environment.get("COLUMNS"));
        int lines = positive(environment.get("LINES"));
        if (columns > 0 && lines > 0) {
            return new TerminalSize(columns, lines);
        }
        TerminalSize asked = ask().orElse(USUAL);
        return new TerminalSize(columns > 0 ? columns : asked.columns, lines > 0 ? lines : asked.lines);
    }

    private static Optional<TerminalSize> ask() throws InterruptedException {
        if (!TERMINAL.exists()) {
            return Optional.empty();
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(TERMINAL)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_MILLIS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return Optional.empty();
            }
            return parse(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // No such program, or no terminal to ask: this is the question whether there is one, and the answer is no.
            return Optional.empty();
        }
    }

    /** Reads lines and columns, as {@code stty size} prints them; empty if it printed anything else, or zeros. */
    static Optional<TerminalSize> parse(String text) {
        Matcher matcher = LINES_AND_COLUMNS.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        TerminalSize size = new TerminalSize(positive(matcher.group(2)), positive(matcher.group(1)));
        return size.columns > 0 && size.lines > 0 ? Optional.of(size) : Optional.empty();
    }

    private static int positive(@Nullable String text) {
        return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
