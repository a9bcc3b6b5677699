package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client: sends messages to every server in turn and writes down how each call ended. It knows nothing of restarts; that is the point.
 * Thread-safe.
 */
final class DemoClient {

    /** Hears of calls that failed. */
    @FunctionalInterface
    interface FailureListener {
        /**
         * A call failed.
         *
         * @param why the exception, with what it says about the request, or what was wrong with the answer
         */
        void onFailure(int id, MessageKind kind, String address, String why);
    }

    private final List<String> addresses;
    private final Ledger ledger;
    private final Latencies latencies;
    private final Timeline.Client shown;
    private final long deadlineMillis;
    private final FailureListener failures;
    private final ConnectionTally tally;
    private final NettyRemotingClient client;

    /**
     * A client that has not started.
     *
     * @param shown hears of everything that can be shown
     * @param onActive hears the server's address whenever a connection to it is ready
     */
    DemoClient(
            DemoOptions options,
            List<String> addresses,
            Ledger ledger,
            Latencies latencies,
            Timeline.Client shown,
            Consumer<String> onActive,
            FailureListener failures) {
        this.addresses = List.copyOf(addresses);
        this.ledger = ledger;
        this.latencies = latencies;
        this.shown = shown;
        this.deadlineMillis = options.deadline().toMillis();
        this.failures = failures;
        tally = new ConnectionTally(onActive, () -> false);
        client = new NettyRemotingClient(new NettyClientConfig().setMaxWaitingRequests(options.waitingRequests()), tally);
        client.addAddressStateListener(shown);
    }

    void start() {
        client.start();
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
                    .whenComplete((written, failure) -> onEnd(id, kind, address, dueNanos, failure == null ? null : text(failure)));
            return;
        }
        if (kind == MessageKind.DURABLE) {
            request.addExtField(DemoServer.DURABLE, "true");
        }
        client.invoke(address, request, deadlineMillis).whenComplete((answer, failure) ->
                onEnd(id, kind, address, dueNanos, failure == null ? wrongWith(answer, body) : text(failure)));
    }

    private void onEnd(int id, MessageKind kind, String address, long dueNanos, @Nullable String failure) {
        if (failure == null) {
            latencies.record(kind, dueNanos);
            shown.ended(address, kind.shown(), dueNanos);
            ledger.onEnd(id, kind == MessageKind.ONE_WAY ? Ledger.Outcome.WRITTEN : Ledger.Outcome.ANSWERED);
        } else {
            shown.failed(address);
            ledger.onEnd(id, Ledger.Outcome.FAILED);
            failures.onFailure(id, kind, address, failure);
        }
    }

    /** What is wrong with an answer, or {@code null}: it must repeat the line it answers. */
    private static @Nullable String wrongWith(RemotingCommand answer, byte[] line) {
        if (answer.getCode() != ResponseCode.SUCCESS) {
            return "answered with code " + answer.getCode() + ", " + answer.getRemark();
        }
        byte[] body = answer.getBody();
        return Arrays.equals(body == null ? new byte[0] : body, line) ? null : "answered with another message's line";
    }

    private static String text(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RemotingException known ? known.outcome() + ", " + known : cause.toString();
    }

    /** Begins to leave: lets calls finish and closes its connections. */
    CompletableFuture<DrainReport> shutdown(Duration timeout) {
        return client.shutdownGracefully(timeout);
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
