package io.longlink.remoting.demo;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The open loop on a thread of its own, and somebody who tells every second how it goes. For the plot's thread. */
final class Traffic implements AutoCloseable {
    private final FutureTask<@Nullable Void> loop;
    private final Runnable tellProgress;
    private final ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor(body -> daemon(body, "progress"));

    /** @param tellProgress called every second, on a thread of its own */
    Traffic(DemoOptions options, OpenLoop.Sender sender, Runnable tellProgress) {
        loop = new FutureTask<>(new OpenLoop(options.messages(), options.rate(), options.duration(), sender)::run, null);
        this.tellProgress = tellProgress;
    }

    static Thread daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to send. */
    void start() {
        daemon(loop, "open-loop").start();
        progress.scheduleAtFixedRate(tellProgress, 1, 1, TimeUnit.SECONDS);
    }

    /** Waits until all is sent. */
    void await() throws InterruptedException {
        try {
            loop.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("sending broke off", e.getCause());
        }
    }

    /** Sends no more and tells no more. */
    @Override
    public void close() {
        loop.cancel(true);
        progress.shutdownNow();
    }
}
