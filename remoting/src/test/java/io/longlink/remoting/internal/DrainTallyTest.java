package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainTallyTest {

    @Test
    void connectionsThatCannotBeEnded_countAsForced_andWhatIsInFlightOnThemAsUnanswered() {
        DrainTally tally = new DrainTally();
        tally.connections.add(5);
        tally.ended(DrainTally.End.CLOSED_BY_PEER);
        tally.ended(DrainTally.End.QUIET);
        tally.ended(DrainTally.End.BROKEN);
        tally.inFlight.add(4);
        tally.acceptedLater.add(3);
        tally.finished.add(2);
        tally.unanswered.add(1);

        assertFalse(tally.report(Duration.ZERO).addsUp(), "two connections and four requests are missing");
        DrainReport report = tally.reportWithThoseLeft(Duration.ZERO);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(2, report.forced());
        assertEquals(5, report.unanswered());
    }
}
