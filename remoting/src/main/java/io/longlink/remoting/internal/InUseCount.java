package io.longlink.remoting.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How many of something are in use, and a way for the threads of shutdowns to wait until none is. Thread-safe. */
public final class InUseCount {
    private final AtomicLong count = new AtomicLong();
    private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

    /** One more. */
    public void begin() {
        count.incrementAndGet();
    }

    /** One more, unless there are {@code limit} already. */
    boolean tryBegin(int limit) {
        long now = count.get();
        while (now < limit) {
            long seen = count.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** One less. */
    public void end() {
        if (count.decrementAndGet() == 0) {
            waiters.forEach(LockSupport::unpark);
        }
    }

    /** How many there are at this moment. */
    public long get() {
        return count.get();
    }

    /** Has the calling thread unparked whenever there is none any more, until {@link #letMeSleep}. */
    void wakeMe() {
        waiters.add(Thread.currentThread());
    }

    void letMeSleep() {
        waiters.remove(Thread.currentThread());
    }
}
