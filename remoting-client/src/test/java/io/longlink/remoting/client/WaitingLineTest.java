package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WaitingLineTest {

    private record Call(String name, long begunNanos, long deadlineNanos, long bodyBytes, boolean wasRefused) implements WaitingCall {
        @Override
        public void sendOn(ChannelWrapper slot, Connection connection) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void fail(RemotingException cause) {
            throw new UnsupportedOperationException();
        }
    }

    private final WaitingLine line = new WaitingLine(3, 100);

    private static Call newcomer(String name) {
        return newcomer(name, 0, 1_000);
    }

    private static Call newcomer(String name, long bodyBytes, long deadlineNanos) {
        return new Call(name, 0, deadlineNanos, bodyBytes, false);
    }

    private static Call refused(String name, long begunNanos) {
        return new Call(name, begunNanos, 1_000, 1_000_000, true);
    }

    private static List<String> names(List<WaitingCall> calls) {
        return calls.stream().map(call -> ((Call) call).name).toList();
    }

    private List<String> drain() {
        List<WaitingCall> out = new ArrayList<>();
        line.drain(() -> true, out::add);
        return names(out);
    }

    @Test
    void line_letsRefusedOutFirstOldestFirst_thenNewcomersAsTheyCame() {
        line.tryAdd(newcomer("n1"));
        line.tryAdd(refused("r30", 30));
        line.tryAdd(newcomer("n2"));
        line.tryAdd(refused("r10", 10));
        line.tryAdd(refused("r20", 20));
        line.tryAdd(refused("r20 too", 20));
        assertEquals(List.of("r10", "r20", "r20 too", "r30", "n1", "n2"), drain());
        assertTrue(line.isEmpty());
        assertNull(line.poll());
    }

    @Test
    void age_isComparedAcrossTheLongsEnd() {
        line.tryAdd(refused("younger", Long.MAX_VALUE + 5));
        line.tryAdd(refused("older", Long.MAX_VALUE - 5));
        assertEquals(List.of("older", "younger"), drain());
    }

    @Test
    void refusedOnes_inAnyOrder_areNotEachComparedWithMost() {
        int count = 10_000;
        AtomicLong looks = new AtomicLong();
        List<WaitingCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(lookedAt(i, looks));
        }
        List<WaitingCall> mixed = new ArrayList<>(calls);
        Collections.shuffle(mixed, new Random(42));
        mixed.forEach(line::tryAdd);

        assertTrue(looks.get() < 100L * count, () -> looks + " looks at an age, for " + count + " calls");
        assertEquals(calls, line.takeAll());
    }

    /** A refused call that counts how often somebody asks for its age. */
    private static WaitingCall lookedAt(long begunNanos, AtomicLong looks) {
        Call call = refused("r" + begunNanos, begunNanos);
        return new WaitingCall() {
            @Override
            public long begunNanos() {
                looks.incrementAndGet();
                return call.begunNanos();
            }

            @Override
            public long deadlineNanos() {
                return call.deadlineNanos();
            }

            @Override
            public long bodyBytes() {
                return call.bodyBytes();
            }

            @Override
            public boolean wasRefused() {
                return call.wasRefused();
            }

            @Override
            public void sendOn(ChannelWrapper slot, Connection connection) {
                call.sendOn(slot, connection);
            }

            @Override
            public void fail(RemotingException cause) {
                call.fail(cause);
            }
        };
    }

    @Test
    void newcomers_areBoundedByNumber_refusedOnesAreNot() {
        assertTrue(line.tryAdd(newcomer("1")));
        assertTrue(line.tryAdd(newcomer("2")));
        assertTrue(line.tryAdd(newcomer("3")));
        assertFalse(line.tryAdd(newcomer("4")));
        for (int i = 0; i < 50; i++) {
            assertTrue(line.tryAdd(refused("r", i)));
        }
        for (int i = 0; i < 50; i++) {
            line.poll();
        }
        assertFalse(line.tryAdd(newcomer("4")));
        line.poll();
        assertTrue(line.tryAdd(newcomer("4")));
        assertEquals(List.of("2", "3", "4"), drain());
    }

    @Test
    void newcomers_areBoundedByBytes_exactly() {
        assertTrue(line.tryAdd(newcomer("60", 60, 1_000)));
        assertFalse(line.tryAdd(newcomer("41", 41, 1_000)));
        assertTrue(line.tryAdd(newcomer("40", 40, 1_000)));
        assertFalse(line.tryAdd(newcomer("1", 1, 1_000)));
        assertTrue(line.tryAdd(newcomer("0", 0, 1_000)));
        line.poll();
        assertFalse(line.tryAdd(newcomer("61", 61, 1_000)));
        assertTrue(line.tryAdd(newcomer("60", 60, 1_000)));
    }

    @Test
    void expired_leaveExactlyAtTheirDeadline_andGiveTheirRoomBack() {
        line.tryAdd(newcomer("early", 60, 500));
        line.tryAdd(newcomer("late", 40, 600));
        line.tryAdd(new Call("refused", 1, 500, 999, true));
        assertEquals(List.of(), line.takeExpired(499));
        assertEquals(List.of("refused", "early"), names(line.takeExpired(500)));
        assertFalse(line.tryAdd(newcomer("61", 61, 1_000)));
        assertTrue(line.tryAdd(newcomer("60", 60, 1_000)));
        assertEquals(List.of("late"), names(line.takeExpired(999)));
        assertEquals(List.of("60"), drain());
    }

    @Test
    void all_leaveInOrder_andGiveTheirRoomBack() {
        line.tryAdd(newcomer("n1", 100, 1_000));
        line.tryAdd(refused("r", 1));
        line.tryAdd(newcomer("n2"));
        assertEquals(List.of("r", "n1", "n2"), names(line.takeAll()));
        assertTrue(line.isEmpty());
        assertTrue(line.tryAdd(newcomer("n3", 100, 1_000)));
    }

    @Test
    void thoseThatSaySo_leave_theOthersKeepTheirOrder() {
        line.tryAdd(newcomer("n1", 100, 1_000));
        line.tryAdd(refused("r1", 1));
        line.tryAdd(refused("r2", 2));
        line.tryAdd(newcomer("n2"));
        line.removeIf(call -> ((Call) call).name.endsWith("1"));
        assertTrue(line.tryAdd(newcomer("n3", 100, 1_000)));
        assertEquals(List.of("r2", "n2", "n3"), drain());
    }

    @Test
    void oneThatLeaves_andComesBackAtOnce_standsAtTheEnd() {
        line.tryAdd(newcomer("n1"));
        line.tryAdd(newcomer("n2"));
        line.removeIf(call -> {
            boolean leaves = ((Call) call).name.equals("n1");
            if (leaves) {
                line.tryAdd(newcomer("n1 again"));
            }
            return leaves;
        });
        assertEquals(List.of("n2", "n1 again"), drain());
    }

    @Test
    void earliestDeadline_isOverBothKinds() {
        assertEquals(42, line.earliestDeadlineNanos(42));
        line.tryAdd(newcomer("a", 0, 700));
        assertEquals(700, line.earliestDeadlineNanos(42));
        line.tryAdd(new Call("b", 1, 300, 0, true));
        line.tryAdd(newcomer("c", 0, 500));
        assertEquals(300, line.earliestDeadlineNanos(42));
        line.poll();
        assertEquals(500, line.earliestDeadlineNanos(42));
    }

    @Test
    void drain_stopsWhenTheWayIsNotFree() {
        line.tryAdd(newcomer("1"));
        line.tryAdd(newcomer("2"));
        List<WaitingCall> out = new ArrayList<>();
        line.drain(() -> out.isEmpty(), out::add);
        assertEquals(List.of("1"), names(out));
        line.drain(() -> false, out::add);
        assertEquals(List.of("1"), names(out));
        assertEquals(List.of("2"), drain());
    }

    @Test
    void drain_takesAlongWhatEntersMeanwhile() {
        line.tryAdd(newcomer("1"));
        List<WaitingCall> out = new ArrayList<>();
        line.drain(() -> true, call -> {
            out.add(call);
            if (out.size() == 1) {
                line.tryAdd(newcomer("2"));
            }
        });
        assertEquals(List.of("1", "2"), names(out));
    }
}
