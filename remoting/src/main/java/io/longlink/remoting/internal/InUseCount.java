package io.longlink.remoting.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How many of something are in use, and a way for one thread, that of a shutdown, to wait until none is. Thread-safe. */
public final class InUseCount {
    private final AtomicLong count = new AtomicLong();
    private volatile @Nullable Thread waiter;

    /** One more. */
    public void begin() {
        count.incrementAndGet();
    }

    /** One less. */
    public void end() {
        if (count.decrementAndGet() == 0) {
            LockSupport.unpark(waiter);
        }
    }

    /** How many there are at this moment. */
    public long get() {
        return count.get();
    }

    /** Makes the calling thread the one that is woken when there is none any more. */
    void wakeMe() {
        waiter = Thread.currentThread();
    }
}
