package io.longlink.remoting.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for one address: those a server refused first, oldest first, then newcomers in the order they came. Newcomers are
 * bounded by number and bytes. Pure; belongs to the slot's event loop.
 */
final class WaitingLine {
    private final int maxNewcomers;
    private final long maxNewcomerBytes;
    private final ArrayDeque<WaitingCall> refused = new ArrayDeque<>();
    private final ArrayDeque<WaitingCall> newcomers = new ArrayDeque<>();
    private long newcomerBytes;

    WaitingLine(int maxNewcomers, long maxNewcomerBytes) {
        this.maxNewcomers = maxNewcomers;
        this.maxNewcomerBytes = maxNewcomerBytes;
    }

    boolean isEmpty() {
        return refused.isEmpty() && newcomers.isEmpty();
    }

    /** Takes a place, if there is one; there always is for a call that was refused. */
    boolean tryAdd(WaitingCall call) {
        if (call.wasRefused()) {
            addByAge(call);
            return true;
        }
        if (newcomers.size() >= maxNewcomers || newcomerBytes + call.bodyBytes() > maxNewcomerBytes) {
            return false;
        }
        newcomers.addLast(call);
        newcomerBytes += call.bodyBytes();
        return true;
    }

    private void addByAge(WaitingCall call) {
        List<WaitingCall> younger = new ArrayList<>();
        WaitingCall last = refused.peekLast();
        while (last != null && last.begunNanos() - call.begunNanos() > 0) {
            younger.add(refused.removeLast());
            last = refused.peekLast();
        }
        refused.addLast(call);
        for (int i = younger.size() - 1; i >= 0; i--) {
            refused.addLast(younger.get(i));
        }
    }

    /** Takes out the one whose turn it is. */
    @Nullable WaitingCall poll() {
        WaitingCall call = refused.pollFirst();
        if (call != null) {
            return call;
        }
        call = newcomers.pollFirst();
        if (call != null) {
            newcomerBytes -= call.bodyBytes();
        }
        return call;
    }

    /** Lets calls out, first things first, as long as the way is free. */
    void drain(BooleanSupplier free, Consumer<WaitingCall> out) {
        while (!isEmpty() && free.getAsBoolean()) {
            WaitingCall next = poll();
            if (next != null) {
                out.accept(next);
            }
        }
    }

    /** Takes out all whose deadline has come. */
    List<WaitingCall> takeExpired(long nowNanos) {
        return takeIf(call -> call.deadlineNanos() - nowNanos <= 0);
    }

    /** Takes out all. */
    List<WaitingCall> takeAll() {
        return takeIf(call -> true);
    }

    /** Takes out those that say so. */
    void removeIf(Predicate<WaitingCall> asked) {
        takeIf(asked);
    }

    private List<WaitingCall> takeIf(Predicate<WaitingCall> asked) {
        List<WaitingCall> taken = new ArrayList<>();
        takeIf(refused, asked, taken);
        takeIf(newcomers, asked, taken);
        for (WaitingCall call : taken) {
            if (!call.wasRefused()) {
                newcomerBytes -= call.bodyBytes();
            }
        }
        return taken;
    }

    private static void takeIf(ArrayDeque<WaitingCall> from, Predicate<WaitingCall> asked, List<WaitingCall> into) {
        for (Iterator<WaitingCall> calls = from.iterator(); calls.hasNext(); ) {
            WaitingCall call = calls.next();
            if (asked.test(call)) {
                calls.remove();
                into.add(call);
            }
        }
    }

    /** The earliest deadline, or {@code ifEmpty}. */
    long earliestDeadlineNanos(long ifEmpty) {
        long earliest = ifEmpty;
        boolean none = true;
        for (ArrayDeque<WaitingCall> calls : List.of(refused, newcomers)) {
            for (WaitingCall call : calls) {
                if (none || call.deadlineNanos() - earliest < 0) {
                    earliest = call.deadlineNanos();
                    none = false;
                }
            }
        }
        return earliest;
    }
}
