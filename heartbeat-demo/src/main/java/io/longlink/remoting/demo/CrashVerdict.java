package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import java.util.List;

/**
 * Whether the failures of a crash told the truth.
 *
 * @param unknown calls that failed as such that may have run
 * @param refusedConnects calls that failed because nobody was there to connect to; they did not run
 * @param otherwise calls that failed in any other way
 * @param uncalledFor calls that failed though their server was there
 * @param stayedAway servers to whose replacement not all clients had moved when the last message was sent
 * @param calmMillis for how long messages were sent after the last client had moved; 0 if one had not
 */
record CrashVerdict(
        Join joined,
        Verdict.Counted counted,
        long unknown,
        long refusedConnects,
        long otherwise,
        long uncalledFor,
        long stayedAway,
        long calmMillis) {

    /** Messages must go on for so long after the last client has moved, or they say nothing about the time after a crash. */
    private static final long LEAST_CALM_MILLIS = 100;

    /** A verdict on failures of which there will be no more. */
    static CrashVerdict of(Join joined, Verdict.Counted counted, CrashFailures failures, long stayedAway, long calmMillis) {
        return new CrashVerdict(
                joined,
                counted,
                failures.unknown(),
                failures.refusedConnects(),
                failures.otherwise(),
                failures.uncalledFor(),
                stayedAway,
                calmMillis);
    }

    /**
     * One-way messages that were written and not executed, at the most: a client hears of a crash long before a second has passed, so more
     * than a second's worth for each crash means that they were lost elsewhere.
     */
    private static long plausiblyLost(DemoOptions options) {
        return options.restarts() * (long) options.rate() / options.servers();
    }

    /** What makes the verdict red, in words; empty if it is green. */
    List<String> complaints(DemoOptions options) {
        Complaints complaints = new Complaints()
                .mustBeZero("executedTwice", joined.executedTwice())
                .mustBeZero("ranAfterAll", joined.ranAfterAll())
                .mustBeZero("answeredUnexecuted", joined.answeredUnexecuted())
                .mustBeZero("altered", joined.altered())
                .mustBeZero("failedOtherwise", otherwise)
                .mustBeZero("failedUncalledFor", uncalledFor)
                .mustBeZero("stayedAway", stayedAway)
                .must(
                        joined.onewayLost() <= plausiblyLost(options),
                        "onewayLost is " + joined.onewayLost() + ", more than the " + plausiblyLost(options) + " of a second");
        counted.complain(complaints, options);
        Verdict.complainOfTooFew(complaints, joined, options);
        return complaints
                .mustHaveSeen("failedUnknown + failedConnect", unknown + refusedConnects, 1)
                .must(stayedAway > 0 || calmMillis >= LEAST_CALM_MILLIS, "calmMillis is " + calmMillis + ": nothing was proved")
                .list();
    }

    /** What the demo ends with. */
    Result result(DemoOptions options) {
        List<String> complaints = complaints(options);
        return new Result(facts(complaints, options), sentences(complaints), complaints);
    }

    private JsonObject facts(List<String> complaints, DemoOptions options) {
        return new JsonObject()
                .put("green", complaints.isEmpty())
                .put("kills", options.restarts())
                .put("sent", joined.sent())
                .put("answered", joined.answered())
                .put("failed", joined.failed())
                .put("failedUnknown", unknown)
                .put("failedConnect", refusedConnects)
                .put("failedOtherwise", otherwise)
                .put("failedUncalledFor", uncalledFor)
                .put("onewaySent", joined.onewaySent())
                .put("onewayLost", joined.onewayLost())
                .put("executedTwice", joined.executedTwice())
                .put("ranAfterAll", joined.ranAfterAll())
                .put("answeredUnexecuted", joined.answeredUnexecuted())
                .put("altered", joined.altered())
                .put("stayedAway", stayedAway)
                .put("calmMillis", calmMillis)
                .putAll(counted.facts())
                .put("complaints", complaints);
    }

    private String sentences(List<String> complaints) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "sent %d = answered %d + one-way %d + failed %d; of those %d may have run, %d were not sent, %d neither%n",
                joined.sent(), joined.answered(), joined.onewaySent(), joined.failed(), unknown, refusedConnects, otherwise));
        text.append(String.format(
                "executedTwice %d, ranAfterAll %d, answeredUnexecuted %d, altered %d; "
                        + "one-ways that died with their server %d, as must be expected%n",
                joined.executedTwice(), joined.ranAfterAll(), joined.answeredUnexecuted(), joined.altered(), joined.onewayLost()));
        text.append(String.format(
                "failed though the server was there %d; no failure in the last %d ms%n", uncalledFor, calmMillis));
        text.append(counted.sentence());
        if (complaints.isEmpty()) {
            return text.append("GREEN: every failure told the truth, and nothing ran twice").toString();
        }
        complaints.forEach(complaint -> text.append("  ").append(complaint).append('\n'));
        return text.append("RED: a failure did not tell the truth, or something got lost that must not").toString();
    }
}
