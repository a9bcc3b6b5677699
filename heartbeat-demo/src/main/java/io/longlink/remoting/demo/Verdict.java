package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether anybody noticed. Made by joining what clients sent with what servers executed, id by id, and green only if everything adds up.
 *
 * @param sent messages given to clients; each ended as one of {@code answered}, {@code onewaySent}, {@code failed}
 * @param answered two-way messages whose right answer came
 * @param refused answers with GO_AWAY that servers gave
 * @param retried refused messages that clients sent again
 * @param failed calls that ended otherwise or never, of either kind
 * @param onewaySent one-way messages that were written
 * @param onewayLost of those, how many no server executed
 * @param executedTwice messages executed more than once, and executions of what nobody sent
 * @param droppedEvents connection events that no listener heard
 * @param leakedConnections connections still open after those who made them had ended
 * @param goAways connections on which a client was told to go away
 * @param maxWaitMillis the longest any message took from the moment it was due
 * @param digestSent SHA-256 over {@code id TAB line LF} of all messages sent, in the order of ids, lines from the file
 * @param digestExecuted the same over all messages executed, lines as servers received them
 */
record Verdict(
        long sent,
        long answered,
        long refused,
        long retried,
        long failed,
        long onewaySent,
        long onewayLost,
        long executedTwice,
        long droppedEvents,
        long leakedConnections,
        long goAways,
        long maxWaitMillis,
        String digestSent,
        String digestExecuted) {

    /** What a ledger does not know: the counters of both sides. */
    record Counted(
            long refused, long retried, long droppedEvents, long leakedConnections, long goAways, long maxWaitMillis) {}

    /** Joins a ledger that nobody writes to any more. */
    static Verdict join(Ledger ledger, Counted counted) {
        long sent = 0;
        long answered = 0;
        long failed = 0;
        long onewaySent = 0;
        long onewayLost = 0;
        long executedTwice = ledger.strangers();
        MessageDigest sentDigest = sha256();
        MessageDigest executedDigest = sha256();
        for (int id = 0; id < ledger.messages(); id++) {
            int executions = ledger.executions(id);
            Ledger.Outcome outcome = ledger.outcome(id);
            switch (outcome) {
                case ANSWERED -> answered++;
                case WRITTEN -> {
                    onewaySent++;
                    if (executions == 0) {
                        onewayLost++;
                    }
                }
                case PENDING, FAILED -> failed++;
                default -> {}
            }
            if (outcome != Ledger.Outcome.NONE) {
                sent++;
                add(sentDigest, id, ledger.workload().line(id));
            }
            if (executions > 1) {
                executedTwice++;
            }
            if (executions > 0) {
                add(executedDigest, id, ledger.received(id));
            }
        }
        return new Verdict(
                sent,
                answered,
                counted.refused,
                counted.retried,
                failed,
                onewaySent,
                onewayLost,
                executedTwice,
                counted.droppedEvents,
                counted.leakedConnections,
                counted.goAways,
                counted.maxWaitMillis,
                HexFormat.of().formatHex(sentDigest.digest()),
                HexFormat.of().formatHex(executedDigest.digest()));
    }

    private static void add(MessageDigest digest, int id, @Nullable String line) {
        digest.update((id + "\t" + line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** What makes the verdict red, in words; empty if it is green. */
    List<String> complaints(DemoOptions options) {
        List<String> complaints = new ArrayList<>();
        mustBeZero(complaints, "failed", failed);
        mustBeZero(complaints, "onewayLost", onewayLost);
        mustBeZero(complaints, "executedTwice", executedTwice);
        mustBeZero(complaints, "droppedEvents", droppedEvents);
        mustBeZero(complaints, "leakedConnections", leakedConnections);
        if (!digestSent.equals(digestExecuted)) {
            complaints.add("what was executed is not what was sent: the digests differ");
        }
        double planned = (double) options.rate() * options.duration().toMillis() / 1_000;
        if (sent < 0.95 * planned) {
            complaints.add("sent is " + sent + ", less than 95 % of " + (long) planned);
        }
        mustBeAtLeast(complaints, "refused", refused, 1);
        mustBeAtLeast(complaints, "retried", retried, 1);
        mustBeAtLeast(complaints, "goAways", goAways, options.servers());
        return complaints;
    }

    private static void mustBeZero(List<String> complaints, String name, long value) {
        if (value != 0) {
            complaints.add(name + " is " + value + ", not 0");
        }
    }

    private static void mustBeAtLeast(List<String> complaints, String name, long value, long least) {
        if (value < least) {
            complaints.add(name + " is " + value + ", less than " + least + ": nothing was proved");
        }
    }

    /** What the demo ends with. */
    Result result(DemoOptions options) {
        List<String> complaints = complaints(options);
        return new Result(facts(complaints), sentences(complaints), complaints);
    }

    /** All numbers, for machines. */
    private JsonObject facts(List<String> complaints) {
        return new JsonObject()
                .put("green", complaints.isEmpty())
                .put("sent", sent)
                .put("answered", answered)
                .put("refused", refused)
                .put("retried", retried)
                .put("failed", failed)
                .put("onewaySent", onewaySent)
                .put("onewayLost", onewayLost)
                .put("executedTwice", executedTwice)
                .put("droppedEvents", droppedEvents)
                .put("leakedConnections", leakedConnections)
                .put("goAways", goAways)
                .put("maxWaitMillis", maxWaitMillis)
                .put("digestSent", digestSent)
                .put("digestExecuted", digestExecuted)
                .put("complaints", complaints);
    }

    /** All numbers, for people. */
    private String sentences(List<String> complaints) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "sent %d = answered %d + one-way %d + failed %d; the longest wait was %d ms%n",
                sent, answered, onewaySent, failed, maxWaitMillis));
        text.append(String.format(
                "goAways %d, refused %d, retried %d; onewayLost %d, executedTwice %d, droppedEvents %d, leakedConnections %d%n",
                goAways, refused, retried, onewayLost, executedTwice, droppedEvents, leakedConnections));
        text.append(String.format("sha-256 of what was sent:     %s%n", digestSent));
        text.append(String.format("sha-256 of what was executed: %s%n", digestExecuted));
        if (complaints.isEmpty()) {
            return text.append("GREEN: every server was replaced, and nobody noticed").toString();
        }
        complaints.forEach(complaint -> text.append("  ").append(complaint).append('\n'));
        return text.append("RED: somebody noticed").toString();
    }
}
