package io.longlink.remoting.demo.view;

import io.longlink.remoting.demo.story.Row;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Timeline;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections at the bottom of a terminal, drawn again in place a few times a second; what is told goes above them and scrolls. The
 * terminal is never in a state that would have to be repaired: no other screen, no hidden cursor, and every piece of output ends with its
 * colours and its wrapping as they were. Thread-safe.
 */
public final class LiveTable implements Story.Teller {
    private static final long REDRAW_MILLIS = 250;

    /** The size is asked for by starting a program, so not every time. */
    private static final int REDRAWS_PER_SIZE = 8;

    private static final int MAX_ROWS = 20;

    /** The head, "and n more", the line of progress, an empty line above, and the line of the cursor. */
    private static final int LINES_BESIDE_ROWS = 5;

    private static final String ERASE_BELOW = "\r\033[J";
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private final PrintStream terminal;
    private final Timeline timeline;
    private final boolean colours;

    /**
     * Guards what is on the terminal, so that everything is written by one thread at a time; no other lock is waited for under it but the
     * timeline's and the streams'.
     */
    private final Object lock = new Object();

    private final ScheduledExecutorService redraws = Executors.newSingleThreadScheduledExecutor(body -> {
        Thread thread = new Thread(body, "live-table");
        thread.setDaemon(true);
        return thread;
    });
    private TerminalSize size;
    private String progress = "";
    private int drawn;
    private boolean closed;

    // Of open() and close() only.
    private @Nullable Aside aside;
    private @Nullable Thread hook;

    /** A table that is drawn when {@link #redraw} says so. */
    LiveTable(PrintStream terminal, Timeline timeline, TerminalSize size, boolean colours) {
        this.terminal = terminal;
        this.timeline = timeline;
        this.size = size;
        this.colours = colours;
    }

    /**
     * Whether standard output is a terminal that understands what this writes.
     *
     * @param environment such as {@link System#getenv()}
     */
    public static boolean isPossible(Map<String, String> environment) {
        return isTerminal(System.console()) && understands(environment);
    }

    /** Since Java 22 there may be a console though the output is redirected, and it says so itself. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null || Runtime.version().feature() < 22) {
            return console != null;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java 22 and later have Console.isTerminal", e);
        }
    }

    /** Windows tells by other means that its terminal is one. */
    static boolean understands(Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "");
        return term.isEmpty() ? environment.containsKey("WT_SESSION") : !term.equals("dumb");
    }

    /** Colours, unless somebody does not want them; see no-color.org. */
    static boolean wantsColours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * Begins to draw, until {@link #close} or the end of the JVM. What is written to {@link System#err} meanwhile goes where it went, with
     * the table out of its way.
     *
     * @param environment such as {@link System#getenv()}
     */
    public static LiveTable open(PrintStream terminal, Timeline timeline, Map<String, String> environment)
            throws InterruptedException {
        LiveTable table = new LiveTable(terminal, timeline, TerminalSize.now(environment), wantsColours(environment));
        table.begin(environment);
        return table;
    }

    private void begin(Map<String, String> environment) {
        Aside stepped = new Aside(System.err);
        aside = stepped;
        System.setErr(stepped.stream());
        Thread onExit = new Thread(this::end, "live-table-end");
        hook = onExit;
        Runtime.getRuntime().addShutdownHook(onExit);
        Runnable body = new Runnable() {
            private int count;

            @Override
            public void run() {
                if (++count % REDRAWS_PER_SIZE == 0) {
                    measure(environment);
                }
                redraw();
            }
        };
        redraws.scheduleWithFixedDelay(body, 0, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void measure(Map<String, String> environment) {
        try {
            resize(TerminalSize.now(environment));
        } catch (InterruptedException e) {
            // The end: nobody draws any more.
            Thread.currentThread().interrupt();
        }
    }

    void resize(TerminalSize newSize) {
        synchronized (lock) {
            size = newSize;
        }
    }

    /** A line of progress replaces the one before it, below the table; every other line goes above it. */
    @Override
    public void tell(String event, String line) {
        synchronized (lock) {
            if (closed) {
                terminal.println(line);
                terminal.flush();
            } else if (event.equals("progress")) {
                progress = line;
                draw("");
            } else {
                draw(line + System.lineSeparator());
            }
        }
    }

    /** Draws the table as it is now in place of what was drawn before. */
    void redraw() {
        synchronized (lock) {
            if (!closed) {
                draw("");
            }
        }
    }

    private void draw(String above) {
        StringBuilder text = new StringBuilder(erased()).append(above);
        List<String> lines = lines();
        lines.forEach(line -> text.append(NO_WRAP).append(line).append(WRAP).append(System.lineSeparator()));
        drawn = lines.size();
        print(text);
    }

    /** What takes the cursor to where the table begins and the table away. */
    private String erased() {
        return (drawn == 0 ? "" : "\033[" + drawn + "A") + ERASE_BELOW;
    }

    private List<String> lines() {
        List<Row> rows = timeline.rows();
        if (rows.isEmpty()) {
            return List.of();
        }
        // The last column stays empty: some terminals wrap when it is written.
        ConnectionTable table =
                new ConnectionTable(size.columns() - 1, Math.min(MAX_ROWS, size.lines() - LINES_BESIDE_ROWS), colours);
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.addAll(table.lines(rows, timeline.moreRows()));
        if (!progress.isEmpty()) {
            lines.add(table.fit(progress));
        }
        return lines;
    }

    /** At once, so that nobody sees a part of it. */
    private void print(CharSequence text) {
        terminal.print(text);
        terminal.flush();
    }

    /**
     * Writes to another stream, which may be the same terminal, while the table is away. Passes lines on when they are complete: the table
     * must not begin behind half of one, nor take it away.
     */
    final class Aside extends OutputStream {
        private static final int LONGEST = 8_192;

        private final PrintStream other;
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

        Aside(PrintStream other) {
            this.other = other;
        }

        PrintStream stream() {
            return new PrintStream(this, true, Charset.defaultCharset());
        }

        @Override
        public void write(int b) {
            synchronized (lock) {
                pending.write(b);
                if (b == '\n' || pending.size() >= LONGEST) {
                    pass();
                }
            }
        }

        private void pass() {
            if (!closed) {
                print(erased());
                drawn = 0;
            }
            other.write(pending.toByteArray(), 0, pending.size());
            other.flush();
            pending.reset();
            if (!closed) {
                draw("");
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (pending.size() > 0) {
                    pass();
                }
            }
        }
    }

    /** Takes the table away: what is left is what was told, and lines are printed below it from now on. Doing it again changes nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            if (!closed) {
                print(erased());
                closed = true;
            }
        }
        redraws.shutdownNow();
        Aside stepped = aside;
        if (stepped != null) {
            aside = null;
            stepped.close();
            System.setErr(stepped.other);
        }
        Thread onExit = hook;
        if (onExit != null) {
            hook = null;
            try {
                Runtime.getRuntime().removeShutdownHook(onExit);
            } catch (IllegalStateException e) {
                // The JVM is about to end, and the hook has run or runs.
                return;
            }
        }
    }

    /** Leaves the table as it is, with the cursor below it: whoever ends the run early wants to see what he ended. */
    void end() {
        synchronized (lock) {
            closed = true;
        }
    }
}
