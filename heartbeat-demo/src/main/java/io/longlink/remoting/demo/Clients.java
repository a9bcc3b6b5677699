package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** All clients of one run, and what is heard from them. For the plot's thread, but for the sums and what the clients call. */
final class Clients implements DemoClient.Listener, AutoCloseable {
    /** How long clients may take to end when all their calls have. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final int FAILURES_TOLD = 10;

    private final DemoOptions options;
    private final Ledger ledger;
    private final Latencies latencies;
    private final Story story;
    private final Faults faults;
    private final Consumer<DemoClient.Failure> onFailure;
    private final List<DemoClient> clients = new CopyOnWriteArrayList<>();
    private final ExecutorService rebalancing = Executors.newSingleThreadExecutor(body -> Traffic.daemon(body, "rebalancing"));
    private final LongAdder rebalances = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** The latest, or {@code null} before the first. Written by the plot's thread. */
    private volatile @Nullable Homecoming homecoming;

    /** @param onFailure hears of every failure, on a client's thread */
    Clients(
            DemoOptions options,
            Ledger ledger,
            Latencies latencies,
            Story story,
            Faults faults,
            Consumer<DemoClient.Failure> onFailure) {
        this.options = options;
        this.ledger = ledger;
        this.latencies = latencies;
        this.story = story;
        this.faults = faults;
        this.onFailure = onFailure;
    }

    /** Starts them all. */
    void start(List<String> addresses) {
        for (int number = 1; number <= options.clients(); number++) {
            Timeline.Client shown = story.timeline().client("client " + number, addresses);
            DemoClient client = new DemoClient(number, options, addresses, ledger, latencies, shown, this, rebalancing);
            clients.add(client);
            client.start();
        }
    }

    /** Sends a message through the client whose turn it is; never blocks. */
    void send(int id, long dueNanos) {
        clients.get(id % clients.size()).send(id, id / clients.size(), dueNanos);
    }

    /** From now on clients are expected to come to the replacement of this server. */
    Homecoming expectAtNew(ServerLife server) {
        Homecoming expected = new Homecoming(server.number(), server.address(), options.clients(), story);
        homecoming = expected;
        return expected;
    }

    // ---------------------------------------------------------------- what is heard

    @Override
    public void onActive(int client, String address) {
        Homecoming expected = homecoming;
        if (expected != null) {
            expected.onActive(client, address);
        }
    }

    @Override
    public void onBeat(int client, String address) {
        Homecoming expected = homecoming;
        if (expected != null) {
            expected.onBeat(client, address);
        }
    }

    @Override
    public void onRebalance(int client) {
        if (faults.skipsRebalance(client)) {
            return;
        }
        rebalances.increment();
        Homecoming expected = homecoming;
        if (expected != null) {
            expected.onRebalance(client);
        }
    }

    @Override
    public void onFailure(DemoClient.Failure failure) {
        onFailure.accept(failure);
        failures.increment();
        if (failures.sum() <= FAILURES_TOLD) {
            story.tell(
                    "failed",
                    new JsonObject()
                            .put("id", failure.id())
                            .put("kind", failure.kind().text())
                            .put("address", failure.address())
                            .put("why", failure.why()),
                    String.format(
                            "message %d (%s) to %s FAILED: %s", failure.id(), failure.kind().text(), failure.address(), failure.why()));
        }
    }

    // ---------------------------------------------------------------- sums

    /** One of the library's counters, over all clients. */
    long sum(Counter counter) {
        return sum(client -> client.stats().get(counter));
    }

    /** Events that no listener heard. */
    long droppedEvents() {
        return sum(DemoClient::droppedEvents);
    }

    /** How often they were told to rebalance. */
    long rebalances() {
        return rebalances.sum();
    }

    private long sum(ToLongFunction<DemoClient> value) {
        return clients.stream().mapToLong(value).sum();
    }

    // ---------------------------------------------------------------- the end

    /** How clients ended: connections that had to be closed with work left, and such as broke. */
    record End(long forced, long broken) {}

    /** Ends all clients, once their calls have ended. */
    End end() {
        List<CompletableFuture<DrainReport>> ends = clients.stream().map(client -> client.shutdown(TIMEOUT)).toList();
        long forced = 0;
        long broken = 0;
        for (CompletableFuture<DrainReport> end : ends) {
            forced += end.join().forced();
            broken += end.join().broken();
        }
        clients.forEach(DemoClient::close);
        return new End(forced, broken);
    }

    @Override
    public void close() {
        clients.forEach(DemoClient::close);
        rebalancing.shutdown();
    }
}
