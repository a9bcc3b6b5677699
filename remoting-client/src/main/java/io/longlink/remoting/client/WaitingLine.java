package io.longlink.remoting.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for one address: those a server refused first, oldest first, then newcomers in the order they came. Newcomers are
 * bounded by number and bytes. Pure; belongs to the slot's event loop.
 */
final class WaitingLine {

    /** Where a call stands; {@code arrival} is the order in which calls came. */
    private record Place(WaitingCall call, boolean refused, long arrival) {}

    private static final Comparator<Place> ORDER = (one, other) -> {
        if (one.refused != other.refused) {
            return one.refused ? -1 : 1;
        }
        // Differences, for ages are on a clock that may pass the end of the longs.
        long age = one.refused ? one.call.begunNanos() - other.call.begunNanos() : 0;
        return Long.signum(age != 0 ? age : one.arrival - other.arrival);
    };

    private final int maxNewcomers;
    private final long maxNewcomerBytes;

    // A tree, for a server may refuse thousands at once in any order.
    private final TreeSet<Place> places = new TreeSet<>(ORDER);

    private long arrivals;
    private int newcomers;
    private long newcomerBytes;

    WaitingLine(int maxNewcomers, long maxNewcomerBytes) {
        this.maxNewcomers = maxNewcomers;
        this.maxNewcomerBytes = maxNewcomerBytes;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    /** Takes a place, if there is one; there always is for a call that was refused. */
    boolean tryAdd(WaitingCall call) {
        boolean refused = call.wasRefused();
        if (!refused) {
            if (newcomers >= maxNewcomers || newcomerBytes + call.bodyBytes() > maxNewcomerBytes) {
                return false;
            }
            newcomers++;
            newcomerBytes += call.bodyBytes();
        }
        places.add(new Place(call, refused, arrivals++));
        return true;
    }

    /** Its room is free again. */
    private WaitingCall left(Place place) {
        if (!place.refused) {
            newcomers--;
            newcomerBytes -= place.call.bodyBytes();
        }
        return place.call;
    }

    /** Takes out the one whose turn it is. */
    @Nullable WaitingCall poll() {
        Place first = places.pollFirst();
        return first == null ? null : left(first);
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

    /** Takes out the first one that says so; {@code null} if there is none. */
    @Nullable WaitingCall takeFirst(Predicate<WaitingCall> asked) {
        for (Iterator<Place> each = places.iterator(); each.hasNext(); ) {
            Place place = each.next();
            if (asked.test(place.call)) {
                each.remove();
                return left(place);
            }
        }
        return null;
    }

    private List<WaitingCall> takeIf(Predicate<WaitingCall> asked) {
        List<WaitingCall> taken = new ArrayList<>();
        // Of a copy: one that leaves goes elsewhere at once, and may be sent back here.
        for (Place place : new ArrayList<>(places)) {
            if (asked.test(place.call)) {
                places.remove(place);
                taken.add(left(place));
            }
        }
        return taken;
    }

    /** The earliest deadline, or {@code ifEmpty}. */
    long earliestDeadlineNanos(long ifEmpty) {
        long earliest = ifEmpty;
        boolean none = true;
        for (Place place : places) {
            if (none || place.call.deadlineNanos() - earliest < 0) {
                earliest = place.call.deadlineNanos();
                none = false;
            }
        }
        return earliest;
    }
}
