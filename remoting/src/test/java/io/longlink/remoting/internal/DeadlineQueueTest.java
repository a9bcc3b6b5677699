package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineQueueTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final TestChannel channel = new TestChannel(ticker);
    private final List<String> told = new ArrayList<>();
    private LoopDeadlines queue;

    private final class Named extends Deadline {
        private final String name;
        private final Runnable then;

        Named(String name, long deadlineNanos, Runnable then) {
            super(deadlineNanos);
            this.name = name;
            this.then = then;
        }

        @Override
        void onDeadline() {
            told.add(name);
            then.run();
        }
    }

    @BeforeEach
    void setUp() throws Exception {
        channel.register();
        queue = new LoopDeadlines(channel.eventLoop());
    }

    private Named add(String name, long deadlineNanos) {
        return add(name, deadlineNanos, () -> {});
    }

    private Named add(String name, long deadlineNanos, Runnable then) {
        Named node = new Named(name, deadlineNanos, then);
        queue.add(node);
        return node;
    }

    private void advanceTo(long nanos) {
        ticker.advance(nanos - ticker.nanoTime(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void deadlines_addedInAnyOrder_areToldInTheirsAndOnTime() {
        add("c", 300);
        add("a", 100);
        add("b", 200);
        advanceTo(99);
        assertEquals(List.of(), told);
        advanceTo(100);
        assertEquals(List.of("a"), told);
        advanceTo(199);
        assertEquals(List.of("a"), told);
        advanceTo(1_000);
        assertEquals(List.of("a", "b", "c"), told);
        assertEquals(0, queue.size());
    }

    @Test
    void earlierDeadline_addedLater_pullsTheTimerForward() {
        add("late", 500);
        add("early", 50);
        advanceTo(49);
        assertEquals(List.of(), told);
        advanceTo(50);
        assertEquals(List.of("early"), told);
        advanceTo(499);
        assertEquals(List.of("early"), told);
        advanceTo(500);
        assertEquals(List.of("early", "late"), told);
    }

    @Test
    void pastDeadline_isToldInTheNextTurnAndNotWithinAdd() {
        advanceTo(1_000);
        add("past", 10);
        assertEquals(List.of(), told);
        channel.runScheduledPendingTasks();
        assertEquals(List.of("past"), told);
    }

    @Test
    void remove_fromTheMiddle_leavesTheOthersInOrder() {
        List<Named> nodes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            nodes.add(add("n" + i, 1_000 + (i * 7) % 40));
        }
        List<String> expected = new ArrayList<>();
        for (int order = 0; order < 40; order++) {
            for (int i = 0; i < 40; i++) {
                if ((i * 7) % 40 == order && i % 3 != 0) {
                    expected.add("n" + i);
                }
            }
        }
        for (int i = 0; i < 40; i += 3) {
            queue.remove(nodes.get(i));
            queue.remove(nodes.get(i));
        }
        assertEquals(expected.size(), queue.size());
        advanceTo(2_000);
        assertEquals(expected, told);
    }

    @Test
    void move_toAnotherTime_isToldThenAndOnce() {
        Named moved = new Named("moved", 0, () -> {});
        queue.move(moved, 300);
        add("other", 200);
        queue.move(moved, 100);
        advanceTo(100);
        assertEquals(List.of("moved"), told);
        queue.move(moved, 400);
        queue.move(moved, 500);
        advanceTo(499);
        assertEquals(List.of("moved", "other"), told);
        advanceTo(500);
        assertEquals(List.of("moved", "other", "moved"), told);
        assertEquals(0, queue.size());
    }

    @Test
    void move_withinItsOwnDeadline_isToldAgain() {
        List<Long> next = new ArrayList<>(List.of(200L, 300L));
        Named[] node = new Named[1];
        node[0] = new Named("again", 0, () -> {
            if (!next.isEmpty()) {
                queue.move(node[0], next.remove(0));
            }
        });
        queue.move(node[0], 100);
        advanceTo(299);
        assertEquals(List.of("again", "again"), told);
        advanceTo(300);
        assertEquals(List.of("again", "again", "again"), told);
    }

    @Test
    void remove_ofTheFirst_letsTheTimerAimAtTheNext() {
        Named first = add("first", 100);
        add("second", 200);
        queue.remove(first);
        advanceTo(100);
        assertEquals(List.of(), told);
        advanceTo(199);
        assertEquals(List.of(), told);
        advanceTo(200);
        assertEquals(List.of("second"), told);
    }

    @Test
    void node_removed_canBeAddedAgain() {
        Named node = add("again", 100);
        queue.remove(node);
        queue.add(node);
        advanceTo(100);
        assertEquals(List.of("again"), told);
        queue.add(node);
        channel.runScheduledPendingTasks();
        assertEquals(List.of("again", "again"), told);
    }

    @Test
    void onDeadline_thatAddsAndRemoves_isSafe() {
        Named victim = add("victim", 100);
        add("actor", 99, () -> {
            queue.remove(victim);
            add("past", 0);
            add("future", 300);
        });
        advanceTo(100);
        channel.runScheduledPendingTasks();
        assertEquals(List.of("actor", "past"), told);
        advanceTo(299);
        assertEquals(2, told.size());
        advanceTo(300);
        assertEquals(List.of("actor", "past", "future"), told);
        assertEquals(-1, channel.runScheduledPendingTasks());
    }

    @Test
    void clear_forgetsEverythingAndStopsTheTimer() {
        Named node = add("a", 100);
        add("b", 200);
        queue.clear();
        assertEquals(0, queue.size());
        assertEquals(-1, channel.runScheduledPendingTasks());
        advanceTo(1_000);
        assertEquals(List.of(), told);
        queue.remove(node);
        queue.add(node);
        channel.runScheduledPendingTasks();
        assertEquals(List.of("a"), told);
    }

    @Test
    void clear_withinADeadline_endsIt() {
        add("a", 100, queue::clear);
        add("b", 100);
        advanceTo(100);
        assertTrue(told.size() == 1, told.toString());
        assertEquals(-1, channel.runScheduledPendingTasks());
    }

    @Test
    void deadlines_ofSeveralConnections_areToldInTheirOrder() {
        DeadlineQueue one = new ConnectionDeadlines(queue);
        DeadlineQueue other = new ConnectionDeadlines(queue);
        one.add(new Named("one late", 300, () -> {}));
        other.add(new Named("other", 200, () -> one.add(new Named("one soon", 201, () -> {}))));
        Named first = new Named("one early", 100, () -> {});
        one.add(first);
        one.remove(first);
        advanceTo(200);
        assertEquals(List.of("other"), told);
        advanceTo(201);
        assertEquals(List.of("other", "one soon"), told);
        advanceTo(299);
        assertEquals(2, told.size());
        advanceTo(300);
        assertEquals(List.of("other", "one soon", "one late"), told);
        assertEquals(-1, channel.runScheduledPendingTasks());
    }

    @Test
    void clear_ofTheLastConnection_stopsTheTimer() {
        DeadlineQueue one = new ConnectionDeadlines(queue);
        DeadlineQueue other = new ConnectionDeadlines(queue);
        one.add(new Named("one", 100, () -> {}));
        other.add(new Named("other", 200, () -> {}));
        one.clear();
        assertEquals(1, queue.size());
        advanceTo(100);
        other.clear();
        assertEquals(0, queue.size());
        assertEquals(-1, channel.runScheduledPendingTasks());
        assertEquals(List.of(), told);
    }

    @Test
    void deadlines_thatAreMany_letTheLoopReadInBetween() {
        for (int i = 0; i < 1_001; i++) {
            DeadlineQueue connection = new ConnectionDeadlines(queue);
            connection.add(new Named("node", 100, () -> {}));
        }
        ticker.advance(100, TimeUnit.NANOSECONDS);
        queue.run();
        assertEquals(1_000, told.size());
        channel.runScheduledPendingTasks();
        assertEquals(1_001, told.size());
    }

    /** Netty's own timers do not get that far, so the event loop is one that only remembers what it was told to run. */
    @Test
    void deadlines_onBothSidesOfTheLongsEnd_keepTheirOrder() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
        Ticker farTicker = new Ticker() {
            @Override
            public long nanoTime() {
                return now.get();
            }

            @Override
            public long initialNanoTime() {
                return 0;
            }

            @Override
            public void sleep(long delay, TimeUnit unit) {
                throw new UnsupportedOperationException();
            }
        };
        ArrayDeque<Runnable> timers = new ArrayDeque<>();
        EventExecutor loop = (EventExecutor) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventExecutor.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "inEventLoop" -> {
                            return true;
                        }
                        case "ticker" -> {
                            return farTicker;
                        }
                        case "schedule" -> {
                            timers.add((Runnable) args[0]);
                            return null;
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                });
        queue = new LoopDeadlines(loop);
        add("behind", Long.MAX_VALUE + 5);
        add("before", Long.MAX_VALUE - 5);
        Runnable timer = timers.getLast();
        now.set(Long.MAX_VALUE - 6);
        timer.run();
        assertEquals(List.of(), told);
        now.set(Long.MAX_VALUE - 5);
        timer.run();
        assertEquals(List.of("before"), told);
        now.set(Long.MAX_VALUE + 4);
        timer.run();
        assertEquals(List.of("before"), told);
        now.set(Long.MAX_VALUE + 5);
        timer.run();
        assertEquals(List.of("before", "behind"), told);
    }

    @Test
    void manyRandomOperations_agreeWithASortedMap() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeMap<Long, Named> oracle = new TreeMap<>();
        List<String> expected = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(10);
            if (what < 5) {
                // Distinct, for the queue promises no order among equals.
                long deadline = ticker.nanoTime() + 1 + random.nextInt(10_000);
                if (!oracle.containsKey(deadline)) {
                    oracle.put(deadline, add("d" + deadline, deadline));
                }
            } else if (what < 8 && !oracle.isEmpty()) {
                Long key = oracle.ceilingKey(ticker.nanoTime() + random.nextInt(10_000));
                key = key == null ? oracle.firstKey() : key;
                queue.remove(oracle.remove(key));
            } else {
                long to = ticker.nanoTime() + random.nextInt(500);
                Iterator<Map.Entry<Long, Named>> due = oracle.headMap(to, true).entrySet().iterator();
                while (due.hasNext()) {
                    expected.add("d" + due.next().getKey());
                    due.remove();
                }
                advanceTo(to);
                assertEquals(expected, told, "seed " + seed + ", step " + step);
                expected.clear();
                told.clear();
            }
            assertEquals(oracle.size(), queue.size(), "seed " + seed + ", step " + step);
        }
    }
}
