package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.demo.Ledger.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verdict on a crash alone, without servers, clients or time. */
class CrashVerdictTest {
    private final DemoOptions options = new DemoOptions(
            Duration.ofSeconds(10), 10, 2, 1, Duration.ZERO, Duration.ofSeconds(1), true, Profile.CRASH);
    private final Workload workload = new Workload(List.of("first", "second"));
    private final Ledger ledger = new Ledger(workload, options.messages(), null);
    private final int anOneway = anyOf(MessageKind.ONE_WAY);
    private final int aTwoWay = anyOf(MessageKind.TWO_WAY);

    private int anyOf(MessageKind kind) {
        return IntStream.range(0, options.messages()).filter(id -> workload.kind(id) == kind).findFirst().orElseThrow();
    }

    /** One one-way message died with its server, one two-way message may have run. */
    @BeforeEach
    void aGoodRun() {
        for (int id = 0; id < options.messages(); id++) {
            ledger.onSend(id);
            if (id == aTwoWay) {
                ledger.onEnd(id, Outcome.UNKNOWN);
            } else {
                ledger.onEnd(id, workload.kind(id) == MessageKind.ONE_WAY ? Outcome.WRITTEN : Outcome.ANSWERED);
            }
            if (id != anOneway) {
                execute(id);
            }
        }
    }

    private void execute(int id) {
        ledger.onExecute(id, workload.kind(id), 1, workload.line(id));
    }

    private CrashVerdict verdict(long unknown, long connect, long otherwise, long uncalledFor, long stayedAway, long calmMillis) {
        return verdictOn(ledger, unknown, connect, otherwise, uncalledFor, stayedAway, calmMillis);
    }

    private static CrashVerdict verdictOn(
            Ledger joined, long unknown, long connect, long otherwise, long uncalledFor, long stayedAway, long calmMillis) {
        Verdict.Counted counted = new Verdict.Counted(0, 0, 0, 0, 0, 12, 4, 0, 0, 0);
        return new CrashVerdict(Join.of(joined), counted, unknown, connect, otherwise, uncalledFor, stayedAway, calmMillis);
    }

    private void assertComplaints(CrashVerdict verdict, String... complaints) {
        assertEquals(List.of(complaints), verdict.complaints(options));
    }

    @Test
    void complaints_nothingButWhatACrashExcuses_isGreen() {
        assertComplaints(verdict(1, 0, 0, 0, 0, 100));
        assertEquals(1, verdict(1, 0, 0, 0, 0, 100).joined().onewayLost());
    }

    @Test
    void complaints_eachNumber_atItsLimitAndBeyond() {
        assertComplaints(verdict(0, 1, 0, 0, 0, 100));
        assertComplaints(verdict(0, 0, 0, 0, 0, 100), "failedUnknown + failedConnect is 0, less than 1: nothing was proved");
        assertComplaints(verdict(1, 0, 1, 0, 0, 100), "failedOtherwise is 1, not 0");
        assertComplaints(verdict(1, 0, 0, 1, 0, 100), "failedUncalledFor is 1, not 0");
        assertComplaints(verdict(1, 0, 0, 0, 1, 0), "stayedAway is 1, not 0");
        assertComplaints(verdict(1, 0, 0, 0, 0, 99), "calmMillis is 99: nothing was proved");
    }

    @Test
    void complaints_notSentOrRefusedButExecuted_isALie() {
        ledger.onEnd(aTwoWay, Outcome.NOT_SENT);
        assertComplaints(verdict(0, 1, 0, 0, 0, 100), "ranAfterAll is 1, not 0");
        ledger.onEnd(aTwoWay, Outcome.REFUSED);
        assertComplaints(verdict(0, 1, 0, 0, 0, 100), "ranAfterAll is 1, not 0");
    }

    @Test
    void complaints_executedTwice_isRed() {
        execute(aTwoWay);
        assertComplaints(verdict(1, 0, 0, 0, 0, 100), "executedTwice is 1, not 0");
    }

    @Test
    void complaints_answeredWithoutExecution_isRed() {
        ledger.onEnd(anOneway, Outcome.ANSWERED);
        assertComplaints(verdict(1, 0, 0, 0, 0, 100), "answeredUnexecuted is 1, not 0");
    }

    @Test
    void complaints_anotherText_isRed() {
        ledger.onExecute(anOneway, MessageKind.ONE_WAY, 1, "third");
        assertComplaints(verdict(1, 0, 0, 0, 0, 100), "altered is 1, not 0");
    }

    @Test
    void complaints_moreOnewaysLostThanASecondHas_isRed() {
        Ledger lossy = new Ledger(workload, options.messages(), null);
        for (int id = 0; id < options.messages(); id++) {
            lossy.onSend(id);
            lossy.onEnd(id, id < 10 ? Outcome.WRITTEN : Outcome.UNKNOWN);
        }
        assertComplaints(verdictOn(lossy, 1, 0, 0, 0, 0, 100));
        lossy.onEnd(10, Outcome.WRITTEN);
        assertComplaints(verdictOn(lossy, 1, 0, 0, 0, 0, 100), "onewayLost is 11, more than the 10 of a second");
    }
}
