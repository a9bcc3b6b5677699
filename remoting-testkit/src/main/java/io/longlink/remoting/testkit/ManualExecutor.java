package io.longlink.remoting.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An executor that takes tasks from any thread and runs them when told, on the thread that tells it, in the order in which they came. As
 * the executor of a processor it keeps requests in flight for as long as the test wants:
 *
 * <pre>{@code
 * ManualExecutor executor = new ManualExecutor();
 * server.registerProcessor(100, processor, executor);
 * client.send(Frame.request(100));
 * executor.awaitSize(1); // accepted, and not executed
 * executor.runNext();    // now it is
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ManualExecutor extends AbstractExecutorService {

    // Guards itself and the fields below; nothing runs under it.
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private @Nullable RuntimeException refusal;
    private boolean shutdown;

    /** A new executor that takes everything. */
    public ManualExecutor() {}

    /**
     * Takes a task.
     *
     * @throws RejectedExecutionException if it was shut down
     * @throws RuntimeException what it was told to refuse with
     */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (refusal != null) {
                throw refusal;
            }
            if (shutdown) {
                throw new RejectedExecutionException("shut down");
            }
            tasks.add(task);
            tasks.notifyAll();
        }
    }

    /**
     * From now on every task is refused with this exception, as by an executor whose queue is full or that is broken; null ends that. What
     * waits already stays.
     */
    public void refuseWith(@Nullable RuntimeException newRefusal) {
        synchronized (tasks) {
            refusal = newRefusal;
        }
    }

    /** Returns how many tasks wait. */
    public int size() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    /**
     * Waits until at least so many tasks wait.
     *
     * @throws AssertionError if that does not come within {@link ScriptedPeer#TIMEOUT}
     */
    public void awaitSize(int atLeast) throws InterruptedException {
        long deadline = System.nanoTime() + ScriptedPeer.TIMEOUT.toNanos();
        synchronized (tasks) {
            while (tasks.size() < atLeast) {
                long nanos = deadline - System.nanoTime();
                if (nanos <= 0) {
                    throw new AssertionError("only " + tasks.size() + " of " + atLeast + " tasks came");
                }
                TimeUnit.NANOSECONDS.timedWait(tasks, nanos);
            }
        }
    }

    /**
     * Runs the task that has waited longest; what it throws comes out here.
     *
     * @throws NoSuchElementException if none waits
     */
    public void runNext() {
        Runnable next;
        synchronized (tasks) {
            next = tasks.remove();
        }
        next.run();
    }

    /** Runs what waits, and what that adds, until nothing waits; what a task throws comes out here and leaves the rest waiting. */
    public void runAll() {
        while (size() > 0) {
            runNext();
        }
    }

    /** Takes no more tasks; those that wait can still be run. */
    @Override
    public void shutdown() {
        synchronized (tasks) {
            shutdown = true;
        }
    }

    /** Takes no more tasks, and returns those that waited. */
    @Override
    public List<Runnable> shutdownNow() {
        synchronized (tasks) {
            shutdown = true;
            List<Runnable> waiting = new ArrayList<>(tasks);
            tasks.clear();
            return waiting;
        }
    }

    @Override
    public boolean isShutdown() {
        synchronized (tasks) {
            return shutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        synchronized (tasks) {
            return shutdown && tasks.isEmpty();
        }
    }

    /** Returns at once whether it has terminated: there is no thread that could change that meanwhile. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
