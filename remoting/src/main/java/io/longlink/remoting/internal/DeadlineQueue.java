package io.longlink.remoting.internal;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one connection, behind one timer of its event loop. Event loop only.
 *
 * <p>A binary heap whose nodes know their place, so that a deadline that is not needed any more, the usual case, leaves at once and holds
 * no memory until it would have come.
 */
final class DeadlineQueue implements Runnable {

    /** Something with a deadline; in one queue at a time. */
    abstract static class Node {
        private long deadlineNanos;
        private int index = -1;

        /** @param deadlineNanos on the event loop's ticker */
        Node(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        final long deadlineNanos() {
            return deadlineNanos;
        }

        /** The deadline has come; the node has left the queue already. */
        abstract void onDeadline();
    }

    private final EventExecutor loop;
    // Most connections are idle, and wait for one thing only: that somebody should look after them.
    private Node[] heap = new Node[1];
    private int size;
    private @Nullable Future<?> timer;
    private long timerNanos;

    DeadlineQueue(EventExecutor loop) {
        this.loop = loop;
    }

    int size() {
        return size;
    }

    /** Adds a node; one whose deadline has passed already is told in the next turn of the event loop. */
    void add(Node node) {
        assert loop.inEventLoop() && node.index < 0;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(size++, node);
        siftUp(node.index);
        arm();
    }

    /** Gives a node another deadline, whether it is in or not. */
    void move(Node node, long deadlineNanos) {
        remove(node);
        node.deadlineNanos = deadlineNanos;
        add(node);
    }

    /** Takes a node out; nothing happens if it is not in. The timer stays as it is: it finds nothing to do and aims anew. */
    void remove(Node node) {
        int index = node.index;
        if (index < 0) {
            return;
        }
        node.index = -1;
        Node last = heap[--size];
        heap[size] = null;
        if (last != node) {
            place(index, last);
            siftUp(index);
            siftDown(last.index);
        }
    }

    /** Forgets everything and stops the timer. Nobody is told. */
    void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].index = -1;
            heap[i] = null;
        }
        size = 0;
        Future<?> armed = timer;
        timer = null;
        if (armed != null) {
            armed.cancel(false);
        }
    }

    private void arm() {
        if (size == 0) {
            return;
        }
        long first = heap[0].deadlineNanos;
        Future<?> armed = timer;
        if (armed != null) {
            if (first - timerNanos >= 0) {
                return;
            }
            armed.cancel(false);
        }
        timerNanos = first;
        timer = loop.schedule(this, Math.max(0, first - loop.ticker().nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** The timer: what is due is told. */
    @Override
    public void run() {
        timer = null;
        long now = loop.ticker().nanoTime();
        try {
            while (size > 0 && heap[0].deadlineNanos - now <= 0) {
                Node due = heap[0];
                remove(due);
                due.onDeadline();
            }
        } finally {
            if (timer == null) {
                arm();
            }
        }
    }

    private void siftUp(int index) {
        Node node = heap[index];
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
        Node node = heap[index];
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

    private void place(int index, Node node) {
        heap[index] = node;
        node.index = index;
    }
}
