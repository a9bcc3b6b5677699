package io.longlink.remoting.internal;

import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;

/**
 * Deadlines of which the first is waited for. Event loop only.
 *
 * <p>A binary heap whose nodes know their place, so that a deadline that is not needed any more, the usual case, leaves at once and holds
 * no memory until it would have come. To whoever waits, a queue is a deadline itself: its first one, or an earlier one that has left.
 */
abstract class DeadlineQueue extends Deadline {
    /** More connections are not told at once, so that their event loop can read in between. */
    private static final int TOLD_AT_ONCE = 1_000;

    private final EventExecutor loop;
    // Most connections are idle, and wait for one thing only: that somebody should look after them.
    private Deadline[] heap = new Deadline[1];
    private int size;

    DeadlineQueue(EventExecutor loop) {
        super(0);
        this.loop = loop;
    }

    /** Sees to it that {@link #onDeadline} is called at this time, if not before. */
    abstract void arm(long nanos);

    /** There is nothing left to wait for. */
    abstract void disarm();

    final EventExecutor loop() {
        return loop;
    }

    final int size() {
        return size;
    }

    /** Adds a node; one whose deadline has passed already is told soon, and not before this returns. */
    final void add(Deadline node) {
        assert loop.inEventLoop() && node.index < 0;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(size++, node);
        siftUp(node.index);
        armForFirst();
    }

    /** Gives a node another deadline, whether it is in or not. */
    final void move(Deadline node, long deadlineNanos) {
        remove(node);
        node.deadlineNanos = deadlineNanos;
        add(node);
    }

    /** Takes a node out; nothing happens if it is not in. What waits for it goes on: it finds nothing to do and aims anew. */
    final void remove(Deadline node) {
        int index = node.index;
        if (index < 0) {
            return;
        }
        node.index = -1;
        Deadline last = heap[--size];
        heap[size] = null;
        if (last != node) {
            place(index, last);
            siftUp(index);
            siftDown(last.index);
        }
    }

    /** Forgets everything. Nobody is told. */
    final void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].index = -1;
            heap[i] = null;
        }
        size = 0;
        disarm();
    }

    private void armForFirst() {
        if (size > 0) {
            arm(heap[0].deadlineNanos);
        }
    }

    /** The first may have come: what is due is told. */
    @Override
    final void onDeadline() {
        long now = loop.ticker().nanoTime();
        try {
            for (int told = 0; told < TOLD_AT_ONCE && size > 0 && heap[0].deadlineNanos - now <= 0; told++) {
                Deadline due = heap[0];
                remove(due);
                due.onDeadline();
            }
        } finally {
            armForFirst();
        }
    }

    private void siftUp(int index) {
        Deadline node = heap[index];
        int at = index;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent].deadlineNanos - node.deadlineNanos <= 0) {
                break;
            }
            place(at, heap[parent]);
            at = parent;
        }
        place(at, node);
    }

    private void siftDown(int index) {
        Deadline node = heap[index];
        int at = index;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].deadlineNanos - heap[child].deadlineNanos < 0) {
                child++;
            }
            if (node.deadlineNanos - heap[child].deadlineNanos <= 0) {
                break;
            }
            place(at, heap[child]);
            at = child;
        }
        place(at, node);
    }

    private void place(int index, Deadline node) {
        heap[index] = node;
        node.index = index;
    }
}
