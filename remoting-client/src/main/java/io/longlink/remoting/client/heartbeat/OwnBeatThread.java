package io.longlink.remoting.client.heartbeat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread, and another one for what is slow; both are made when they are needed first. Thread-safe. */
final class OwnBeatThread implements BeatThread {
    private static final Logger log = LoggerFactory.getLogger(OwnBeatThread.class);
    private static final long END_MILLIS = 1_000;

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, factory("longlink-heartbeat"));
    private final ThreadPoolExecutor slow =
            new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory("longlink-heartbeat-names"));
    private volatile boolean ended;

    /** Whether the calling thread is in a task of ours. */
    private final ThreadLocal<Boolean> inTask = ThreadLocal.withInitial(() -> false);

    OwnBeatThread() {
        thread.setRemoveOnCancelPolicy(true);
        slow.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory factory(String name) {
        return body -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            thread.execute(() -> run(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public Runnable schedule(Runnable task, long delayMillis) {
        try {
            ScheduledFuture<?> future = thread.schedule(() -> run(task), delayMillis, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }

    @Override
    public void executeSlow(Runnable task) {
        try {
            slow.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            log.debug("not looked up: the heartbeats have ended");
        }
    }

    private void run(Runnable task) {
        if (ended) {
            return;
        }
        inTask.set(true);
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // An executor of scheduled tasks would keep it to itself.
            log.error("a task of the heartbeats failed", e);
        } finally {
            inTask.remove();
        }
    }

    @Override
    public void shutdown() {
        ended = true;
        thread.shutdownNow();
        slow.shutdownNow();
        if (inTask.get()) {
            // We would wait for ourselves.
            return;
        }
        try {
            // A look-up that hangs is left to its daemon thread.
            if (!thread.awaitTermination(END_MILLIS, TimeUnit.MILLISECONDS)) {
                log.warn("the heartbeat thread did not end within {} ms: somebody's code blocks it", END_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
