package io.longlink.remoting.testkit;

import io.netty.util.ResourceLeakHint;
import io.netty.util.ResourceLeakTracker;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The resources that were allocated while it was recording and are not released yet. Thread-safe. */
final class ResourceLedger {

    private final Set<Entry<?>> entries = new LinkedHashSet<>();

    <T> ResourceLeakTracker<T> add(Class<?> type) {
        Entry<T> entry = new Entry<>(this, type);
        synchronized (entries) {
            entries.add(entry);
        }
        return entry;
    }

    private boolean remove(Entry<?> entry) {
        synchronized (entries) {
            entries.notifyAll();
            return entries.remove(entry);
        }
    }

    /** Returns what is open, without what static initializers allocated to keep. */
    List<Entry<?>> open() {
        synchronized (entries) {
            return entries.stream().filter(entry -> !entry.isStatic()).toList();
        }
    }

    /** Waits until nothing is open, or until the deadline; returns what is open then. */
    List<Entry<?>> awaitEmpty(long deadlineNanos) throws InterruptedException {
        synchronized (entries) {
            long nanos = deadlineNanos - System.nanoTime();
            while (!open().isEmpty() && nanos > 0) {
                TimeUnit.NANOSECONDS.timedWait(entries, nanos);
                nanos = deadlineNanos - System.nanoTime();
            }
            return open();
        }
    }

    /** One resource; remembers where it was allocated and the last handler, or other hint, that touched it. */
    static final class Entry<T> implements ResourceLeakTracker<T> {

        private final ResourceLedger ledger;
        private final Class<?> type;
        private final String thread = Thread.currentThread().getName();
        private final Throwable allocation = new Throwable();
        private volatile @Nullable Object lastHint;

        private Entry(ResourceLedger ledger, Class<?> type) {
            this.ledger = ledger;
            this.type = type;
        }

        @Override
        public void record() {
            // Where it was read or written tells less than where it came from.
        }

        @Override
        public void record(Object hint) {
            lastHint = hint;
        }

        @Override
        public boolean close(T resource) {
            return ledger.remove(this);
        }

        private boolean isStatic() {
            return Arrays.stream(allocation.getStackTrace()).anyMatch(element -> element.getMethodName().equals("<clinit>"));
        }

        @Override
        public String toString() {
            Object hint = lastHint;
            String touched = hint == null ? "" : ", last touched by " + (hint instanceof ResourceLeakHint h ? h.toHintString() : hint);
            return type.getSimpleName() + " allocated on thread " + thread + touched
                    + LeakWatch.lines(Arrays.asList(allocation.getStackTrace()));
        }
    }
}
