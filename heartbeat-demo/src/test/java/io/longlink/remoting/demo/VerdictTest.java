package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.demo.Ledger.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The join alone, without servers, clients or time. */
class VerdictTest {
    private static final Verdict.Counted GOOD = new Verdict.Counted(1, 1, 0, 0, 2, 12, 4, 0, 0, 0);

    private final DemoOptions options =
            new DemoOptions(
            Duration.ofSeconds(10), 10, 2, 1, Duration.ZERO, Duration.ofSeconds(1), false, Profile.ROLLING);
    private final Workload workload = new Workload(List.of("first", "second\twith a tab", "third"));
    private final Ledger ledger = new Ledger(workload, options.messages(), null);
    private final int anOneway = anyOf(MessageKind.ONE_WAY);
    private final int aTwoWay = anyOf(MessageKind.TWO_WAY);

    private int anyOf(MessageKind kind) {
        return IntStream.range(0, options.messages()).filter(id -> workload.kind(id) == kind).findFirst().orElseThrow();
    }

    private void send(int id) {
        ledger.onSend(id);
        ledger.onEnd(id, workload.kind(id) == MessageKind.ONE_WAY ? Outcome.WRITTEN : Outcome.ANSWERED);
    }

    private void execute(int id) {
        ledger.onExecute(id, workload.kind(id), 1, workload.line(id));
    }

    private void sendAndExecuteAllBut(int... ids) {
        List<Integer> missing = IntStream.of(ids).boxed().toList();
        for (int id = options.messages() - 1; id >= 0; id--) {
            if (!missing.contains(id)) {
                send(id);
                execute(id);
            }
        }
    }

    private Verdict verdict(Verdict.Counted counted) {
        return new Verdict(Join.of(ledger), counted, 0);
    }

