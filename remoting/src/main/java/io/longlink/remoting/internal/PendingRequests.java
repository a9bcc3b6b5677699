package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.netty.util.collection.IntCollections;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two-way requests of one connection that were sent and not yet answered, by opaque. Event loop only.
 *
 * <p>Every entry leaves exactly once: by its response, its deadline, a failed write or the end of the connection; whoever takes it out
 * completes it.
 */
final class PendingRequests {

    /** How many answers that are overdue are remembered; of more, those that are due longest are forgotten. */
    private static final int MAX_OVERDUE = 10_000;

    private static final IntObjectMap<Entry> NONE = IntCollections.emptyMap();

    /** What has happened to a request here, for whoever keeps the requests. */
    interface Listener {
        /** The peer, for messages. */
        String remoteAddress();

        /**
         * The write of an entry has ended.
         *
         * @param failure {@code null} if the request has left
         */
        void onWriteEnd(Entry entry, @Nullable Throwable failure);

        /** An entry was completed by its deadline: the connection may have nothing left to wait for. */
        void onTimedOut(Entry entry);
    }

    /** One request on its way. */
    static final class Entry extends Deadline implements RequestPromise.Listener {
        private final PendingRequests owner;
        private final RemotingCommand request;
        private final int opaque;
        private final int callersOpaque;
        private final ReplyListener listener;
        private boolean written;
        private long writtenNanos;

        private Entry(
                PendingRequests owner, RemotingCommand request, long deadlineNanos, int callersOpaque, ReplyListener listener) {
            super(deadlineNanos);
            this.owner = owner;
            this.request = request;
            this.opaque = request.getOpaque();
            this.callersOpaque = callersOpaque;
            this.listener = listener;
        }

        /** Its writing begins. */
        void onWriting(long nowNanos) {
            writtenNanos = nowNanos;
        }

        @Override
        public void onWriteEnd(@Nullable Throwable failure) {
            owner.listener.onWriteEnd(this, failure);
        }

        /** It has left, and may run. */
        void onWritten(long nowNanos) {
            written = true;
            writtenNanos = nowNanos;
        }

        /** When it left, or when its writing began if it has not. */
        long writtenNanos() {
            return writtenNanos;
        }

        /** Hands the response to whoever asked, with the opaque he asked with. The entry has been taken out. */
        void complete(RemotingCommand response) {
            response.setOpaque(callersOpaque);
            listener.onResponse(response);
        }

        /** Whether it is a call of the user's, not a HELLO or PING of ours. */
        boolean isUsers() {
            return !RequestCode.isOwn(request.getCode());
        }

        boolean isHello() {
            return request.getCode() == RequestCode.HELLO;
        }

        @Override
        void onDeadline() {
            owner.onDeadline(this);
        }
    }

    // Under spread opaques: they come one after the other, and a map whose keys do that shifts all of them at each removal.
    // Made when there is something to put in: most of a server's connections never are asked anything by it.
    private IntObjectMap<Entry> bySpreadOpaque = NONE;
    private final DeadlineQueue deadlines;
    private final Listener listener;
    private int userRequests;
    private int abandoned;

    // Opaques whose deadline has come and whose answer has not: a new request under one of them could get the old one's answer.
    private @Nullable Set<Integer> overdue;

    /** Nothing pending. */
    PendingRequests(DeadlineQueue deadlines, Listener listener) {
        this.deadlines = deadlines;
        this.listener = listener;
    }

    /** One to one, and far apart what is close together. */
    static int spread(int opaque) {
        return opaque * 0x9E3779B9;
    }

    /** Whether no call of the user's waits; a HELLO or PING of ours never delays anything (DESIGN 3.1). */
    boolean isIdle() {
        return userRequests == 0;
    }

    /** How many calls of the user's wait. */
    int size() {
        return userRequests;
    }

    /** How many calls of the user's {@link #failAll} has failed. */
    int abandoned() {
        return abandoned;
    }

    /** Whether an answer with this opaque may still come: it is in flight, or was until its deadline. */
    boolean has(int opaque) {
        return bySpreadOpaque.containsKey(spread(opaque)) || (overdue != null && overdue.contains(opaque));
    }

    /**
     * Registers a request that is about to be written and starts its deadline.
     *
     * @param deadlineNanos on the event loop's ticker
     * @param callersOpaque what the response shall carry
     * @throws IllegalStateException if the request's opaque is in flight here already; nothing has changed
     */
    Entry add(RemotingCommand request, long deadlineNanos, int callersOpaque, ReplyListener listener) {
        if (has(request.getOpaque())) {
            throw new IllegalStateException(
                    "opaque " + request.getOpaque() + " is in flight to " + this.listener.remoteAddress() + " already");
        }
        Entry entry = new Entry(this, request, deadlineNanos, callersOpaque, listener);
        if (bySpreadOpaque == NONE) {
            bySpreadOpaque = new IntObjectHashMap<>(1);
        }
        bySpreadOpaque.put(spread(entry.opaque), entry);
        deadlines.add(entry);
        if (entry.isUsers()) {
            userRequests++;
        }
        return entry;
    }

    /** Takes out the request that waits for the response with this opaque; {@code null} if none does. */
    @Nullable Entry take(int opaque) {
        Entry entry = bySpreadOpaque.get(spread(opaque));
        if (entry == null) {
            if (overdue != null) {
                overdue.remove(opaque);
            }
        } else {
            remove(entry);
        }
        return entry;
    }

    /** Fails one request, if it still waits. */
    void fail(Entry entry, RemotingException cause) {
        if (bySpreadOpaque.get(spread(entry.opaque)) == entry) {
            remove(entry);
            entry.listener.onFailure(cause);
        }
    }

    /**
     * Fails every request that still waits: the peer cannot answer any more.
     *
     * @param closed whether the channel is closed, so that a frame that has not left completely never will; otherwise any of them may run
     */
    void failAll(String why, @Nullable Throwable cause, boolean closed) {
        if (bySpreadOpaque.isEmpty()) {
            return;
        }
        abandoned += userRequests;
        for (Entry entry : new ArrayList<>(bySpreadOpaque.values())) {
            Outcome outcome = closed && !entry.written ? Outcome.NOT_SENT : Outcome.UNKNOWN;
            fail(entry, new RemotingSendRequestException("no answer from " + listener.remoteAddress() + ": " + why, cause, outcome));
        }
    }

    private void onDeadline(Entry entry) {
        remember(entry.opaque);
        fail(entry, new RemotingTimeoutException(
                "no answer from " + listener.remoteAddress() + " in time (code " + entry.request.getCode() + ", opaque " + entry.opaque
                        + ")",
                Outcome.UNKNOWN));
        listener.onTimedOut(entry);
    }

    private void remember(int opaque) {
        Set<Integer> remembered = overdue;
        if (remembered == null) {
            remembered = new LinkedHashSet<>();
            overdue = remembered;
        } else if (remembered.size() == MAX_OVERDUE) {
            remembered.remove(remembered.iterator().next());
        }
        remembered.add(opaque);
    }

    private void remove(Entry entry) {
        bySpreadOpaque.remove(spread(entry.opaque));
        deadlines.remove(entry);
        if (entry.isUsers()) {
            userRequests--;
        }
    }
}
