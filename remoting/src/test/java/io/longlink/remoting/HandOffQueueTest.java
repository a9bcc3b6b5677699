package io.longlink.remoting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HandOffQueueTest {
    private final HandOffQueue queue = new HandOffQueue(3);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join(10_000);
            assertFalse(thread.isAlive());
        }
    }

    private static Runnable task() {
        return new Runnable() {
            @Override
            public void run() {}
        };
    }

    private Thread start(Runnable body) {
        Thread thread = new Thread(body);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** Threads that run what they take until they are interrupted. */
    private void startWorkers(HandOffQueue from, int count) {
        for (int i = 0; i < count; i++) {
            start(() -> {
                try {
                    while (true) {
                        from.take().run();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tasks_comeOutInTheirOrder_untilItIsEmpty() {
        Runnable first = task();
        Runnable second = task();
        assertTrue(queue.offer(first));
        assertTrue(queue.offer(second));
        assertSame(first, queue.peek());
        assertEquals(2, queue.size());
        assertSame(first, queue.poll());
        assertSame(second, queue.poll());
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
    }

    @Test
    void offer_beyondTheCapacity_isRefusedUntilThereIsRoomAgain() {
        for (int i = 0; i < 3; i++) {
            assertTrue(queue.offer(task()));
        }
        assertEquals(0, queue.remainingCapacity());
        assertFalse(queue.offer(task()));
        assertFalse(queue.offer(task(), 1, TimeUnit.DAYS), "never blocks");
        queue.poll();
        assertTrue(queue.offer(task()));
        assertThrows(UnsupportedOperationException.class, () -> queue.put(task()));
    }

    @Test
    void remove_makesRoom() {
        Runnable first = task();
        queue.offer(first);
        queue.offer(task());
        assertTrue(queue.remove(first));
        assertFalse(queue.remove(first));
        assertEquals(2, queue.remainingCapacity());
    }

    @Test
    void drainTo_takesAsManyAsAskedFor() {
        List<Runnable> offered = List.of(task(), task(), task());
        queue.addAll(offered);
        List<Runnable> drained = new ArrayList<>();
        assertEquals(2, queue.drainTo(drained, 2));
        assertEquals(1, queue.drainTo(drained));
        assertEquals(offered, drained);
        assertEquals(3, queue.remainingCapacity());
    }

    @Test
    void poll_withNothingThere_endsAtItsTime() throws Exception {
        assertNull(queue.poll(1, TimeUnit.MILLISECONDS));
        assertNull(queue.poll(0, TimeUnit.MILLISECONDS));
    }

    @Test
    void take_isInterruptible() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread taker = start(() -> {
            assertThrows(InterruptedException.class, queue::take);
            interrupted.countDown();
        });
        taker.interrupt();
        await(interrupted);
    }

    @Test
    void tasksThatBlock_eachGetASleepingThread() {
        // One wakes the next, although nobody ends.
        startWorkers(queue, 3);
        CountDownLatch together = new CountDownLatch(3);
        CountDownLatch ended = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            assertTrue(queue.offer(() -> {
                together.countDown();
                await(together);
                ended.countDown();
            }));
        }
        await(ended);
    }

    @Test
    // It only makes it likelier that they fall asleep.
    @SuppressWarnings("ThreadPriorityCheck")
    void manyTasks_fromSeveralThreads_areEachTakenOnceAndNoneIsForgotten() {
        int producers = 3;
        int each = 20_000;
        HandOffQueue wide = new HandOffQueue(producers * each);
        AtomicInteger ran = new AtomicInteger();
        Queue<String> refused = new ConcurrentLinkedQueue<>();
        startWorkers(wide, 4);
        for (int round = 1; round <= 5; round++) {
            CountDownLatch all = new CountDownLatch(producers * each);
            for (int p = 0; p < producers; p++) {
                start(() -> {
                    for (int i = 0; i < each; i++) {
                        // Threads fall asleep between bursts, which is when a wake-up could be lost.
                        if (!wide.offer(() -> {
                            ran.incrementAndGet();
                            all.countDown();
                        })) {
                            refused.add("refused");
                        }
                        if (i % 100 == 0) {
                            Thread.yield();
                        }
                    }
                });
            }
            await(all);
            assertEquals(round * producers * each, ran.get());
        }
        assertTrue(refused.isEmpty());
        assertEquals(0, wide.size());
    }
}
