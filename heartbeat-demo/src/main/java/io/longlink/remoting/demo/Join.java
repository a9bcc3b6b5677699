package io.longlink.remoting.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What clients sent and what servers executed, joined id by id.
 *
 * @param sent messages given to clients; each ended as one of {@code answered}, {@code onewaySent}, {@code failed}
 * @param answered two-way messages whose right answer came
 * @param failed calls that ended otherwise or never, of either kind
 * @param onewaySent one-way messages that were written
 * @param onewayLost of those, how many no server executed
 * @param executedTwice messages executed more than once, and executions of what nobody sent
 * @param answeredUnexecuted messages that were answered, though no server executed them
 * @param ranAfterAll messages that a server executed, though their calls failed as not sent or refused
 * @param altered messages of which servers executed another text than was sent
 * @param digestSent SHA-256 over {@code id TAB line LF} of all messages sent, in the order of ids, lines from the file
 * @param digestExecuted the same over all messages executed, lines as servers received them
 */
record Join(
        long sent,
        long answered,
        long failed,
        long onewaySent,
        long onewayLost,
        long executedTwice,
        long answeredUnexecuted,
        long ranAfterAll,
        long altered,
        String digestSent,
        String digestExecuted) {

    /** Joins a ledger that nobody writes to any more. */
    static Join of(Ledger ledger) {
        long sent = 0;
        long answered = 0;
        long failed = 0;
        long onewaySent = 0;
        long onewayLost = 0;
        long executedTwice = ledger.strangers();
        long answeredUnexecuted = 0;
        long ranAfterAll = 0;
        long altered = 0;
        MessageDigest sentDigest = sha256();
        MessageDigest executedDigest = sha256();
        for (int id = 0; id < ledger.messages(); id++) {
            boolean executed = ledger.executions(id) > 0;
            Ledger.Outcome outcome = ledger.outcome(id);
            switch (outcome) {
                case ANSWERED -> {
                    answered++;
                    answeredUnexecuted += executed ? 0 : 1;
                }
                case WRITTEN -> {
                    onewaySent++;
                    onewayLost += executed ? 0 : 1;
                }
                case NOT_SENT, REFUSED -> {
                    failed++;
                    ranAfterAll += executed ? 1 : 0;
                }
                case PENDING, UNKNOWN, FAILED -> failed++;
                case NONE -> {}
            }
            if (outcome != Ledger.Outcome.NONE) {
                sent++;
                add(sentDigest, id, ledger.workload().line(id));
            }
            executedTwice += ledger.executions(id) > 1 ? 1 : 0;
            if (executed) {
                add(executedDigest, id, ledger.received(id));
                altered += ledger.workload().line(id).equals(ledger.received(id)) ? 0 : 1;
            }
        }
        return new Join(
                sent,
                answered,
                failed,
                onewaySent,
                onewayLost,
                executedTwice,
                answeredUnexecuted,
                ranAfterAll,
                altered,
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
}
