package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten thousand idle connections whose server is restarted: do they all come back, and how crowded is it when they do? The window is the
 * time from the first to the last connection that becomes ready again, in stretches of 100 ms; whoever comes late makes it longer and the
 * mean smaller, and nobody is left out.
 */
public final class Herd implements Scenario {
    private static final int BUCKET_MILLIS = 100;

    /**
     * What is asked for.
     *
     * @param gapMillis how long nobody listens, at least; a drain or a JVM's start that takes its time makes it longer
     * @param backMillis within what time of the new server's start all must be back
     * @param peak how often the fullest stretch of 100 ms may hold the mean of the window
     */
    record Plan(long gapMillis, long backMillis, double peak) {
        static final Plan USUAL = new Plan(1_000, 15_000, 3);
    }

    /**
     * What came of it.
     *
     * @param gapMillis from the beginning of the drain, when the old server stopped listening, to the moment when the new one listened
     * @param ready connections that are there in the end
     * @param back when connections became ready again
     * @param returnedMillis from that moment to the last of them
     * @param failures attempts to connect that failed
     * @param clientCpuMillis processor time of the clients, all of them, from the drain to the end
     * @param serverCpuMillis processor time of the new server
     */
    record Outcome(
            Departure departure,
            long gapMillis,
            long ready,
            Moments back,
            long returnedMillis,
            long failures,
            long clientCpuMillis,
            long serverCpuMillis) {

        Histogram histogram() {
            return back.histogram(BUCKET_MILLIS);
        }

        List<String> complaints(Plan plan) {
            List<String> complaints = new ArrayList<>(departure.complaints());
            if (ready != departure.connections()) {
                complaints.add("ready is " + ready + ", not " + departure.connections());
            }
            if (back.count() < departure.connections()) {
                complaints.add("connects is " + back.count() + ", less than " + departure.connections());
            }
            Histogram histogram = histogram();
            if (histogram.peak() > plan.peak()) {
                complaints.add(String.format(
                        "maxPer100Millis is %d, above %.0f times the mean of %.0f", histogram.max(), plan.peak(), histogram.mean()));
            }
            return complaints;
        }

        Result result(Plan plan) {
            List<String> complaints = complaints(plan);
            Histogram histogram = histogram();
            JsonObject facts = new JsonObject()
                    .put("green", complaints.isEmpty())
                    .put("connections", departure.connections())
                    .putAll(departure.facts())
                    .put("gapMillis", gapMillis)
                    .put("failures", failures)
                    .put("ready", ready)
                    .put("connects", back.count())
                    .put("returnedMillis", returnedMillis)
                    .put("windowMillis", histogram.counts().length * (long) BUCKET_MILLIS)
                    .put("maxPer100Millis", histogram.max())
                    .put("meanPer100Millis", Math.round(histogram.mean()))
                    .put("peakPercentOfMean", Math.round(100 * histogram.peak()))
                    .put("clientCpuMillis", clientCpuMillis)
                    .put("serverCpuMillis", serverCpuMillis)
                    .put("complaints", complaints);
            String numbers = String.format(
                    "connections %d, ready again %d after a gap of %d ms, the last one %d ms after it; %d attempts failed meanwhile%n"
                            + "in 100 ms: at most %d, on average %.0f, that is %.1f times the average; processor time: clients %d ms, server %d ms",
                    departure.connections(), ready, gapMillis, returnedMillis, failures,
                    histogram.max(), histogram.mean(), histogram.peak(), clientCpuMillis, serverCpuMillis);
            return new Result(
                    facts, Ending.sentences(numbers, complaints, "all came back, and not all at once", "a herd it was"), complaints);
        }
    }

    private final Crowd crowd;
    private final Plan plan;
    private final Story story;

    /** @throws IllegalArgumentException if the number makes no sense, or is more than this machine lets a process have */
    public Herd(int connections, Story story) {
        this(Crowd.of(connections), Plan.USUAL, story);
    }

    Herd(Crowd crowd, Plan plan, Story story) {
        this.crowd = crowd;
        this.plan = plan;
        this.story = story;
    }

    @Override
    public Result play() throws InterruptedException {
        try (Cast cast = new Cast(crowd, story)) {
            cast.listen();
            cast.connect();
            long[] before = Cast.count(cast.clients());
            Departure departure = cast.drain();
            cast.replaceServer();
            cast.server().hearNothing(plan.gapMillis() - (Moments.nowMicros() - departure.beganMicros()) / 1_000);
            Moments opened = cast.listen();
            long gapMillis = (opened.last() - departure.beganMicros()) / 1_000;
            story.tell(
                    "listening", new JsonObject().put("gapMillis", gapMillis),
                    String.format("a new server listens; nobody did for %d ms", gapMillis));
            String[] back = cast.clients()
                    .ask("back " + plan.backMillis(), "back", plan.backMillis() + 10_000)
                    .split(" ", 2);
            Moments moments = Moments.parse(back.length > 1 ? back[1] : "");
            long[] after = Cast.count(cast.clients());
            Outcome outcome = new Outcome(
                    departure,
                    gapMillis,
                    Long.parseLong(back[0]),
                    moments,
                    moments.count() == 0 ? -1 : (moments.last() - opened.last()) / 1_000,
                    after[2] - before[2],
                    after[1] - before[1],
                    Cast.count(cast.server())[1]);
            tellBack(outcome);
            return outcome.result(plan);
        }
    }

    private void tellBack(Outcome outcome) {
        Histogram histogram = outcome.histogram();
        story.timeline().counted(
                "Connections that became ready again in each " + BUCKET_MILLIS + " ms", BUCKET_MILLIS, histogram.counts());
        story.tell(
                "back",
                new JsonObject().put("ready", outcome.ready()).put("connects", outcome.back().count()).put("per100Millis", histogram.counts()),
                outcome.ready() + " connections are back; so many became ready in each 100 ms:\n" + histogram.chart());
    }
}
