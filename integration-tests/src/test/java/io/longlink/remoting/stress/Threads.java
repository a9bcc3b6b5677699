package io.longlink.remoting.stress;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The threads of one batch; each kind has its own, so that none waits for the work of another. Thread-safe. */
final class Threads {
    private final ScheduledExecutorService clock;
    private final ExecutorService callers;
    private final ExecutorService workers;
    private final ExecutorService lanes;

    Threads(int laneCount) {
        clock = Executors.newScheduledThreadPool(4, Executors.defaultThreadFactory());
        callers = Executors.newFixedThreadPool(laneCount * 4);
        workers = Executors.newFixedThreadPool(laneCount * 4);
        lanes = Executors.newFixedThreadPool(laneCount * 2);
    }

    /** For blocking calls. */
    ExecutorService callers() {
        return callers;
    }

    /** For processors that block. */
    ExecutorService workers() {
        return workers;
    }

    /** For the lanes, and what disturbs them. */
    ExecutorService lanes() {
        return lanes;
    }

    /** Completes after a while, on a thread where nobody may block. */
    CompletableFuture<Void> after(long micros) {
        CompletableFuture<Void> later = new CompletableFuture<>();
        clock.schedule(() -> later.complete(null), micros, TimeUnit.MICROSECONDS);
        return later;
    }

    void end() throws InterruptedException {
        for (ExecutorService each : List.of(lanes, callers, workers, clock)) {
            each.shutdown();
            if (!each.awaitTermination(Batch.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                each.shutdownNow();
            }
        }
    }
}
