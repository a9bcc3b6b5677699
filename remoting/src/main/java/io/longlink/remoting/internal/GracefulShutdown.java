package io.longlink.remoting.internal;

import io.longlink.remoting.DrainReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shutdown that happens once, on a thread of its own, whoever asks for it, how often, and from where. Thread-safe.
 */
public final class GracefulShutdown {

    /** The shutdown itself. Runs on the shutdown thread, which nobody interrupts. */
    @FunctionalInterface
    public interface Body {
        /** Ends everything, by the deadline if it can, and says what happened. */
        DrainReport run(ShutdownDeadline deadline) throws InterruptedException;
    }

    private record Begun(ShutdownDeadline deadline, CompletableFuture<DrainReport> report) {}

    /** Nobody waits longer, and it is far from overflowing nanoseconds. */
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private static final Logger log = LoggerFactory.getLogger(GracefulShutdown.class);

    private final OwnThreads threads;
    private final Body body;
    private final AtomicReference<@Nullable Begun> begun = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> jvmHook = new AtomicReference<>();

    /** A shutdown that has not begun. */
    public GracefulShutdown(OwnThreads threads, Body body) {
        this.threads = threads;
        this.body = body;
    }

    /** Whether it has begun; never false again. */
    public boolean hasBegun() {
        return begun.get() != null;
    }

    /** Begins it, or pulls the deadline of the one that has begun forward. Does not block. */
    public CompletableFuture<DrainReport> begin(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("the timeout of a shutdown must not be negative: " + timeout);
        }
        long deadlineNanos = System.nanoTime() + (timeout.compareTo(FOR_EVER) < 0 ? timeout : FOR_EVER).toNanos();
        Begun mine = new Begun(new ShutdownDeadline(deadlineNanos), new CompletableFuture<>());
        Begun first = begun.compareAndExchange(null, mine);
        if (first != null) {
            first.deadline.pullForward(deadlineNanos);
            return first.report.copy();
        }
        threads.newThread("shutdown", () -> run(mine)).start();
        return mine.report.copy();
    }

    /** Begins it and blocks until it is over; on one of our own threads it does not block. An interrupt ends the grace. */
    public void beginAndWait(Duration timeout) {
        CompletableFuture<DrainReport> report = begin(timeout);
        if (mayBlock()) {
            awaitUninterruptibly(report);
        }
    }

    /** Whether the calling thread can wait for a shutdown: it is none of ours, and no event loop of anybody's. */
    public boolean mayBlock() {
        return !threads.isCurrent() && !OwnThreads.onEventLoop();
    }

    /** Blocks for something a shutdown does; an interrupt pulls its deadline to now, and is set again when this returns. */
    public void awaitUninterruptibly(CompletableFuture<?> part) {
        boolean interrupted = false;
        while (true) {
            try {
                part.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                begin(Duration.ZERO);
            } catch (ExecutionException e) {
                log.error("the shutdown failed", e.getCause());
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Begun shutdown) {
        DrainReport report = new DrainTally().report(Duration.ZERO);
        try {
            report = body.run(shutdown.deadline);
        } catch (Throwable e) {
            // Whatever it was: whoever waits for the report must not wait for ever.
            log.error("the shutdown broke off", e);
        }
        Thread hook = jvmHook.getAndSet(null);
        if (hook != null && !hook.isAlive()) {
            removeJvmHook(hook);
        }
        shutdown.report.complete(report);
    }

    /** Makes the end of the JVM wait for this shutdown. */
    public void installJvmHook(Duration timeout) {
        Thread hook = new Thread(() -> beginAndWait(timeout), "longlink-jvm-exit");
        if (jvmHook.compareAndSet(null, hook)) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    private static void removeJvmHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("the JVM is exiting already, its hook stays");
        }
    }
}
