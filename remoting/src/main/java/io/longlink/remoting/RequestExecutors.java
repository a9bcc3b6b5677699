package io.longlink.remoting;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Executors for processors and callbacks; any other {@link ExecutorService} serves as well.
 *
 * <pre>
 *   registerProcessor(code, processor, RequestExecutors.eventLoop())             never blocks, takes microseconds
 *   registerProcessor(code, processor, RequestExecutors.pool("store", 16, 10_000))   everything else
 *   registerProcessor(code, processor, null)                                     the pool that all of these share
 * </pre>
 */
public final class RequestExecutors {
    private static final ExecutorService EVENT_LOOP = new EventLoop();

    private RequestExecutors() {}

    /**
     * Runs a processor on the event loop of the connection that the request came from. There is no hand-over and no queue, and nothing else
     * happens on any connection of that loop meanwhile: only for processors that never wait for anything, a lock included. Calls of ours
     * that block fail there. Cannot be shut down.
     *
     * <p>As callback executor it runs callbacks where the answer was read; those of calls that fail at once, on the calling thread.
     */
    public static ExecutorService eventLoop() {
        return EVENT_LOOP;
    }

    /**
     * A pool of daemon threads that is made for tasks that come in bursts from event loops, as requests and responses do: many of them need
     * few wake-ups. Every request is a task of its own; one that finds {@code queueCapacity} others waiting is turned away, which the peer
     * is told with SYSTEM_BUSY. Whoever makes it shuts it down, behind the server or client that uses it.
     *
     * @param name the names of its threads begin with it
     * @param threads how many there are at most; they start on demand and end after 30 s without work
     * @param queueCapacity how many tasks may wait for a thread
     * @throws IllegalArgumentException if one of the numbers is not above 0
     */
    public static ThreadPoolExecutor pool(String name, int threads, int queueCapacity) {
        return pool(new DefaultThreadFactory(name, true), threads, queueCapacity);
    }

    /**
     * As {@link #pool(String, int, int)}, with threads of your own; those of Netty ({@code FastThreadLocalThread}) write to connections at
     * less cost than others.
     */
    public static ThreadPoolExecutor pool(ThreadFactory threadFactory, int threads, int queueCapacity) {
        if (threads <= 0) {
            throw new IllegalArgumentException("threads must be above 0: " + threads);
        }
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new HandOffQueue(queueCapacity), threadFactory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Runs what it is given where it is given it, which is on an event loop. */
    private static final class EventLoop extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            throw new UnsupportedOperationException("event loops end with their server or client");
        }

        @Override
        public List<Runnable> shutdownNow() {
            throw new UnsupportedOperationException("event loops end with their server or client");
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }

        @Override
        public String toString() {
            return "RequestExecutors.eventLoop()";
        }
    }
}
