package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import java.time.Duration;
import java.util.List;

/**
 * Whether anybody noticed that servers were replaced: what clients sent and what servers executed, and what both sides counted. Green only
 * if everything adds up.
 *
 * @param inconsistentReports drain reports of servers whose parts did not add up
 */
record Verdict(Join joined, Counted counted, long inconsistentReports) {

    /**
     * What the join does not know: the counters of both sides.
     *
     * @param refused answers with GO_AWAY that servers gave
     * @param retried refused messages that clients sent again
     * @param droppedEvents connection events that no listener heard
     * @param leakedConnections connections still open after those who made them had ended
     * @param goAways connections on which a client was told to go away
     * @param maxWaitMillis the longest any message took from the moment it was due
     * @param rebalances how often clients were told to rebalance
     * @param requestsBeforeBeat messages on connections that no heartbeat had come on
     * @param unknownClients clients that a server's last life did not know by their heartbeat
     * @param registeredLeft clients that servers still knew after all had gone
     */
    record Counted(
            long refused,
            long retried,
            long droppedEvents,
            long leakedConnections,
            long goAways,
            long maxWaitMillis,
            long rebalances,
            long requestsBeforeBeat,
            long unknownClients,
            long registeredLeft) {

        /** Complains of what must be so however servers end. */
        void complain(Complaints complaints, DemoOptions options) {
            complaints
                    .mustBeZero("droppedEvents", droppedEvents)
                    .mustBeZero("leakedConnections", leakedConnections)
                    .mustBeZero("requestsBeforeBeat", requestsBeforeBeat)
                    .mustBeZero("unknownClients", unknownClients)
                    .mustBeZero("registeredLeft", registeredLeft)
                    .mustBeAtLeast("rebalances", rebalances, options.rebalances());
        }

        /** All numbers, for machines. */
        JsonObject facts() {
            return new JsonObject()
                    .put("droppedEvents", droppedEvents)
                    .put("leakedConnections", leakedConnections)
                    .put("goAways", goAways)
                    .put("maxWaitMillis", maxWaitMillis)
                    .put("rebalances", rebalances)
                    .put("requestsBeforeBeat", requestsBeforeBeat)
                    .put("unknownClients", unknownClients)
                    .put("registeredLeft", registeredLeft);
        }

        /** What is said of heartbeats and connections, for people; a line. */
        String sentence() {
            return String.format(
                    "rebalances %d, requestsBeforeBeat %d, unknownClients %d, registeredLeft %d; droppedEvents %d, leakedConnections %d%n",
                    rebalances, requestsBeforeBeat, unknownClients, registeredLeft, droppedEvents, leakedConnections);
        }
    }

    /** Complains if too few messages were sent for the rate that was asked for. */
    static void complainOfTooFew(Complaints complaints, Join joined, DemoOptions options) {
        double planned = (double) options.rate() * options.duration().toMillis() / 1_000;
        complaints.must(joined.sent() >= 0.95 * planned, "sent is " + joined.sent() + ", less than 95 % of " + (long) planned);
    }

    /** What makes the verdict red, in words; empty if it is green. */
    List<String> complaints(DemoOptions options) {
        Complaints complaints = new Complaints()
                .mustBeZero("failed", joined.failed())
                .mustBeZero("onewayLost", joined.onewayLost())
                .mustBeZero("executedTwice", joined.executedTwice())
                .must(
                        joined.digestSent().equals(joined.digestExecuted()),
                        "what was executed is not what was sent: the digests differ")
                .mustBeZero("inconsistentReports", inconsistentReports);
        counted.complain(complaints, options);
        complainOfTooFew(complaints, joined, options);
        complaints
                .mustHaveSeen("refused", counted.refused(), 1)
                .mustHaveSeen("retried", counted.retried(), 1)
                .mustHaveSeen("goAways", counted.goAways(), options.restarts());
        Duration longestWait = options.longestWait();
        if (longestWait != null) {
            complaints.must(
                    counted.maxWaitMillis() < longestWait.toMillis(),
                    "maxWaitMillis is " + counted.maxWaitMillis() + ", not below " + longestWait.toMillis());
        }
        return complaints.list();
    }

    /** What the demo ends with. */
    Result result(DemoOptions options) {
        List<String> complaints = complaints(options);
        return new Result(facts(complaints, options), sentences(complaints), complaints);
    }

    /** All numbers, for machines. */
    private JsonObject facts(List<String> complaints, DemoOptions options) {
        return new JsonObject()
                .put("green", complaints.isEmpty())
                .put("restarts", options.restarts())
                .put("sent", joined.sent())
                .put("answered", joined.answered())
                .put("refused", counted.refused())
                .put("retried", counted.retried())
                .put("failed", joined.failed())
                .put("onewaySent", joined.onewaySent())
                .put("onewayLost", joined.onewayLost())
                .put("executedTwice", joined.executedTwice())
                .put("inconsistentReports", inconsistentReports)
                .putAll(counted.facts())
                .put("digestSent", joined.digestSent())
                .put("digestExecuted", joined.digestExecuted())
                .put("complaints", complaints);
    }

    /** All numbers, for people. */
    private String sentences(List<String> complaints) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "sent %d = answered %d + one-way %d + failed %d; the longest wait was %d ms%n",
                joined.sent(), joined.answered(), joined.onewaySent(), joined.failed(), counted.maxWaitMillis()));
        text.append(String.format(
                "goAways %d, refused %d, retried %d; onewayLost %d, executedTwice %d%n",
                counted.goAways(), counted.refused(), counted.retried(), joined.onewayLost(), joined.executedTwice()));
        text.append(counted.sentence());
        text.append(String.format("sha-256 of what was sent:     %s%n", joined.digestSent()));
        text.append(String.format("sha-256 of what was executed: %s%n", joined.digestExecuted()));
        if (complaints.isEmpty()) {
            return text.append("GREEN: every server was replaced, and nobody noticed").toString();
        }
        complaints.forEach(complaint -> text.append("  ").append(complaint).append('\n'));
        return text.append("RED: somebody noticed").toString();
    }
}
