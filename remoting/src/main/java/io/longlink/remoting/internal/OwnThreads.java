package io.longlink.remoting.internal;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the threads of one client or server and knows them again, so that a shutdown called from one of them does not wait for itself and
 * nobody blocks an event loop. Thread-safe.
 */
public final class OwnThreads {

    /** Whose thread this is, and whether it is an event loop. */
    private record Mark(OwnThreads owner, boolean eventLoop) {}

    // Foreign threads keep an empty entry, which holds nothing of ours: to remove it after every request costs more than the request.
    private static final ThreadLocal<@Nullable Mark> MARK = new ThreadLocal<>();

    private final String prefix;
    private final Mark guest = new Mark(this, false);

    /** @param prefix the names of all threads begin with it */
    public OwnThreads(String prefix) {
        this.prefix = prefix;
    }

    /** Whether the calling thread is an event loop of any client or server of this library. */
    public static boolean onEventLoop() {
        Mark mark = MARK.get();
        return mark != null && mark.eventLoop;
    }

    /** Whether the calling thread is one of these, or is between {@link #enter} and {@link #leave}. */
    public boolean isCurrent() {
        Mark mark = MARK.get();
        return mark != null && mark.owner == this;
    }

    /**
     * Marks a thread that may be foreign as ours, before it runs user code.
     *
     * @return whether it was marked, so that {@link #leave} must follow
     */
    boolean enter() {
        if (MARK.get() != null) {
            return false;
        }
        MARK.set(guest);
        return true;
    }

    /** Takes the mark of {@link #enter} away. */
    void leave(boolean entered) {
        if (entered) {
            MARK.set(null);
        }
    }

    /** Threads for event loops: {@code daemon} decides whether they keep the JVM alive. */
    public ThreadFactory eventLoops(String role, boolean daemon) {
        return factory(role, true, daemon);
    }

    /** Daemon threads for everything else. */
    public ThreadFactory workers(String role) {
        return factory(role, false, true);
    }

    /** One daemon thread, not started. */
    public Thread newThread(String role, Runnable body) {
        return thread(prefix + '-' + role, body, false, true);
    }

    private ThreadFactory factory(String role, boolean eventLoop, boolean daemon) {
        AtomicInteger count = new AtomicInteger();
        return body -> thread(prefix + '-' + role + '-' + count.incrementAndGet(), body, eventLoop, daemon);
    }

    private Thread thread(String name, Runnable body, boolean eventLoop, boolean daemon) {
        Thread thread = new FastThreadLocalThread(
                () -> {
                    MARK.set(new Mark(this, eventLoop));
                    body.run();
                },
                name);
        thread.setDaemon(daemon);
        return thread;
    }
}
