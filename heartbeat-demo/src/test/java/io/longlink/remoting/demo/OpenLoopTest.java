package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    @Test
    void run_anyRate_namesTheScheduleAndNotTheMomentOfSending() {
        List<Long> dues = new ArrayList<>();
        new OpenLoop(101, 1_000, Duration.ofMillis(101), (id, dueNanos) -> {
            assertEquals(dues.size(), id);
            assertTrue(System.nanoTime() - dueNanos >= 0, "never early");
            dues.add(dueNanos);
        }).run();
        assertEquals(101, dues.size());
        for (int id = 0; id < dues.size(); id++) {
            assertEquals(id * 1_000_000L, dues.get(id) - dues.get(0));
        }
    }

    @Test
    void run_senderThatHoldsUpTheLoop_sendsTheRestAtOnceWithItsOldDueTimes() throws InterruptedException {
        List<Long> lateness = new ArrayList<>();
        new OpenLoop(20, 1_000, Duration.ofMillis(20), (id, dueNanos) -> {
            lateness.add(System.nanoTime() - dueNanos);
            if (id == 0) {
                busyUntil(dueNanos + TimeUnit.MILLISECONDS.toNanos(50));
            }
        }).run();
        assertEquals(20, lateness.size());
        assertTrue(lateness.get(1) >= TimeUnit.MILLISECONDS.toNanos(49), lateness::toString);
        assertTrue(lateness.get(19) >= TimeUnit.MILLISECONDS.toNanos(31), lateness::toString);
    }

    @Test
    void run_hopelesslyLate_givesUp() {
        int[] sent = {0};
        new OpenLoop(1_000, 1_000_000, Duration.ofMillis(1), (id, dueNanos) -> {
            sent[0]++;
            busyUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        }).run();
        assertTrue(sent[0] >= 2 && sent[0] <= 12, "sent " + sent[0]);
    }

    private static void busyUntil(long nanos) {
        while (System.nanoTime() - nanos < 0) {
            Thread.onSpinWait();
        }
    }
}
