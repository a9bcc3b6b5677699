package io.longlink.remoting.benchmarks;

import io.longlink.remoting.benchmarks.EchoClient.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * The JVM of a client: puts one load on a server, first to warm both up, then measured. Says {@code begin}, and at the end its {@link
 * Sample}.
 */
final class ClientProcess {
    /** One in so many calls is timed, so that the clock costs nobody much. */
    private static final int TIMED_SHARE = 16;

    private final Load load;
    private final EchoClient client;
    private final String[] addresses;
    private final byte[] body;
    private final LongAdder ended = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Recorder recorder = new Recorder(TimeUnit.MINUTES.toNanos(1), 3);
    private final Queue<Loop> spare = new ConcurrentLinkedQueue<>();
    private final AtomicInteger spareCount = new AtomicInteger();
    private final AtomicBoolean driverRests = new AtomicBoolean();
    private volatile @Nullable Thread driver;
    private volatile boolean stopped;

    private ClientProcess(Load load, EchoClient client, int port) {
        this.load = load;
        this.client = client;
        body = new byte[load.bodyBytes()];
        addresses = new String[load.connections()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = load.address(i, port);
        }
    }

    public static void main(String[] args) throws Exception {
        EchoClient client = Contender.valueOf(args[0]).startClient();
        Load load = Load.parse(args[1]);
        ClientProcess process = new ClientProcess(load, client, Integer.parseInt(args[2]));
        try {
            Sample sample = process.run(Long.parseLong(args[3]), Long.parseLong(args[4]));
            System.out.println(sample.line());
        } catch (IllegalStateException e) {
            System.err.println(args[0] + " with " + load + " failed: " + e + ", " + e.getCause());
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }

    private Sample run(long warmUpMillis, long measuredMillis) throws Exception {
        for (String address : addresses) {
            client.callSync(address, body);
        }
        start();
        pause(warmUpMillis);
        System.out.println("begin");
        recorder.reset();
        Usage before = Usage.ofThisJvm();
        long endedBefore = ended.sum();
        long refusedBefore = refused.sum();
        long beganNanos = System.nanoTime();
        pause(measuredMillis);
        long calls = ended.sum() - endedBefore;
        long nanos = System.nanoTime() - beganNanos;
        Usage used = Usage.ofThisJvm().since(before);
        long refusals = refused.sum() - refusedBefore;
        Histogram latencies = recorder.getIntervalHistogram();
        stopped = true;
        Throwable broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("a call failed", broken);
        }
        return new Sample(
                calls,
                nanos,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                refusals,
                used);
    }

    private void start() {
        List<Runnable> callers = new ArrayList<>();
        for (int i = 0; i < load.callers(); i++) {
            String address = addresses[i % addresses.length];
            switch (load.shape()) {
                case ASYNC -> takeBack(new Loop(address));
                case SYNC -> callers.add(() -> callAgainAndAgain(address));
                case ONEWAY -> callers.add(() -> sendAgainAndAgain(address));
                default -> throw new AssertionError(load.shape());
            }
        }
        if (load.shape() == Load.Shape.ASYNC) {
            callers.add(this::callWhatIsSpare);
        }
        for (Runnable caller : callers) {
            Thread thread = new Thread(caller, "caller");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** One thread makes all calls, as fast as answers come; it does not wake up for a single one. */
    private void callWhatIsSpare() {
        driver = Thread.currentThread();
        while (!stopped) {
            Loop next = spare.poll();
            if (next != null) {
                spareCount.decrementAndGet();
                next.call();
            } else {
                driverRests.set(true);
                if (spareCount.get() < load.callers() / 2) {
                    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(100));
                }
                driverRests.set(false);
            }
        }
    }

    private void takeBack(Loop loop) {
        spare.add(loop);
        if (spareCount.incrementAndGet() >= load.callers() / 2 && driverRests.get() && driverRests.compareAndSet(true, false)) {
            LockSupport.unpark(driver);
        }
    }

    /** One call in flight after another. */
    private final class Loop implements Done {
        private final String address;
        private int turn;
        private long begunNanos;

        Loop(String address) {
            this.address = address;
        }

        void call() {
            begunNanos = turn++ % TIMED_SHARE == 0 ? System.nanoTime() : 0;
            client.call(address, body, this);
        }

        @Override
        public void done(@Nullable Throwable cause) {
            if (cause != null) {
                failure.compareAndSet(null, cause);
                return;
            }
            if (begunNanos != 0) {
                recorder.recordValue(System.nanoTime() - begunNanos);
            }
            ended.increment();
            takeBack(this);
        }
    }

    private void callAgainAndAgain(String address) {
        try {
            while (!stopped) {
                long begunNanos = System.nanoTime();
                client.callSync(address, body);
                recorder.recordValue(System.nanoTime() - begunNanos);
                ended.increment();
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private void sendAgainAndAgain(String address) {
        try {
            while (!stopped) {
                if (client.send(address, body)) {
                    ended.increment();
                } else {
                    refused.increment();
                    LockSupport.parkNanos(10_000);
                }
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void pause(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }
}
