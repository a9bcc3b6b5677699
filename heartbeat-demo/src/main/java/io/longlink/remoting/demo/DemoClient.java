package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.heartbeat.BrokerAddressTable;
import io.longlink.remoting.client.heartbeat.HeartbeatConfig;
import io.longlink.remoting.client.heartbeat.HeartbeatData;
import io.longlink.remoting.client.heartbeat.HeartbeatResult;
import io.longlink.remoting.client.heartbeat.HeartbeatSender;
import io.longlink.remoting.client.heartbeat.HeartbeatService;
import io.longlink.remoting.client.heartbeat.ProducerData;
import io.longlink.remoting.client.heartbeat.RocketMqHeartbeatSender;
import io.longlink.remoting.demo.story.Timeline;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client: knows the servers as brokers, tells each who it is before anything else, sends messages to them in turn and writes down how
 * each call ended. It knows nothing of restarts; that is the point. Thread-safe.
 */
final class DemoClient implements AutoCloseable {

    /** Hears what happens to clients, on their threads; must be quick. */
    interface Listener {

        /** A connection to a server is ready for traffic. */
        default void onActive(int client, String address) {}

        /** A server has taken a heartbeat. */
        default void onBeat(int client, String address) {}

        /** A server has heard of the client on a new connection: time to rebalance. On the executor for that. */
        default void onRebalance(int client) {}

        /** A call failed. */
        default void onFailure(Failure failure) {}
    }

    /**
     * A call that failed.
     *
     * @param dueNanos when it should have been sent, on {@link System#nanoTime()}
     * @param cause what it failed with; {@code null} if it was answered wrongly
     * @param why the same in words, with what it says about the request
     */
    record Failure(int id, MessageKind kind, String address, long dueNanos, @Nullable Throwable cause, String why) {}

    private final List<String> addresses;
    private final Ledger ledger;
    private final Latencies latencies;
    private final long deadlineMillis;
    private final Timeline.Client shown;
    private final Listener listener;
    private final ConnectionTally tally;
    private final HeartbeatService heartbeats;
    private final NettyRemotingClient client;

    /**
     * A client that has not started.
     *
     * @param number which of the clients, from 1
     * @param addresses the brokers, the first of which is called {@code broker-1}
     * @param shown hears of everything that can be shown
     * @param rebalancing where {@link Listener#onRebalance} runs
     */
    DemoClient(
            int number,
            DemoOptions options,
            List<String> addresses,
            Ledger ledger,
            Latencies latencies,
            Timeline.Client shown,
            Listener listener,
            Executor rebalancing) {
        this.addresses = List.copyOf(addresses);
        this.ledger = ledger;
        this.latencies = latencies;
        this.deadlineMillis = options.deadline().toMillis();
        this.shown = shown;
        this.listener = listener;
        tally = new ConnectionTally(address -> listener.onActive(number, address), channel -> {}, () -> false);
        heartbeats = new HeartbeatService(
                brokers(addresses),
                new ToldBeats(new RocketMqHeartbeatSender(() -> self(number)), address -> onBeat(number, address)),
                new HeartbeatConfig().setListener(tally).setRebalancer(() -> listener.onRebalance(number), rebalancing));
        client = new NettyRemotingClient(
                new NettyClientConfig()
                        .setMaxWaitingRequests(options.waitingRequests())
                        .setSessionRestorer(heartbeats.asSessionRestorer()),
                heartbeats);
        client.addAddressStateListener(shown);
    }

    private void onBeat(int number, String address) {
        shown.beat(address);
        listener.onBeat(number, address);
    }

    private static BrokerAddressTable brokers(List<String> addresses) {
        BrokerAddressTable brokers = new BrokerAddressTable();
        for (int i = 0; i < addresses.size(); i++) {
            brokers.put("broker-" + (i + 1), BrokerAddressTable.MASTER_ID, addresses.get(i));
        }
        return brokers;
    }

    /** Who a client is. */
    private static HeartbeatData self(int number) {
        HeartbeatData data = new HeartbeatData("client-" + number);
        data.getProducerDataSet().add(new ProducerData("heartbeat-demo"));
        return data;
    }

