package io.longlink.remoting.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ManualSchedulerTest {

    private final ManualScheduler time = new ManualScheduler();
    private final List<String> log = new ArrayList<>();

    @Test
    void advance_oneNanoBeforeAndAtTheTime_runsAtTheTime() {
        time.schedule(() -> note("a"), 10);
        time.advanceTo(9);
        assertEquals(List.of(), log);
        time.advance(Duration.ofNanos(1));
        assertEquals(List.of("a@10"), log);
        assertEquals(0, time.pending());
    }

    @Test
    void advance_severalDue_ordersByTimeThenByInsertion() {
        time.schedule(() -> note("late"), 20);
        time.schedule(() -> note("first"), 10);
        time.schedule(() -> note("second"), 10);
        time.schedule(() -> note("past"), -5);
        time.advanceTo(25);
        assertEquals(List.of("past@0", "first@10", "second@10", "late@20"), log);
        assertEquals(25, time.nanoTime());
    }

    @Test
    void advance_taskPlansAnother_runsItIfDue() {
        time.schedule(
                () -> {
                    note("a");
                    time.schedule(() -> note("b"), 5);
                    time.schedule(() -> note("c"), 6);
                },
                10);
        time.advanceTo(15);
        assertEquals(List.of("a@10", "b@15"), log);
        assertEquals(1, time.pending());
    }

    @Test
    void cancel_plannedOrDone_tellsWhich() {
        ManualScheduler.Task done = time.schedule(() -> note("a"), 1);
        ManualScheduler.Task planned = time.schedule(() -> note("b"), 2);
        time.advanceTo(1);
        assertFalse(done.cancel());
        assertTrue(planned.cancel());
        assertFalse(planned.cancel());
        time.advanceTo(3);
        assertEquals(List.of("a@1"), log);
    }

    @Test
    void advance_taskThrows_stopsAtItsTime() {
        time.schedule(
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                5);
        time.schedule(() -> note("later"), 6);
        assertThrows(IllegalStateException.class, () -> time.advanceTo(10));
        assertEquals(5, time.nanoTime());
        time.advanceTo(10);
        assertEquals(List.of("later@6"), log);
    }

    @Test
    void advanceTo_pastTime_isRefused() {
        time.advanceTo(5);
        assertThrows(IllegalArgumentException.class, () -> time.advanceTo(4));
    }

    @Test
    void ticker_inEmbeddedChannel_sharesTheTime() {
        EmbeddedChannel channel = EmbeddedChannel.builder().ticker(time.ticker()).build();
        Future<?> task = channel.eventLoop().schedule(() -> note("netty"), 10, TimeUnit.NANOSECONDS);
        time.advanceTo(10);
        channel.runScheduledPendingTasks();
        assertTrue(task.isSuccess());
        assertEquals(List.of("netty@10"), log);
        channel.finishAndReleaseAll();
    }

    private void note(String what) {
        log.add(what + "@" + time.nanoTime());
    }
}
