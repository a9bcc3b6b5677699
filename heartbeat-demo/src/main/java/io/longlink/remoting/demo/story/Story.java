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
    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final PrintStream out;
    private final boolean json;
    private final long beganNanos = System.nanoTime();

    /** @param json whether for machines */
    public Story(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /**
     * Tells one event.
     *
     * @param event what machines call it
     * @param facts what machines read of it
     * @param sentence what people read of it; each of its lines becomes a line of its own, and none of them tells machines only
     */
    public synchronized void tell(String event, JsonObject facts, String sentence) {
        if (json) {
            out.println(new JsonObject()
                    .put("event", event)
                    .put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
                    .put("elapsedMillis", (System.nanoTime() - beganNanos) / 1_000_000)
                    .putAll(facts));
        } else {
            String time = LocalTime.now(ZoneId.systemDefault()).format(TIME_OF_DAY);
            sentence.lines().forEach(line -> out.println(time + "  " + line));
        }
        out.flush();
    }
}
