package io.longlink.remoting.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that makes all calls, as fast as answers come. It allocates nothing, and does not wake up for a single answer: when it has
 * nothing to do it waits for half of the calls.
 */
final class AsyncDriver implements Runnable {
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TOLD_AT_ONCE = 32;

    private final EchoClient client;
    private final String[] addresses;
    private final byte[] body;
    private final Tally tally;

    /**
     * Calls that may be made again. There are places for all of them, so a place that is claimed is free; {@code taken} of {@code claimed}
     * were made again.
     */
    private final AtomicReferenceArray<@Nullable Call> ring;

    private final int mask;
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicBoolean rests = new AtomicBoolean();
    private final int enough;
    private volatile @Nullable Thread thread;
    /** The driver's thread only. */
    private int nextAddress;

    AsyncDriver(EchoClient client, String[] addresses, byte[] body, int calls, Tally tally) {
        this.client = client;
        this.addresses = addresses;
        this.body = body;
        this.tally = tally;
        int places = Integer.highestOneBit(Math.max(2, 2 * calls - 1));
        ring = new AtomicReferenceArray<>(places);
        mask = places - 1;
        enough = Math.max(1, calls / 2);
        for (int i = 0; i < calls; i++) {
            giveBack(new Call(i));
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        long next = 0;
        int untold = 0;
        while (!tally.isStopped()) {
            int place = (int) next & mask;
            Call call = ring.get(place);
            if (call == null || untold == TOLD_AT_ONCE) {
                tally.ended(untold);
                untold = 0;
            }
            if (call == null) {
                rest(next);
                continue;
            }
            ring.lazySet(place, null);
            taken.lazySet(++next);
            untold++;
            call.begin();
        }
    }

    private void rest(long next) {
        rests.set(true);
        if (claimed.get() - next < enough) {
            LockSupport.parkNanos(this, REST_NANOS);
        }
        rests.set(false);
    }

    /** Any thread. */
    private void giveBack(Call call) {
        long place = claimed.getAndIncrement();
        ring.set((int) place & mask, call);
        if (rests.get() && place + 1 - taken.get() >= enough && rests.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** One call after another. */
    private final class Call implements EchoClient.Done {
        /** Like the time, the driver's until the call is made, then the answer's. */
        private int turn;

        private long begunNanos;

        Call(int turn) {
            this.turn = turn;
        }

        void begin() {
            String address = addresses[nextAddress];
            nextAddress = nextAddress + 1 == addresses.length ? 0 : nextAddress + 1;
            begunNanos = turn++ % Tally.TIMED_SHARE == 0 ? System.nanoTime() : 0;
            client.call(address, body, this);
        }

        @Override
        public void done(@Nullable Throwable cause) {
            if (cause != null) {
                tally.failed(cause);
                return;
            }
            if (begunNanos != 0) {
                tally.timed(System.nanoTime() - begunNanos);
            }
            giveBack(this);
        }
    }
}
