package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.testkit.LeakGuard;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@Timeout(10)
class GracefulShutdownTest {
    private static final DrainReport REPORT = new DrainTally().report(Duration.ofSeconds(7));

    private final OwnThreads threads = new OwnThreads("longlink-test");

    @Test
    void begin_twice_runsOnceAndBothGetTheReport() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> {
            runs.incrementAndGet();
            go.await();
            return REPORT;
        });
        assertFalse(shutdown.hasBegun());
        CompletableFuture<DrainReport> first = shutdown.begin(Duration.ofSeconds(5));
        assertTrue(shutdown.hasBegun());
        CompletableFuture<DrainReport> second = shutdown.begin(Duration.ofSeconds(5));
        assertFalse(first.isDone());
        // What one caller does to his future is his own business.
        first.cancel(true);
        go.countDown();
        assertSame(REPORT, second.get(5, TimeUnit.SECONDS));
        assertSame(REPORT, shutdown.begin(Duration.ZERO).get(5, TimeUnit.SECONDS));
        assertEquals(1, runs.get());
    }

    @Test
    void begin_again_pullsTheDeadlineForwardAndNeverBack() throws Exception {
        AtomicReference<ShutdownDeadline> seen = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> {
            seen.set(deadline);
            running.countDown();
            go.await();
            return REPORT;
        });
        shutdown.begin(Duration.ofMinutes(10));
        running.await();
        long left = seen.get().leftMillis();
        assertTrue(left > 590_000 && left <= 600_000, "left " + left);
        shutdown.begin(Duration.ofMinutes(1));
        left = seen.get().leftMillis();
        assertTrue(left > 50_000 && left <= 60_000, "left " + left);
        shutdown.begin(Duration.ofMinutes(5));
        assertTrue(seen.get().leftMillis() <= 60_000);
        go.countDown();
        shutdown.begin(Duration.ZERO).get(5, TimeUnit.SECONDS);
    }

    @Test
    void begin_withANegativeTimeout_isRefused() {
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> REPORT);
        assertThrows(IllegalArgumentException.class, () -> shutdown.begin(Duration.ofMillis(-1)));
        assertFalse(shutdown.hasBegun());
    }

    @Test
    void begin_withTheLongestTimeoutThereIs_works() throws Exception {
        AtomicLong left = new AtomicLong();
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> {
            left.set(deadline.leftMillis());
            return REPORT;
        });
        assertSame(REPORT, shutdown.begin(Duration.ofSeconds(Long.MAX_VALUE)).get(5, TimeUnit.SECONDS));
        assertTrue(left.get() > 1_000_000_000L, "left " + left);
    }

    @Test
    void waiter_interrupted_pullsTheDeadlineToNow_getsTheReportAndKeepsTheInterrupt() throws Exception {
        InUseCount busy = new InUseCount();
        busy.begin();
        AtomicLong left = new AtomicLong(Long.MAX_VALUE);
        CountDownLatch running = new CountDownLatch(1);
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> {
            running.countDown();
            deadline.awaitNone(busy);
            left.set(deadline.leftMillis());
            return REPORT;
        });
        AtomicBoolean interruptKept = new AtomicBoolean();
        Thread waiter = new Thread(() -> {
            shutdown.beginAndWait(Duration.ofMinutes(10));
            interruptKept.set(Thread.currentThread().isInterrupted());
        });
        waiter.start();
        running.await();
        waiter.interrupt();
        waiter.join(5_000);
        assertFalse(waiter.isAlive());
        assertTrue(interruptKept.get());
        assertEquals(0, left.get());
    }

    @Test
    void beginAndWait_onOneOfOurThreads_doesNotWaitForItself() throws Exception {
        CountDownLatch callerDone = new CountDownLatch(1);
        GracefulShutdown shutdown = new GracefulShutdown(threads, deadline -> {
            // Ends only when the caller has come back.
            callerDone.await();
            return REPORT;
        });
        Thread own = threads.newThread("worker", () -> {
            shutdown.beginAndWait(Duration.ofMinutes(10));
            callerDone.countDown();
        });
        own.start();
        assertSame(REPORT, shutdown.begin(Duration.ofMinutes(10)).get(5, TimeUnit.SECONDS));
        own.join(5_000);
    }

    @Test
    void body_thatThrows_stillEndsTheWaiting() {
        GracefulShutdown exception = new GracefulShutdown(threads, deadline -> {
            throw new IllegalStateException("broken");
        });
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> exception.beginAndWait(Duration.ZERO));
    }

    @Test
    void body_thatFailsWithAnError_stillEndsTheWaiting() throws Exception {
        GracefulShutdown error = new GracefulShutdown(threads, deadline -> {
            throw new NoClassDefFoundError("broken");
        });
        assertNotNull(error.begin(Duration.ZERO).get(5, TimeUnit.SECONDS));
    }

    // ---------------------------------------------------------------- its parts

    @Test
    void awaitNone_isWokenWhenTheLastEnds() throws Exception {
        InUseCount count = new InUseCount();
        count.begin();
        count.begin();
        assertEquals(2, count.get());
        CompletableFuture<Boolean> none = new CompletableFuture<>();
        Thread waiter = new Thread(() -> none.complete(ShutdownDeadline.in(Duration.ofMinutes(1)).awaitNone(count)));
        waiter.start();
        count.end();
        assertFalse(none.isDone());
        count.end();
        assertTrue(none.get(5, TimeUnit.SECONDS));
        waiter.join(5_000);
    }

    @Test
    void awaitNone_ofSeveral_waitsForEach() {
        InUseCount none = new InUseCount();
        InUseCount one = new InUseCount();
        assertTrue(one.tryBegin(1));
        assertFalse(one.tryBegin(1));
        assertFalse(ShutdownDeadline.in(Duration.ZERO).awaitNone(none, one));
        assertFalse(ShutdownDeadline.in(Duration.ZERO).awaitNone(one, none));
        one.end();
        assertTrue(ShutdownDeadline.in(Duration.ZERO).awaitNone(none, one));
        assertTrue(one.tryBegin(1));
    }

    @Test
    void awaitNone_atItsDeadline_saysThatSomeAreLeft() {
        InUseCount count = new InUseCount();
        assertTrue(ShutdownDeadline.in(Duration.ZERO).awaitNone(count));
        count.begin();
        long began = System.nanoTime();
        assertFalse(ShutdownDeadline.in(Duration.ofMillis(30)).awaitNone(count));
        assertTrue(System.nanoTime() - began >= 30_000_000);
    }

    @Test
    void pause_endsByItselfOrWhenTheDeadlineIsPulledForward() throws Exception {
        ShutdownDeadline deadline = ShutdownDeadline.in(Duration.ofMinutes(1));
        long began = System.nanoTime();
        deadline.pause(20);
        assertTrue(System.nanoTime() - began >= 20_000_000);
        assertTrue(deadline.leftMillis() > 50_000);

        Thread pausing = new Thread(() -> deadline.pause(50_000));
        pausing.start();
        deadline.pullForward(System.nanoTime());
        pausing.join(5_000);
        assertFalse(pausing.isAlive());
        assertEquals(0, deadline.leftMillis());
        assertTrue(deadline.leftNanos() <= 0);
    }
}
