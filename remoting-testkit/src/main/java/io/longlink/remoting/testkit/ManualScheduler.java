package io.longlink.remoting.testkit;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * A clock and a timer that stand still until told: for state machines that get both passed in. Time starts at 0 and tasks run inside
 * {@link #advance}, on the caller's thread, ordered by due time and then by the order in which they were scheduled.
 *
 * <pre>{@code
 * ManualScheduler time = new ManualScheduler();
 * ParkedRequests parked = new ParkedRequests(time::nanoTime, time::schedule);
 * parked.add(request, Duration.ofSeconds(15));
 * time.advance(Duration.ofSeconds(15).minusNanos(1)); // nothing yet
 * time.advance(Duration.ofNanos(1));                  // exactly now
 * }</pre>
 *
 * <p>The tasks of a Netty pipeline need no such scheduler: {@code EmbeddedChannel.builder().ticker(...)} runs them; give it
 * {@link #ticker()} where both should agree on the time. The servers and clients of the library run in real time. Not thread-safe.
 */
public final class ManualScheduler {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong((Task task) -> task.dueNanos).thenComparingLong(task -> task.number));
    private long scheduled;

    /** A new scheduler, at time 0. */
    public ManualScheduler() {}

    /** Returns the time, in nanoseconds since this scheduler was made. */
    public long nanoTime() {
        return ticker.nanoTime();
    }

    /** Returns the same time for Netty. Read only: advancing the ticker itself runs no task. */
    public Ticker ticker() {
        return ticker;
    }

    /**
     * Plans a task; nothing runs before the next advance.
     *
     * @param delayNanos from now; 0 or less means at once, that is in the next {@code advance}, be it by nothing
     */
    public Task schedule(Runnable action, long delayNanos) {
        Task task = new Task(this, action, nanoTime() + Math.max(0, delayNanos), scheduled++);
        tasks.add(task);
        return task;
    }

    /** Returns how many tasks are planned; a machine that is done should leave none. */
    public int pending() {
        return tasks.size();
    }

    /** Moves time on by a duration; see {@link #advanceTo}. */
    public void advance(Duration duration) {
        advanceTo(nanoTime() + duration.toNanos());
    }

    /**
     * Moves time on and runs what falls due, each task at exactly its own time, those included that tasks plan on the way. What a task
     * throws ends the advance at that task's time.
     *
     * @throws IllegalArgumentException if that time is past
     */
    public void advanceTo(long nanos) {
        if (nanos < nanoTime()) {
            throw new IllegalArgumentException("time does not go back: it is " + nanoTime() + ", not " + nanos);
        }
        for (Task next = tasks.peek(); next != null && next.dueNanos <= nanos; next = tasks.peek()) {
            tasks.remove();
            ticker.advance(next.dueNanos - nanoTime(), TimeUnit.NANOSECONDS);
            next.action.run();
        }
        ticker.advance(nanos - nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** A planned task. */
    public static final class Task {

        private final ManualScheduler scheduler;
        private final Runnable action;
        private final long dueNanos;
        private final long number;

        private Task(ManualScheduler scheduler, Runnable action, long dueNanos, long number) {
            this.scheduler = scheduler;
            this.action = action;
            this.dueNanos = dueNanos;
            this.number = number;
        }

        /** Returns true if the task was still planned and now never runs. */
        public boolean cancel() {
            return scheduler.tasks.remove(this);
        }
    }
}
