package io.longlink.remoting.benchmarks;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** One thread that calls and waits, or sends one-ways, again and again, to each address in turn. */
final class BlockingCaller {
    private static final long BACK_OFF_NANOS = 10_000;
    private static final int OPEN_BATCHES = 4;
    private static final int BATCH = 256;
    private static final int BATCH_BYTES = 1024 * 1024;

    private final EchoClient client;
    private final String[] addresses;
    private final byte[] body;
    private final Tally tally;
    private int turn;

    BlockingCaller(EchoClient client, String[] addresses, int first, byte[] body, Tally tally) {
        this.client = client;
        this.addresses = addresses;
        this.body = body;
        this.tally = tally;
        turn = first;
    }

    private String nextAddress() {
        return addresses[Math.floorMod(turn++, addresses.length)];
    }

    void callAgainAndAgain() {
        try {
            while (!tally.isStopped()) {
                long begunNanos = System.nanoTime();
                client.callSync(nextAddress(), body);
                tally.timed(System.nanoTime() - begunNanos);
                tally.ended(1);
            }
        } catch (Exception e) {
            tally.failed(e);
        }
    }

    /** What is timed is the call behind a batch. */
    void sendInBatches() {
        int batch = Math.max(1, Math.min(BATCH, BATCH_BYTES / Math.max(1, body.length)));
        Semaphore open = new Semaphore(OPEN_BATCHES);
        try {
            while (!tally.isStopped()) {
                open.acquire();
                String address = nextAddress();
                for (int i = 0; i < batch && !tally.isStopped(); i++) {
                    send(address);
                }
                long begunNanos = System.nanoTime();
                client.call(address, body, cause -> {
                    if (cause == null) {
                        tally.timed(System.nanoTime() - begunNanos);
                    } else {
                        tally.failed(cause);
                    }
                    open.release();
                });
            }
        } catch (Exception e) {
            tally.failed(e);
        }
    }

    /** What is timed is how long the sender was held up. */
    void sendWithoutRestraint() {
        try {
            for (int i = 0; !tally.isStopped(); i++) {
                if (i % Tally.TIMED_SHARE == 0) {
                    long begunNanos = System.nanoTime();
                    boolean taken = client.send(nextAddress(), body);
                    tally.timed(System.nanoTime() - begunNanos);
                    count(taken);
                } else {
                    count(client.send(nextAddress(), body));
                }
            }
        } catch (Exception e) {
            tally.failed(e);
        }
    }

    /** Until it is taken. */
    private void send(String address) throws Exception {
        boolean taken = false;
        while (!taken && !tally.isStopped()) {
            taken = client.send(address, body);
            count(taken);
        }
    }

    private void count(boolean taken) {
        if (taken) {
            tally.ended(1);
        } else {
            tally.refused();
            LockSupport.parkNanos(BACK_OFF_NANOS);
        }
    }
}
