package io.longlink.remoting.testkit;

import static io.longlink.remoting.testkit.Messages.assertContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ManualExecutorTest {

    private final ManualExecutor executor = new ManualExecutor();
    private final List<String> log = new ArrayList<>();

    @Test
    void runNext_severalTasks_runsTheOldestOnTheCallersThread() throws Exception {
        Future<Thread> first = executor.submit(Thread::currentThread);
        executor.execute(() -> log.add("second"));
        assertFalse(first.isDone());
        assertEquals(2, executor.size());
        executor.runNext();
        assertSame(Thread.currentThread(), first.get());
        assertEquals(List.of(), log);
        executor.runNext();
        assertEquals(List.of("second"), log);
        assertThrows(NoSuchElementException.class, executor::runNext);
    }

    @Test
    void runAll_taskAddsAnother_runsThatToo() {
        executor.execute(() -> executor.execute(() -> log.add("added")));
        executor.runAll();
        assertEquals(List.of("added"), log);
        assertEquals(0, executor.size());
    }

    @Test
    void runAll_taskThrows_leavesTheRestWaiting() {
        executor.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        executor.execute(() -> log.add("rest"));
        assertThrows(IllegalStateException.class, executor::runAll);
        assertEquals(1, executor.size());
        executor.runAll();
        assertEquals(List.of("rest"), log);
    }

    @Test
    void awaitSize_taskOfAnotherThread_returnsWhenItIsThere() throws Exception {
        Thread other = new Thread(() -> executor.execute(() -> log.add("from elsewhere")));
        other.start();
        executor.awaitSize(1);
        executor.runNext();
        assertEquals(List.of("from elsewhere"), log);
        other.join();
    }

    @Test
    void awaitSize_tooFewTasks_fails() {
        executor.execute(() -> log.add("the only one"));
        AssertionError error = assertThrows(AssertionError.class, () -> executor.awaitSize(2));
        assertContains("only 1 of 2", error);
    }

    @Test
    void refuseWith_untilNull_throwsItAndKeepsWhatWaits() {
        RuntimeException full = new RejectedExecutionException("full");
        executor.execute(() -> log.add("kept"));
        executor.refuseWith(full);
        assertSame(full, assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> log.add("refused"))));
        executor.refuseWith(null);
        executor.execute(() -> log.add("taken"));
        executor.runAll();
        assertEquals(List.of("kept", "taken"), log);
    }

    @Test
    void shutdown_waitingTask_canStillRun() {
        executor.execute(() -> log.add("waiting"));
        executor.shutdown();
        assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> log.add("late")));
        assertTrue(executor.isShutdown());
        assertFalse(executor.awaitTermination(1, TimeUnit.DAYS));
        executor.runAll();
        assertTrue(executor.isTerminated());
        assertEquals(List.of("waiting"), log);
    }

    @Test
    void shutdownNow_waitingTask_isHandedBack() {
        Runnable task = () -> log.add("never");
        executor.execute(task);
        assertEquals(List.of(task), executor.shutdownNow());
        executor.runAll();
        assertTrue(executor.awaitTermination(0, TimeUnit.DAYS));
        assertEquals(List.of(), log);
    }
}
