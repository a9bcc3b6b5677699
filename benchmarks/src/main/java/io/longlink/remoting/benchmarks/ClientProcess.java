package io.longlink.remoting.benchmarks;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The JVM of a client: opens connections, puts one load on a server, measures, and closes, as it is told. */
final class ClientProcess {
    /** Connections that are being opened at the same time. */
    private static final int OPENING = 128;

    private final Load load;
    private final EchoClient client;
    private final String[] addresses;
    private final byte[] body;
    private final Tally tally = new Tally();

    private ClientProcess(Load load, EchoClient client, int port) {
        this.load = load;
        this.client = client;
        body = new byte[load.bodyBytes()];
        addresses = new String[load.connections() + (load.shape() == Load.Shape.IDLE ? RoundRunner.OPEN_BEFORE : 0)];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = Load.address(i, port);
        }
    }

    public static void main(String[] args) throws Exception {
        EchoClient client = Contender.valueOf(args[0]).startClient();
        ClientProcess process = new ClientProcess(Load.parse(args[1]), client, Integer.parseInt(args[2]));
        Orders.obey(Figures.NONE, words -> switch (words[0]) {
            case "open" -> process.open(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "start" -> process.start(Long.parseLong(words[1]));
            case "measure" -> process.measure(Long.parseLong(words[1]));
            case "stop" -> process.stop();
            case "weigh" -> Usage.weight();
            case "close" -> {
                client.close();
                yield Figures.NONE;
            }
            default -> throw new IllegalArgumentException(words[0]);
        });
    }

    /** Calls every address once, some of them at the same time. It is open when the answer is there. */
    private Figures open(int from, int to) throws InterruptedException {
        Semaphore places = new Semaphore(OPENING);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = from; i < to; i++) {
            places.acquire();
            client.call(addresses[i], body, cause -> {
                if (cause != null) {
                    failure.compareAndSet(null, cause);
                }
                places.release();
            });
        }
        places.acquire(OPENING);
        Throwable broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("a first call failed: " + broken, broken);
        }
        return Figures.NONE;
    }

    private Figures start(long warmUpMillis) throws InterruptedException {
        String[] active = Arrays.copyOf(addresses, load.active());
        if (load.shape() == Load.Shape.ASYNC) {
            start(new AsyncDriver(client, active, body, load.callers(), tally));
        } else {
            for (int i = 0; i < load.callers(); i++) {
                BlockingCaller caller = new BlockingCaller(client, active, i, body, tally);
                start(switch (load.shape()) {
                    case SYNC -> caller::callAgainAndAgain;
                    case ONEWAY -> caller::sendInBatches;
                    case FLOOD -> caller::sendWithoutRestraint;
                    default -> throw new IllegalArgumentException(load.toString());
                });
            }
        }
        TimeUnit.MILLISECONDS.sleep(warmUpMillis);
        return counted();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        thread.start();
    }

    private Figures measure(long millis) throws InterruptedException {
        tally.latencies().reset();
        Figures used = Usage.soFar();
        Figures before = counted();
        long begunNanos = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(millis);
        Figures counted = counted().since(before);
        long nanos = System.nanoTime() - begunNanos;
        used = Usage.soFar().since(used);
        Histogram latencies = tally.latencies().getIntervalHistogram();
        return counted.with("nanos", nanos)
                .with("p50Nanos", latencies.getValueAtPercentile(50))
                .with("p99Nanos", latencies.getValueAtPercentile(99))
                .with("p999Nanos", latencies.getValueAtPercentile(99.9))
                .with("maxNanos", latencies.getMaxValue())
                .with("client", used);
    }

    private Figures stop() {
        tally.stop();
        return counted();
    }

    /** What was taken and refused later counts as refused. */
    private Figures counted() {
        Figures counted = tally.counted();
        long late = client.refusedLate();
        return counted.with("calls", counted.get("calls") - late).with("refusals", counted.get("refusals") + late);
    }
}