    /** Sends as another sender does, and tells when a server has taken a beat. */
    private record ToldBeats(HeartbeatSender sender, Consumer<String> onTaken) implements HeartbeatSender {
        @Override
        public CompletionStage<HeartbeatResult> send(Target target) {
            return sender.send(target).thenApply(result -> {
                if (result.isSuccess()) {
                    onTaken.accept(target.address());
                }
                return result;
            });
        }
    }

    /** Starts, and connects to every broker to beat it. */
    void start() {
        client.start();
        heartbeats.start(client);
    }

    /**
     * Sends a message; never blocks. What is in flight is bounded by the library's permits and waiting lines: beyond them calls fail, and
     * the verdict is red.
     *
     * @param turn how many messages this client has sent before; decides which server is next
     * @param dueNanos when it should have been sent
     */
    void send(int id, long turn, long dueNanos) {
        MessageKind kind = ledger.workload().kind(id);
        byte[] body = ledger.workload().line(id).getBytes(StandardCharsets.UTF_8);
        String address = addresses.get((int) (turn % addresses.size()));
        RemotingCommand request = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE, null);
        request.addExtField(DemoServer.ID, Integer.toString(id));
        request.setBody(body);
        ledger.onSend(id);
        shown.sent(address, dueNanos);
        if (kind == MessageKind.ONE_WAY) {
            client.invokeOnewayAsync(address, request, deadlineMillis)
                    .whenComplete((written, failure) -> onEnd(id, kind, address, dueNanos, failure, null));
            return;
        }
        if (kind == MessageKind.DURABLE) {
            request.addExtField(DemoServer.DURABLE, "true");
        }
        client.invoke(address, request, deadlineMillis).whenComplete((answer, failure) ->
                onEnd(id, kind, address, dueNanos, failure, failure == null ? wrongWith(answer, body) : null));
    }

    private void onEnd(
            int id, MessageKind kind, String address, long dueNanos, @Nullable Throwable failure, @Nullable String wrongAnswer) {
        if (failure == null && wrongAnswer == null) {
            latencies.record(kind, dueNanos);
            shown.ended(address, kind.shown(), dueNanos);
            ledger.onEnd(id, kind == MessageKind.ONE_WAY ? Ledger.Outcome.WRITTEN : Ledger.Outcome.ANSWERED);
            return;
        }
        shown.failed(address);
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ledger.onEnd(id, cause instanceof RemotingException known ? Ledger.Outcome.of(known) : Ledger.Outcome.FAILED);
        listener.onFailure(new Failure(id, kind, address, dueNanos, cause, text(cause, wrongAnswer)));
    }

    /** What is wrong with an answer, or {@code null}: it must repeat the line it answers. */
    private static @Nullable String wrongWith(RemotingCommand answer, byte[] line) {
        if (answer.getCode() != ResponseCode.SUCCESS) {
            return "answered with code " + answer.getCode() + ", " + answer.getRemark();
        }
        byte[] body = answer.getBody();
        return Arrays.equals(body == null ? new byte[0] : body, line) ? null : "answered with another message's line";
    }

    private static String text(@Nullable Throwable cause, @Nullable String wrongAnswer) {
        if (wrongAnswer != null) {
            return wrongAnswer;
        }
        return cause instanceof RemotingException known
                ? known.outcome() + ", " + known.getClass().getSimpleName() + ": " + known.getMessage()
                : String.valueOf(cause);
    }

    /** Begins to leave: lets calls finish and closes its connections. */
    CompletableFuture<DrainReport> shutdown(Duration timeout) {
        return client.shutdownGracefully(timeout);
    }

    /** Ends at once, its heartbeats as well. */
    @Override
    public void close() {
        shutdown(Duration.ZERO).join();
        heartbeats.shutdown();
    }

    /** Events its listener did not hear; to be asked when it has ended. */
    long droppedEvents() {
        return tally.droppedEvents(client.stats());
    }

    /** The library's counters. */
    RemotingStats stats() {
        return client.stats();
    }
}
