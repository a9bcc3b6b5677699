package io.longlink.remoting.netty;

import io.longlink.remoting.ChannelEventListener;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to the one {@link ChannelEventListener}, from one thread, in the order they were put.
 *
 * <p>The queue holds {@value #CAPACITY} events other than CLOSE; beyond that the newest is dropped and counted. A CLOSE always finds
 * its place, for there is one per connection. Thread-safe.
 */
public final class NettyEventExecutor {
    /** How many events other than CLOSE may wait. */
    public static final int CAPACITY = 10_000;

    /** Failures of a listener are logged this often at most: one that always fails must not fill the disk. */
    private static final long FAILURE_LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(NettyEventExecutor.class);

    private final @Nullable ChannelEventListener listener;
    private final Thread thread;
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean overflowing = new AtomicBoolean();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean stopped;

    // Event thread only.
    private boolean failureLogged;
    private long failureLoggedNanos;
    private int failuresNotLogged;

    private final Runnable stop = new Runnable() {
        @Override
        public void run() {
            stopped = true;
        }
    };

    /**
     * An executor that does not run yet.
     *
     * @param threadFactory makes the one thread
     * @param listener {@code null} if nobody wants to hear; then events are not kept and none counts as dropped
     */
    public NettyEventExecutor(ThreadFactory threadFactory, @Nullable ChannelEventListener listener) {
        this.listener = listener;
        this.thread = threadFactory.newThread(this::run);
    }

    /** Starts the thread. Events put before this wait. */
    public void start() {
        if (listener != null) {
            thread.start();
        }
    }

    /** Whether there is a listener. Without one no event need be made. */
    public boolean isHeard() {
        return listener != null;
    }

    /** Queues an event, or drops and counts it. Never blocks. */
    public void putNettyEvent(NettyEvent event) {
        ChannelEventListener target = listener;
        if (target == null) {
            return;
        }
        if (stopped) {
            dropped.increment();
            return;
        }
        if (event.type() == NettyEventType.CLOSE) {
            enqueue(() -> deliver(target, event));
            return;
        }
        if (waiting.getAndUpdate(n -> Math.min(CAPACITY, n + 1)) == CAPACITY) {
            dropped.increment();
            if (overflowing.compareAndSet(false, true)) {
                log.warn("event queue full ({} events): dropping events other than CLOSE until the listener {} has caught up", CAPACITY,
                        target.getClass().getName());
            }
            return;
        }
        enqueue(() -> {
            if (waiting.decrementAndGet() < CAPACITY / 2) {
                overflowing.set(false);
            }
            deliver(target, event);
        });
    }

    private void enqueue(Runnable delivery) {
        queue.add(delivery);
        // The thread may have ended in between: then nobody but us will ever look at it.
        if (stopped && queue.remove(delivery)) {
            dropped.increment();
        }
    }

    /** How many events no listener heard. */
    public long droppedEvents() {
        return dropped.sum();
    }

    /**
     * Stops: events that wait are still delivered, for at most {@code timeout}; the rest is counted as dropped. Blocks until the thread has
     * ended or the time is up, in which case the thread is interrupted and left to the listener that holds it.
     */
    public void shutdown(Duration timeout) throws InterruptedException {
        if (listener == null || !thread.isAlive()) {
            stopped = true;
            dropRest();
            return;
        }
        queue.add(stop);
        thread.join(Math.max(1, timeout.toMillis()));
        if (thread.isAlive()) {
            stopped = true;
            thread.interrupt();
            log.warn("listener {} did not hear all events in time, {} are lost", listener.getClass().getName(), dropRest());
        }
        dropRest();
    }

    private int dropRest() {
        int rest = 0;
        for (Runnable delivery = queue.poll(); delivery != null; delivery = queue.poll()) {
            if (delivery != stop) {
                rest++;
            }
        }
        dropped.add(rest);
        return rest;
    }

    private void run() {
        while (!stopped) {
            try {
                queue.take().run();
            } catch (InterruptedException e) {
                // Only shutdown interrupts, after it set stopped; an interrupt that a listener left behind must not end the events.
                if (!stopped) {
                    log.debug("interrupted by a listener, going on");
                }
            } catch (Throwable e) {
                // Writing about a failure failed: no memory, or a logger that throws. Nothing can be said, and the next event is due.
                failuresNotLogged++;
            }
        }
    }

    private void deliver(ChannelEventListener listener, NettyEvent event) {
        try {
            Channel channel = event.channel();
            if (event.type() == NettyEventType.EXCEPTION) {
                listener.onChannelException(event.remoteAddr(), channel);
                return;
            }
            Objects.requireNonNull(channel);
            switch (event.type()) {
                case CONNECT -> listener.onChannelConnect(event.remoteAddr(), channel);
                case ACTIVE -> listener.onChannelActive(event.remoteAddr(), channel);
                case IDLE -> listener.onChannelIdle(event.remoteAddr(), channel);
                case CLOSE -> listener.onChannelClose(event.remoteAddr(), channel);
                default -> throw new AssertionError(event);
            }
        } catch (Throwable e) {
            // Whatever a listener throws, an Error included, the next event is not its business.
            onFailure(listener, event, e);
        }
    }

    private void onFailure(ChannelEventListener listener, NettyEvent event, Throwable failure) {
        long now = System.nanoTime();
        if (failureLogged && now - failureLoggedNanos < FAILURE_LOG_NANOS) {
            failuresNotLogged++;
            return;
        }
        int before = failuresNotLogged;
        failureLogged = true;
        failureLoggedNanos = now;
        failuresNotLogged = 0;
        String name = listener.getClass().getName();
        try {
            log.error("listener {} failed on {}, and on {} events since the line before this one", name, event, before, failure);
        } catch (Throwable e) {
            // Its message or its causes may throw, too; the thread must survive that as well.
            log.error("listener {} failed on {} with a {} that cannot be logged", name, event.type(), failure.getClass().getName());
        }
    }
}
