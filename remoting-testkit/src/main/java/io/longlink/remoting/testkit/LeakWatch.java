package io.longlink.remoting.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What happens in this JVM between {@link #open} and {@link #close}; at most one is open at a time. */
final class LeakWatch {

    private final List<String> threadPrefixes;
    private final Duration patience;
    private final ResourceLedger ledger;
    private final Set<Thread> threadsBefore;
    private final Queue<Uncaught> uncaught = new ConcurrentLinkedQueue<>();
    private final @Nullable UncaughtExceptionHandler handlerBefore;

    private record Uncaught(String thread, Throwable failure) {}

    private LeakWatch(List<String> threadPrefixes, Duration patience, ResourceLedger ledger) {
        this.threadPrefixes = threadPrefixes;
        this.patience = patience;
        this.ledger = ledger;
        this.threadsBefore = Set.copyOf(Thread.getAllStackTraces().keySet());
        this.handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
    }

    /** Begins to watch; {@code patience} is how long {@link #close} waits for things to go away. */
    static LeakWatch open(List<String> threadPrefixes, Duration patience) {
        ExactLeakDetector.install();
        ResourceLedger ledger = new ResourceLedger();
        if (!ExactLeakDetector.record(ledger)) {
            throw new IllegalStateException("another LeakGuard is watching: guarded tests must not run in parallel, or with two guards");
        }
        ByteBuf probe = Unpooled.directBuffer(1);
        boolean seen = !ledger.open().isEmpty();
        probe.release();
        if (!seen) {
            ExactLeakDetector.stop(ledger);
            throw new IllegalStateException("Netty's first buffer was allocated before the leak detector of the testkit was installed. "
                    + "Run the tests by the JUnit launcher with its listeners auto-registered, or load LeakGuard earlier");
        }
        LeakWatch watch = new LeakWatch(threadPrefixes, patience, ledger);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> watch.uncaught.add(new Uncaught(thread.getName(), failure)));
        return watch;
    }

    /**
     * Ends the watch.
     *
     * @throws AssertionError if anything is left, or went uncaught; uncaught exceptions are suppressed in it
     */
    void close() {
        List<String> findings = new ArrayList<>();
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            awaitThreads(deadline);
            threadsLeft().forEach((thread, stack) -> findings.add(describe(thread, stack)));
            ledger.awaitEmpty(deadline).forEach(resource -> findings.add(resource.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            findings.add("interrupted while it waited for what is left");
        } finally {
            ExactLeakDetector.stop(ledger);
            Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
        }
        uncaught.forEach(one -> findings.add("uncaught on thread " + one.thread() + ": " + one.failure()));
        if (!findings.isEmpty()) {
            AssertionError error = new AssertionError("left behind:\n" + String.join("\n", findings));
            uncaught.forEach(one -> error.addSuppressed(one.failure()));
            throw error;
        }
    }

    private void awaitThreads(long deadlineNanos) throws InterruptedException {
        for (Thread thread : threadsLeft().keySet()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            // A join of 0 would mean forever.
            thread.join(Math.max(1, millis));
        }
    }

    private Map<Thread, StackTraceElement[]> threadsLeft() {
        Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
        threads.keySet().removeIf(thread -> threadsBefore.contains(thread) || !isGuarded(thread) || !thread.isAlive());
        return threads;
    }

    private boolean isGuarded(Thread thread) {
        return threadPrefixes.stream().anyMatch(thread.getName()::startsWith);
    }

    private static String describe(Thread thread, StackTraceElement[] stack) {
        String state = (thread.isDaemon() ? "daemon, " : "") + thread.getState();
        return "thread " + thread.getName() + " (" + state + ")" + lines(Arrays.asList(stack));
    }

    static String lines(List<StackTraceElement> stack) {
        StringBuilder lines = new StringBuilder();
        stack.forEach(element -> lines.append("\n    at ").append(element));
        return lines.toString();
    }
}
