package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** A beat thread that does nothing until told. */
final class ManualBeatThread implements BeatThread {
    final ManualScheduler time = new ManualScheduler();
    final Queue<Runnable> slow = new ArrayDeque<>();
    private boolean ended;

    @Override
    public boolean execute(Runnable task) {
        if (!ended) {
            time.schedule(task, 0);
        }
        return !ended;
    }

    @Override
    public Runnable schedule(Runnable task, long delayMillis) {
        ManualScheduler.Task planned = time.schedule(
                () -> {
                    if (!ended) {
                        task.run();
                    }
                },
                TimeUnit.MILLISECONDS.toNanos(delayMillis));
        return planned::cancel;
    }

    @Override
    public void executeSlow(Runnable task) {
        slow.add(task);
    }

    @Override
    public void shutdown() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Runs what waits, and what that leaves behind. */
    void run() {
        time.advance(Duration.ZERO);
    }

    void advanceMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    /** Runs the slow tasks that wait, then what they left behind. */
    void runSlow() {
        for (Runnable task = slow.poll(); task != null; task = slow.poll()) {
            task.run();
        }
        run();
    }
}
