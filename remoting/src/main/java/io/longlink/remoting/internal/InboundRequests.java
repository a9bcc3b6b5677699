package io.longlink.remoting.internal;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.util.collection.IntCollections;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

/**
 * The two-way requests that one peer sent and nobody has answered yet, by opaque. Event loop only.
 *
 * <p>A request is <em>running</em> until its processor returned and <em>parked</em> when it returned without an answer. It leaves when a
 * response with its opaque is written, whoever writes it, or when nobody answered it in time. A peer that uses one opaque for several
 * requests at a time gets as many answers.
 */
final class InboundRequests {

    /** Hears of requests that nobody answered. */
    interface Listener {
        /** A request was given up because nobody answered it in time. */
        void onUnanswered();
    }

    /** One accepted request. */
    static final class Entry extends Deadline {
        private final InboundRequests owner;
        private final int opaque;
        private final SerializeType serializeType;
        private boolean parked;
        private boolean gone;
        private @Nullable Entry sameOpaque;

        private Entry(InboundRequests owner, RemotingCommand request, long deadlineNanos) {
            super(deadlineNanos);
            this.owner = owner;
            this.opaque = request.getOpaque();
            this.serializeType = request.getSerializeTypeCurrentRPC();
        }

        private Entry last() {
            Entry last = this;
            for (Entry next = sameOpaque; next != null; next = next.sameOpaque) {
                last = next;
            }
            return last;
        }

        SerializeType serializeType() {
            return serializeType;
        }

        @Override
        void onDeadline() {
            owner.withdraw(this);
            owner.listener.onUnanswered();
        }
    }

    private static final IntObjectMap<Entry> NONE = IntCollections.emptyMap();

    // The one that came when there was no other, so older than all in the map. Who asks one thing at a time needs no map.
    private @Nullable Entry first;

    // As in PendingRequests, and for the same reasons.
    private IntObjectMap<Entry> bySpreadOpaque = NONE;
    private final DeadlineQueue deadlines;
    private final Listener listener;
    private int size;
    private int parked;

    /** Nothing in flight. */
    InboundRequests(DeadlineQueue deadlines, Listener listener) {
        this.deadlines = deadlines;
        this.listener = listener;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether a processor is at work on any of them, or will be. */
    boolean hasRunning() {
        return size > parked;
    }

    /** @param deadlineNanos until when it may go unanswered, on the event loop's ticker */
    Entry add(RemotingCommand request, long deadlineNanos) {
        Entry entry = new Entry(this, request, deadlineNanos);
        if (size == 0) {
            first = entry;
        } else {
            addToMap(entry);
        }
        size++;
        deadlines.add(entry);
        return entry;
    }

    private void addToMap(Entry entry) {
        if (bySpreadOpaque == NONE) {
            bySpreadOpaque = new IntObjectHashMap<>(1);
        }
        Entry oldest = bySpreadOpaque.get(PendingRequests.spread(entry.opaque));
        if (oldest == null) {
            bySpreadOpaque.put(PendingRequests.spread(entry.opaque), entry);
        } else {
            oldest.last().sameOpaque = entry;
        }
    }

    /** The processor returned without an answer. */
    void park(Entry entry) {
        if (!entry.gone && !entry.parked) {
            entry.parked = true;
            parked++;
        }
    }

    /** Takes out the request that a response answers, the oldest if there are several; {@code null} if there is none, or not any more. */
    @Nullable Entry take(int opaque) {
        Entry entry = first;
        if (entry == null || entry.opaque != opaque) {
            entry = bySpreadOpaque.get(PendingRequests.spread(opaque));
        }
        if (entry != null) {
            remove(entry);
        }
        return entry;
    }

    /** Takes one out that nobody will answer through {@link #take}. */
    void withdraw(Entry entry) {
        if (!entry.gone) {
            remove(entry);
        }
    }

    /** Gives up all of them and returns how many they were. */
    int abandon() {
        int abandoned = size;
        abandon(first);
        bySpreadOpaque.values().forEach(this::abandon);
        first = null;
        bySpreadOpaque = NONE;
        size = 0;
        parked = 0;
        return abandoned;
    }

    private void abandon(@Nullable Entry oldest) {
        for (Entry entry = oldest; entry != null; entry = entry.sameOpaque) {
            entry.gone = true;
            deadlines.remove(entry);
        }
    }

    private void remove(Entry entry) {
        entry.gone = true;
        size--;
        if (entry.parked) {
            parked--;
        }
        deadlines.remove(entry);
        if (first == entry) {
            first = null;
        } else {
            removeFromMap(entry);
        }
    }

    private void removeFromMap(Entry entry) {
        Entry oldest = bySpreadOpaque.get(PendingRequests.spread(entry.opaque));
        if (oldest == entry) {
            if (entry.sameOpaque == null) {
                bySpreadOpaque.remove(PendingRequests.spread(entry.opaque));
            } else {
                bySpreadOpaque.put(PendingRequests.spread(entry.opaque), entry.sameOpaque);
            }
            return;
        }
        for (Entry e = oldest; e != null; e = e.sameOpaque) {
            if (e.sameOpaque == entry) {
                e.sameOpaque = entry.sameOpaque;
                return;
            }
        }
    }
}
