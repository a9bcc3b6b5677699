package io.longlink.remoting;

import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queue of an executor whose tasks come in bursts from an event loop. First in, first out; bounded. Thread-safe.
 *
 * <p>To wake a thread costs more than many a task takes. So an offer wakes at most one, and none while one is on its way already; whoever
 * takes a task and sees another one behind it wakes the next. A burst thus gets as many threads as it needs, for as many wake-ups, and
 * a task never waits for another one to end while a thread is idle.
 *
 * <p>Never blocks whoever offers: a full queue says so. {@link #put} is therefore not supported.
 */
final class HandOffQueue extends AbstractQueue<Runnable> implements BlockingQueue<Runnable> {
    private final int capacity;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean waking = new AtomicBoolean();

    // Guards who sleeps. Nothing but that happens under it.
    private final ReentrantLock sleep = new ReentrantLock();
    private final Condition wakeUp = sleep.newCondition();

    // Written under the lock.
    private volatile int sleepers;

    /** @param capacity how many tasks may wait */
    HandOffQueue(int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity must be above 0: " + capacity);
        }
        this.capacity = capacity;
    }

    @Override
    public boolean offer(Runnable task) {
        if (size.getAndIncrement() >= capacity) {
            size.decrementAndGet();
            return false;
        }
        tasks.add(task);
        wakeOne();
        return true;
    }

    @Override
    public @Nullable Runnable poll() {
        Runnable task = tasks.poll();
        if (task != null && size.decrementAndGet() > 0) {
            wakeOne();
        }
        return task;
    }

    @Override
    public Runnable take() throws InterruptedException {
        while (true) {
            Runnable task = poll(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            if (task != null) {
                return task;
            }
        }
    }

    @Override
    // A chance for others, and nothing relies on it.
    @SuppressWarnings("ThreadPriorityCheck")
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        Runnable task = poll();
        if (task == null) {
            // Whoever has more tasks may be waiting for this core; to sleep and be woken costs several times as much as to let it go on.
            Thread.yield();
            task = poll();
        }
        return task != null ? task : sleepUntilThereIsOne(unit.toNanos(timeout));
    }

    private @Nullable Runnable sleepUntilThereIsOne(long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        while (left > 0) {
            left = sleepUnlessThereIsOne(left);
            Runnable task = poll();
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    /** Sleeps once; whoever offers either sees the sleeper or is seen by him. */
    // Written under the lock only; and the loop is the caller's.
    @SuppressWarnings({"NonAtomicVolatileUpdate", "WaitNotInLoop"})
    private long sleepUnlessThereIsOne(long timeoutNanos) throws InterruptedException {
        sleep.lockInterruptibly();
        try {
            sleepers++;
            try {
                return tasks.isEmpty() ? wakeUp.awaitNanos(timeoutNanos) : timeoutNanos;
            } finally {
                sleepers--;
                // Perhaps it was not for this one: then the sleeper that it was for finds the flag down, and its task in the queue.
                waking.set(false);
            }
        } finally {
            sleep.unlock();
        }
    }

    private void wakeOne() {
        if (sleepers == 0 || waking.get() || !waking.compareAndSet(false, true)) {
            return;
        }
        sleep.lock();
        try {
            if (sleepers == 0) {
                waking.set(false);
            } else {
                wakeUp.signal();
            }
        } finally {
            sleep.unlock();
        }
    }

    @Override
    public @Nullable Runnable peek() {
        return tasks.peek();
    }

    @Override
    public int size() {
        return Math.max(0, Math.min(capacity, size.get()));
    }

    @Override
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    @Override
    public int remainingCapacity() {
        return capacity - size();
    }

    @Override
    public boolean remove(Object task) {
        boolean removed = tasks.remove(task);
        if (removed) {
            size.decrementAndGet();
        }
        return removed;
    }

    @Override
    public int drainTo(Collection<? super Runnable> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super Runnable> target, int max) {
        int drained = 0;
        Runnable task = max > 0 ? poll() : null;
        while (task != null) {
            target.add(task);
            task = ++drained < max ? poll() : null;
        }
        return drained;
    }

    /** Weakly consistent; a look, not a way to remove. */
    @Override
    public Iterator<Runnable> iterator() {
        return tasks.iterator();
    }

    @Override
    public void put(Runnable task) {
        throw new UnsupportedOperationException("whoever hands over a task must not be blocked");
    }

    @Override
    public boolean offer(Runnable task, long timeout, TimeUnit unit) {
        return offer(task);
    }
}
