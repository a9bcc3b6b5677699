package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.DrainReport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What servers in other JVMs tell, there and back. */
class ServerLinesTest {

    @Test
    void counters_writtenAndRead_areTheSame() {
        ServerCounters counters = new ServerCounters(1, 2, 3, 4, 5, 6, Long.MAX_VALUE);
        assertEquals(counters, ServerCounters.parse(counters.line()));
        assertThrows(IllegalArgumentException.class, () -> ServerCounters.parse("1 2 3"));
        assertThrows(IllegalArgumentException.class, () -> ServerCounters.parse("1 2 3 4 5 6 x"));
    }

    @Test
    void counters_afterDeath_keepWhatHappenedAndForgetWhatWas() {
        assertEquals(new ServerCounters(0, 0, 0, 4, 5, 0, 0), new ServerCounters(1, 2, 3, 4, 5, 6, 7).afterDeath());
    }

    @Test
    void report_writtenAndRead_isTheSame() {
        DrainReport report = new DrainReport(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, Duration.ofNanos(1_234_567_890));
        assertEquals(report, ServerMain.parseReport(ServerMain.line(report)));
    }
}
