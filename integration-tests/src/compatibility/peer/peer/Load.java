package peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** Calls at a steady rate, whatever becomes of them: two of five sync, two async, one one-way. Each has an id and one outcome. */
final class Load {
    static final long TIMEOUT_MILLIS = 5_000;

    private static final String ANSWERED = "ok";

    private final NettyRemotingClient client;
    private final String address;
    private final String run;
    private final String prefix;
    private final ExecutorService callers;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, String> outcomes = new ConcurrentHashMap<>();
    private final Semaphore ended = new Semaphore(0);
    private final AtomicInteger answered = new AtomicInteger();
    // Written by the pace thread only, read after it has ended.
    private final List<String> sent = new ArrayList<>();

    Load(NettyRemotingClient client, String address, String run, ExecutorService callers) {
        this.client = client;
        this.address = address;
        this.run = run;
        this.prefix = Integer.toHexString(System.identityHashCode(this)) + "-";
        this.callers = callers;
    }

    void start(int rate) {
        pace.scheduleAtFixedRate(this::next, 0, 1_000_000 / rate, TimeUnit.MICROSECONDS);
    }

    int answered() {
        return answered.get();
    }

    /** Begins no more calls, waits for the outcomes, and writes "id kind outcome", a line each; tells how many there are. */
    String stop(String file) throws IOException, InterruptedException {
        pace.shutdown();
        pace.awaitTermination(10, TimeUnit.SECONDS);
        // RocketMQ looks for calls that timed out once a second, and gives them one second more.
        ended.tryAcquire(sent.size(), TIMEOUT_MILLIS + 3_000, TimeUnit.MILLISECONDS);
        List<String> lines = new ArrayList<>();
        for (String call : sent) {
            lines.add(call + "\t" + outcomes.getOrDefault(call, "no outcome"));
        }
        Files.write(Paths.get(file), lines);
        return String.valueOf(lines.size());
    }

    private void next() {
        int number = sent.size();
        String kind = number % 5 == 4 ? "oneway" : number % 5 < 2 ? "sync" : "async";
        String id = prefix + number;
        sent.add(id + "\t" + kind);
        callers.execute(() -> {
            try {
                call(id, kind);
            } catch (Exception e) {
                end(id, kind, Reasons.of(e));
            }
        });
    }

    private void call(String id, String kind) throws Exception {
        RemotingCommand request = RemotingCommand.createRequestCommand(Codes.RECORD, null);
        request.addExtField(Codes.RUN, run);
        request.addExtField(Codes.ID, id);
        switch (kind) {
            case "sync":
                end(id, kind, outcome(client.invokeSync(address, request, TIMEOUT_MILLIS)));
                break;
            case "async":
                client.invokeAsync(address, request, TIMEOUT_MILLIS, future -> end(id, kind, outcome(future)));
                break;
            default:
                client.invokeOneway(address, request, TIMEOUT_MILLIS);
                end(id, kind, ANSWERED);
                break;
        }
    }

    private static String outcome(ResponseFuture future) {
        if (future.getResponseCommand() != null) {
            return outcome(future.getResponseCommand());
        }
        if (future.getCause() != null) {
            return Reasons.of(future.getCause());
        }
        return future.isSendRequestOK() ? "no response" : "send failed";
    }

    private static String outcome(RemotingCommand response) {
        return response.getCode() == 0 ? ANSWERED : "code " + response.getCode();
    }

    /** The first outcome counts; old versions call some callbacks twice. */
    private void end(String id, String kind, String outcome) {
        if (outcomes.putIfAbsent(id + "\t" + kind, outcome) == null) {
            ended.release();
            if (outcome.equals(ANSWERED)) {
                answered.incrementAndGet();
            }
        }
    }
}