    @Test
    void join_everythingInOrder_isGreenAndAddsUp() throws NoSuchAlgorithmException {
        sendAndExecuteAllBut();
        Verdict verdict = verdict(GOOD);
        assertEquals(List.of(), verdict.complaints(options));
        assertEquals(100, verdict.joined().sent());
        assertEquals(100, verdict.joined().answered() + verdict.joined().onewaySent());
        assertTrue(verdict.joined().onewaySent() > 10, verdict::toString);
        assertEquals(12, verdict.counted().maxWaitMillis());
        StringBuilder rows = new StringBuilder();
        for (int id = 0; id < 100; id++) {
            rows.append(id).append('\t').append(workload.line(id)).append('\n');
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(rows.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(HexFormat.of().formatHex(digest), verdict.joined().digestExecuted());
    }

    @Test
    void join_onewayNotExecuted_isLost() {
        sendAndExecuteAllBut(anOneway);
        send(anOneway);
        Verdict verdict = verdict(GOOD);
        assertEquals(1, verdict.joined().onewayLost());
        assertNotEquals(verdict.joined().digestSent(), verdict.joined().digestExecuted());
        assertEquals(2, verdict.complaints(options).size());
    }

    @Test
    void join_answeredButNotExecuted_showsInTheDigest() {
        sendAndExecuteAllBut(aTwoWay);
        send(aTwoWay);
        Verdict verdict = verdict(GOOD);
        assertEquals(0, verdict.joined().onewayLost());
        assertEquals(1, verdict.complaints(options).size());
        assertTrue(verdict.complaints(options).get(0).contains("digests"), () -> verdict.complaints(options).toString());
    }

    @Test
    void join_executedAgain_countsTheMessageOnce() {
        sendAndExecuteAllBut();
        execute(7);
        execute(7);
        execute(8);
        Verdict verdict = verdict(GOOD);
        assertEquals(2, verdict.joined().executedTwice());
        assertEquals(verdict.joined().digestSent(), verdict.joined().digestExecuted());
        assertEquals(1, verdict.complaints(options).size());
    }

    @Test
    void join_executedButNeverSent_isRed() {
        sendAndExecuteAllBut(3);
        execute(3);
        assertEquals(1, verdict(GOOD).complaints(options).size());
        ledger.onExecute(4_711, MessageKind.TWO_WAY, 1, "whoever that was");
        assertEquals(1, verdict(GOOD).joined().executedTwice());
    }

    @Test
    void join_anotherMessagesLine_isRed() {
        sendAndExecuteAllBut(aTwoWay);
        send(aTwoWay);
        ledger.onExecute(aTwoWay, MessageKind.TWO_WAY, 1, workload.line(aTwoWay + 1));
        assertEquals(1, verdict(GOOD).complaints(options).size());
    }

    @Test
    void join_callsThatFailedOrNeverEnded_areFailed() {
        sendAndExecuteAllBut(10, 11);
        ledger.onSend(10);
        ledger.onSend(11);
        ledger.onEnd(11, Outcome.FAILED);
        execute(10);
        execute(11);
        assertEquals(1, ledger.inFlight());
        Verdict verdict = verdict(GOOD);
        assertEquals(2, verdict.joined().failed());
        assertEquals(verdict.joined().sent(), verdict.joined().answered() + verdict.joined().onewaySent() + verdict.joined().failed());
        assertEquals(1, verdict.complaints(options).size());
    }

    @Test
    void complaints_eachCounter_atItsLimitAndBeyond() {
        sendAndExecuteAllBut(0, 1, 2, 3, 4);
        assertEquals(List.of(), verdict(GOOD).complaints(options));
        assertRed(new Verdict.Counted(0, 1, 0, 0, 2, 0, 4, 0, 0, 0), "refused is 0");
        assertRed(new Verdict.Counted(1, 0, 0, 0, 2, 0, 4, 0, 0, 0), "retried is 0");
        assertRed(new Verdict.Counted(1, 1, 1, 0, 2, 0, 4, 0, 0, 0), "droppedEvents is 1");
        assertRed(new Verdict.Counted(1, 1, 0, 1, 2, 0, 4, 0, 0, 0), "leakedConnections is 1");
        assertRed(new Verdict.Counted(1, 1, 0, 0, 1, 0, 4, 0, 0, 0), "goAways is 1");
        assertRed(new Verdict.Counted(1, 1, 0, 0, 2, 0, 3, 0, 0, 0), "rebalances is 3");
        assertRed(new Verdict.Counted(1, 1, 0, 0, 2, 0, 4, 1, 0, 0), "requestsBeforeBeat is 1");
        assertRed(new Verdict.Counted(1, 1, 0, 0, 2, 0, 4, 0, 1, 0), "unknownClients is 1");
        assertRed(new Verdict.Counted(1, 1, 0, 0, 2, 0, 4, 0, 0, 1), "registeredLeft is 1");
        Ledger tooFew = new Ledger(workload, 94, null);
        for (int id = 0; id < 94; id++) {
            tooFew.onSend(id);
            tooFew.onEnd(id, Outcome.ANSWERED);
            tooFew.onExecute(id, MessageKind.TWO_WAY, 1, workload.line(id));
        }
        assertTrue(new Verdict(Join.of(tooFew), GOOD, 0).complaints(options).get(0).contains("less than 95 %"));
    }

    @Test
    void complaints_drainReportThatDoesNotAddUp_isOne() {
        sendAndExecuteAllBut();
        assertEquals(List.of("inconsistentReports is 1, not 0"), new Verdict(Join.of(ledger), GOOD, 1).complaints(options));
    }

    @Test
    void complaints_waitOfSingle_mustStayBelowGapAndOvertime() {
        DemoOptions single = new DemoOptions(
                Duration.ofSeconds(10), 10, 1, 1, Duration.ofSeconds(2), Duration.ofSeconds(5), false, Profile.SINGLE);
        sendAndExecuteAllBut();
        assertEquals(List.of(), verdict(new Verdict.Counted(1, 1, 0, 0, 3, 2_299, 4, 0, 0, 0)).complaints(single));
        assertEquals(
                List.of("maxWaitMillis is 2300, not below 2300"),
                verdict(new Verdict.Counted(1, 1, 0, 0, 3, 2_300, 4, 0, 0, 0)).complaints(single));
    }

    private void assertRed(Verdict.Counted counted, String why) {
        List<String> complaints = verdict(counted).complaints(options);
        assertEquals(1, complaints.size(), complaints::toString);
        assertTrue(complaints.get(0).startsWith(why), complaints::toString);
    }

    @Test
    void ledgerFiles_lostAndDoubled_differInTheirCommonColumns(@TempDir Path directory) throws IOException {
        try (LedgerFiles files = new LedgerFiles(directory.resolve("new"))) {
            Ledger written = new Ledger(workload, 10, files);
            for (int id = 0; id < 3; id++) {
                written.onSend(id);
                written.onEnd(id, Outcome.WRITTEN);
            }
            written.onExecute(1, workload.kind(1), 2, workload.line(1));
            written.onExecute(0, workload.kind(0), 1, workload.line(0));
            written.onExecute(0, workload.kind(0), 3, workload.line(0));
        }
        String kind0 = workload.kind(0).text();
        String kind1 = workload.kind(1).text();
        String kind2 = workload.kind(2).text();
        assertEquals(
                List.of(
                        "0\t" + kind0 + "\twritten\tfirst",
                        "1\t" + kind1 + "\twritten\tsecond\twith a tab",
                        "2\t" + kind2 + "\twritten\tthird"),
                Files.readAllLines(directory.resolve("new/sent.tsv")));
        assertEquals(
                List.of(
                        "1\t" + kind1 + "\tserver2\tsecond\twith a tab",
                        "0\t" + kind0 + "\tserver1\tfirst",
                        "0\t" + kind0 + "\tserver3\tfirst"),
                Files.readAllLines(directory.resolve("new/executed.tsv")));
    }
}
