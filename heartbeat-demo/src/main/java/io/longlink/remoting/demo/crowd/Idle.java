package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import java.util.ArrayList;
import java.util.List;

/** Ten thousand connections that nobody uses: what they cost, how soon all are told that their server leaves, how soon all are gone. */
public final class Idle implements Scenario {

    /**
     * What is asked for.
     *
     * @param idleMillis how long nothing happens
     * @param toldMillis how long the server may take to tell everybody
     * @param goneMillis within what time everybody must be gone
     */
    record Plan(long idleMillis, long toldMillis, long goneMillis) {
        static final Plan USUAL = new Plan(2_000, 1_000, 3_000);
    }

    /**
     * What came of it.
     *
     * @param openBefore connections at the end of the time in which nothing happened, on the server's side
     * @param heapPerConnection bytes on the server's heap; the fewer connections, the less it says, and 0 says nothing
     * @param serverCpuMillis processor time of the server while nothing happened
     * @param leftOpen connections that are open when the drain has ended, on either side
     */
    record Outcome(Departure departure, long openBefore, long heapPerConnection, long serverCpuMillis, long leftOpen) {

        List<String> complaints(Plan plan) {
            List<String> complaints = new ArrayList<>();
            if (openBefore != departure.connections()) {
                complaints.add("openBefore is " + openBefore + ", not " + departure.connections());
            }
            complaints.addAll(departure.complaints());
            if (departure.toldWithinMillis(100) > plan.toldMillis()) {
                complaints.add("toldWithinMillis is " + departure.toldWithinMillis(100) + ", above " + plan.toldMillis());
            }
            if (departure.goneWithinMillis() >= plan.goneMillis()) {
                complaints.add("goneWithinMillis is " + departure.goneWithinMillis() + ", not below " + plan.goneMillis());
            }
            if (leftOpen != 0) {
                complaints.add("leftOpen is " + leftOpen + ", not 0");
            }
            return complaints;
        }

        Result result(Plan plan) {
            List<String> complaints = complaints(plan);
            JsonObject facts = new JsonObject()
                    .put("green", complaints.isEmpty())
                    .put("connections", departure.connections())
                    .put("openBefore", openBefore)
                    .put("heapPerConnection", heapPerConnection)
                    .put("serverCpuMillis", serverCpuMillis)
                    .putAll(departure.facts())
                    .put("leftOpen", leftOpen)
                    .put("complaints", complaints);
            String numbers = String.format(
                    "connections %d, %d bytes of the server's heap each; told within %d ms (p50 %d, p99 %d), gone within %d ms; left open %d",
                    departure.connections(), heapPerConnection, departure.toldWithinMillis(100), departure.toldWithinMillis(50),
                    departure.toldWithinMillis(99), departure.goneWithinMillis(), leftOpen);
            return new Result(
                    facts, Ending.sentences(numbers, complaints, "everybody was told, and everybody left", "somebody had to wait"), complaints);
        }
    }

    private final Crowd crowd;
    private final Plan plan;
    private final Story story;

    /** @throws IllegalArgumentException if the number makes no sense, or is more than this machine lets a process have */
    public Idle(int connections, Story story) {
        this(Crowd.of(connections), Plan.USUAL, story);
    }

    Idle(Crowd crowd, Plan plan, Story story) {
        this.crowd = crowd;
        this.plan = plan;
        this.story = story;
    }

    @Override
    public Result play() throws InterruptedException {
        try (Cast cast = new Cast(crowd, story)) {
            cast.listen();
            long heapBefore = weigh(cast);
            cast.connect();
            long heapPerConnection = Math.max(0, weigh(cast) - heapBefore) / crowd.connections();
            long cpuBefore = Cast.count(cast.server())[1];
            cast.server().hearNothing(plan.idleMillis());
            long[] idle = Cast.count(cast.server());
            tellIdle(heapPerConnection, idle[1] - cpuBefore);
            Departure departure = cast.drain();
            return new Outcome(departure, idle[0], heapPerConnection, idle[1] - cpuBefore, cast.leftOpen()).result(plan);
        }
    }

    private static long weigh(Cast cast) throws InterruptedException {
        return Long.parseLong(cast.server().ask("weigh", "weight", 10_000));
    }

    private void tellIdle(long heapPerConnection, long cpuMillis) {
        story.tell(
                "idle",
                new JsonObject()
                        .put("millis", plan.idleMillis())
                        .put("heapPerConnection", heapPerConnection)
                        .put("serverCpuMillis", cpuMillis),
                String.format(
                        "nothing happened for %d ms: it cost the server %d ms of processor time, and %d bytes of heap for a connection",
                        plan.idleMillis(), cpuMillis, heapPerConnection));
    }
}
