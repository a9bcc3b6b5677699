package io.longlink.remoting.demo.story;

import java.io.PrintStream;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * What happens, told line by line while it happens: as sentences with the time of day in front, or as one JSON object a line. Every line
 * is flushed. Thread-safe.
 */
public final class Story {

    /** Where the lines go. Called by one thread at a time. */
    @FunctionalInterface
    public interface Teller extends AutoCloseable {
        /** Prints a line, and sees to it that it is seen at once. */
        void tell(String event, String line);

        /** From now on lines are only printed. */
        @Override
        default void close() {}
    }

    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final Teller teller;
    private final boolean json;
    private final Timeline timeline;
    private final long beganNanos = System.nanoTime();

    /** @param json whether for machines */
    public Story(PrintStream out, boolean json) {
        this(printing(out), json, new Timeline());
    }

    /**
     * @param json whether for machines
     * @param timeline remembers every sentence
     */
    public Story(Teller teller, boolean json, Timeline timeline) {
        this.teller = teller;
        this.json = json;
        this.timeline = timeline;
    }

    /** A teller that prints, whatever the event. */
    public static Teller printing(PrintStream out) {
        return (event, line) -> {
            out.println(line);
            out.flush();
        };
    }

    /** Remembers what can be shown but not told: latencies, connections. */
    public Timeline timeline() {
        return timeline;
    }

    /**
     * Tells one event.
     *
     * @param event what machines call it
     * @param facts what machines read of it
     * @param sentence what people read of it; each of its lines becomes a line of its own, and none of them tells machines only
     */
    public synchronized void tell(String event, JsonObject facts, String sentence) {
        timeline.told(event, sentence);
        if (json) {
            JsonObject line = new JsonObject()
                    .put("event", event)
                    .put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
                    .put("elapsedMillis", (System.nanoTime() - beganNanos) / 1_000_000)
                    .putAll(facts);
            teller.tell(event, line.toString());
        } else {
            String time = LocalTime.now(ZoneId.systemDefault()).format(TIME_OF_DAY);
            sentence.lines().forEach(line -> teller.tell(event, time + "  " + line));
        }
    }
}
