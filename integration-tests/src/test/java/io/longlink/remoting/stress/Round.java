package io.longlink.remoting.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.RemotingClient;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.stress.Call.Kind;
import io.longlink.remoting.stress.Call.Promise;
import io.longlink.remoting.stress.Call.Shape;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scenario: a few calls by several threads, and one disturbance in the midst of them. Everything that is chosen is chosen by the seed;
 * what comes first is up to the threads.
 */
final class Round {
    private static final int[] WINDOWS_MICROS = {0, 300, 1_500, 5_000};
    private static final Kind[] KINDS = {
        Kind.ECHO, Kind.ECHO, Kind.ECHO, Kind.ON_LOOP, Kind.ON_LOOP, Kind.HELD, Kind.HELD, Kind.DEFERRED, Kind.DEFERRED, Kind.DEFERRED,
        Kind.PARKED, Kind.PARKED, Kind.ONEWAY, Kind.ONEWAY, Kind.ONEWAY, Kind.ONEWAY, Kind.ONEWAY,
        Kind.BACK, Kind.BACK, Kind.BACK_DEFERRED, Kind.BACK_ONEWAY, Kind.BACK_ONEWAY
    };
    private static final Kind[] ONEWAYS = {Kind.ONEWAY, Kind.BACK_ONEWAY};

    /** How a connection breaks. */
    private enum Break { CLOSE, HALF_CLOSE, RESET }

    private static final List<Break> BREAKS = List.of(Break.values());
    private static final List<Shape> SHAPES = List.of(Shape.values());

    /** What one thread does: some calls, one directly behind the other. */
    private record Burst(long delayMicros, List<Call> calls) {}

    private final Lane lane;
    private final Batch batch;
    private final long seed;
    private final SplittableRandom random;
    private final Story story = new Story();

    private final Disturbance disturbance;
    private final boolean connectedBefore;
    private final int affected;
    private final int windowMicros;
    private final long disturbedMicros;
    private final long gapMicros;
    private final long secondMicros;
    private final long hasteMillis;
    private final Break breaks;
    private final boolean brokenByServer;
    private final List<Burst> bursts = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();

    Round(Lane lane, long seed) {
        this.lane = lane;
        this.batch = lane.batch();
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        disturbance = Disturbance.draw(random);
        connectedBefore = random.nextInt(10) > 0;
        affected = random.nextInt(Lane.CLIENTS);
        windowMicros = WINDOWS_MICROS[random.nextInt(WINDOWS_MICROS.length)];
        disturbedMicros = random.nextInt(windowMicros + 1);
        gapMicros = random.nextInt(3) > 0 ? 0 : random.nextInt(random.nextInt(10) == 0 ? 200_000 : 10_000);
        secondMicros = random.nextInt(random.nextBoolean() ? 2_000 : 100_000);
        hasteMillis = random.nextInt(3) == 0 ? 0 : random.nextInt(30);
        breaks = BREAKS.get(random.nextInt(BREAKS.size()));
        brokenByServer = random.nextBoolean();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            bursts.add(burst());
        }
    }

    private Burst burst() {
        List<Call> planned = new ArrayList<>();
        // Now and then so many that some are on their way whenever something happens.
        boolean many = random.nextInt(12) == 0;
        Kind onlyKind = ONEWAYS[random.nextInt(ONEWAYS.length)];
        boolean alike = many && random.nextBoolean();
        for (int i = 1 + random.nextInt(many ? 30 : 3); i > 0; i--) {
            planned.add(batch.newCall(plan(alike ? onlyKind : KINDS[random.nextInt(KINDS.length)], many), story));
        }
        calls.addAll(planned);
        return new Burst(random.nextInt(windowMicros + 1), planned);
    }

    private Call.Plan plan(Kind kind, boolean many) {
        int client = random.nextInt(Lane.CLIENTS);
        boolean impatient = random.nextInt(25) == 0;
        Promise promise = impatient || !connectedBefore ? Promise.TRUTH : disturbance.promise(kind, client == affected);
        return new Call.Plan(
                kind,
                many ? Shape.FUTURE : SHAPES.get(random.nextInt(SHAPES.size())),
                client,
                random.nextBoolean() ? 0 : random.nextInt(4_000),
                random.nextInt(4) == 0,
                random.nextBoolean(),
                bytes(),
                impatient ? 1 + random.nextInt(20) : Batch.CALL_MILLIS,
                promise);
    }

    private int bytes() {
        return Long.BYTES + switch (random.nextInt(20)) {
            case 0 -> random.nextInt(200_000);
            case 1, 2 -> random.nextInt(4_000);
            default -> random.nextInt(50);
        };
    }

    Story story() {
        return story;
    }

    // ---------------------------------------------------------------- what happens

    void play() throws Exception {
        try {
            playAndJudge();
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (Exception | AssertionError e) {
            throw failure(e);
        }
    }

    private AssertionError failure(Throwable why) {
        StringBuilder plan = new StringBuilder();
        for (Burst each : bursts) {
            for (Call call : each.calls) {
                plan.append("\n  ").append(each.delayMicros).append(" us: ").append(call).append(' ').append(call.plan());
            }
        }
        return new AssertionError(
                why + "\nin the round of seed " + seed + ", to be played again and again with -Dstress.round=" + seed + "\n"
                        + disturbance + " of client " + affected + " after " + disturbedMicros + " us, gap " + gapMicros + " us, then "
                        + secondMicros + " us, haste " + hasteMillis + " ms, " + breaks + (brokenByServer ? " by the server" : "")
                        + (connectedBefore ? "" : ", not connected before") + ", " + lane.address() + plan + "\n" + story,
                why);
    }

    private void playAndJudge() throws Exception {
        if (connectedBefore) {
            lane.connect(story, calls);
        }
        List<CompletableFuture<?>> ends = new ArrayList<>();
        for (Burst each : bursts) {
            ends.add(batch.threads().after(each.delayMicros).thenRunAsync(() -> each.calls.forEach(this::call), batch.threads().callers()));
            each.calls.forEach(call -> ends.add(call.ended()));
        }
        ends.add(batch.threads().after(disturbedMicros).thenComposeAsync(nothing -> disturb(), batch.threads().lanes()));
        await(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)));
        if (disturbance.endsClient()) {
            lane.replaceClient(affected, random);
        }
        batch.await("what was sent one-way runs", () -> calls.stream().noneMatch(Call::isAwaited));
        lane.settle();
        judge();
        batch.tally().add(disturbance.name(), 1);
        for (Call each : calls) {
            batch.tally().add((each.plan().kind().isFromServer() ? "asked by servers: " : "asked by clients: ") + each.verdict(), 1);
        }
    }

    /** Waits for all, and answers meanwhile what is parked. */
    private void await(CompletableFuture<Void> all) throws Exception {
        boolean parked = calls.stream().anyMatch(call -> call.plan().kind() == Kind.PARKED);
                if (parked) {
            batch.threads().after(disturbedMicros).get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            batch.await("everything ends", () -> {
                lane.servers().forEach(server -> server.parking().answerAll());
                return all.isDone();
            });
        }
        try {
            all.get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("in vain awaited: the end of everything", e);
        }
    }

    private void judge() {
        List<String> violations = new ArrayList<>();
        for (Call each : calls) {
            String violation = each.violation();
            if (violation != null) {
                violations.add(each + ": " + violation);
            }
        }
        assertEquals(List.of(), violations);
    }

    /** Looks once more, for what was executed late, and forgets it. */
    void judgeForGood() {
        try {
            judge();
        } catch (AssertionError e) {
            throw failure(e);
        }
        batch.forget(calls);
        story.forget();
    }

    // ---------------------------------------------------------------- calls

    private void call(Call call) {
        call.tell("is called");
        try {
            if (call.plan().kind().isFromServer()) {
                callClient(call);
            } else {
                callServer(call);
            }
        } catch (RemotingException e) {
            call.end(null, e);
        } catch (Exception e) {
            call.wrong("threw " + e);
            call.end(null, e);
        }
    }

    private void callServer(Call call) throws Exception {
        RemotingClient client = lane.client(call.plan().client()).client();
        RemotingCommand request = call.request();
        long timeout = call.plan().timeoutMillis();
        if (call.plan().kind().isOneway()) {
            if (call.plan().shape() == Shape.BLOCKING) {
                client.invokeOneway(lane.address(), request, timeout);
                call.end(null, null);
            } else {
                client.invokeOnewayAsync(lane.address(), request, timeout).whenComplete((written, failure) -> call.end(null, failure));
            }
            return;
        }
        switch (call.plan().shape()) {
            case BLOCKING -> call.end(client.invokeSync(lane.address(), request, timeout), null);
            case CALLBACK -> client.invokeAsync(lane.address(), request, timeout, new Told(call));
            case FUTURE -> client.invoke(lane.address(), request, timeout).whenComplete(call::end);
            default -> throw new AssertionError(call.plan());
        }
    }

    private void callClient(Call call) throws Exception {
        Lane.ServerEnd end = lane.serverEndOf(call.plan().client());
        if (end == null) {
            call.notCalled();
            return;
        }
        call.tell("goes to " + end.channel());
        NettyRemotingServer server = end.server().caller();
        RemotingCommand request = call.request();
        long timeout = call.plan().timeoutMillis();
        if (call.plan().kind().isOneway()) {
            server.invokeOneway(end.channel(), request, timeout);
            call.end(null, null);
            return;
        }
        switch (call.plan().shape()) {
            case BLOCKING -> call.end(server.invokeSync(end.channel(), request, timeout), null);
            case CALLBACK -> server.invokeAsync(end.channel(), request, timeout, new Told(call));
            case FUTURE -> server.invoke(end.channel(), request, timeout).whenComplete(call::end);
            default -> throw new AssertionError(call.plan());
        }
    }

    /** A callback that is called as it should be: success or failure once, then the end once. */
    private static final class Told implements InvokeCallback {
        private final Call call;
        private final AtomicInteger results = new AtomicInteger();

        Told(Call call) {
            this.call = call;
        }

        @Override
        public void operationSucceed(RemotingCommand response) {
            result();
        }

        @Override
        public void operationFail(Throwable throwable) {
            result();
        }

        private void result() {
            if (results.incrementAndGet() > 1) {
                call.wrong("its callback was told two results");
            }
        }

        @Override
        public void operationComplete(ResponseFuture future) {
            if (results.get() != 1) {
                call.wrong("its callback was told the end before the result");
            }
            call.end(future.getResponseCommand(), future.getCause());
        }
    }

    // ---------------------------------------------------------------- disturbances

    /** @return completes when it is over, and all who should report have reported */
    private CompletableFuture<?> disturb() {
        story.add("here comes " + disturbance);
        return switch (disturbance) {
            case NONE -> CompletableFuture.completedFuture(null);
            case RESTART -> restart(false).over;
            case REPLACEMENT -> restart(true).over;
            case RESTART_TWICE -> restartTwice();
            case CLOSE_CHANNELS -> closeChannels();
            case CLIENT_SHUTDOWN -> shutClientDown(Batch.DRAIN);
            case CLIENT_SHUTDOWN_AND_RESTART -> both(restart(false).over, shutClientDown(Batch.DRAIN));
            case HASTY_CLIENT_SHUTDOWN -> shutClientDown(Duration.ofMillis(hasteMillis));
            case BREAK -> breakConnection();
            case BREAK_AND_RESTART -> both(breakConnection(), restart(false).over);
            case HASTY_RESTART -> restart(false, Duration.ofMillis(hasteMillis)).over;
        };
    }

    private static CompletableFuture<?> both(CompletableFuture<?> one, CompletableFuture<?> other) {
        return CompletableFuture.allOf(one, other);
    }

    private record Restart(CompletableFuture<?> back, CompletableFuture<?> over) {}

    private Restart restart(boolean withThreads) {
        return restart(withThreads, Batch.DRAIN);
    }

    private Restart restart(boolean withThreads, Duration timeout) {
        CompletableFuture<DrainReport> report = withThreads ? lane.server().end(timeout) : lane.server().leavePort(timeout);
        story.add("the server has left its port");
        CompletableFuture<?> back = (gapMicros == 0 ? CompletableFuture.<Void>completedFuture(null) : batch.threads().after(gapMicros))
                .thenRunAsync(
                        () -> {
                            lane.listenAgain(withThreads ? random : null);
                            story.add("a server is back");
                        },
                        batch.threads().lanes());
        return new Restart(back, both(back, report.thenAccept(this::check)));
    }

    private CompletableFuture<?> restartTwice() {
        Restart first = restart(false);
        CompletableFuture<?> second = first.back
                .thenCompose(back -> batch.threads().after(secondMicros))
                .thenComposeAsync(nothing -> restart(false).over, batch.threads().lanes());
        return both(first.over, second);
    }

    private void check(DrainReport report) {
        story.add("reported: " + report);
        assertTrue(report.addsUp(), report::toString);
        if (disturbance.isPlanned()) {
            assertTrue(report.duration().compareTo(Batch.DRAIN) < 0, report::toString);
            assertEquals(0, report.forced(), report::toString);
            assertEquals(0, report.broken(), report::toString);
            long impatient = calls.stream().filter(call -> call.plan().timeoutMillis() < Batch.CALL_MILLIS).count();
            assertTrue(report.unanswered() <= impatient, report::toString);
        }
    }

    private CompletableFuture<?> closeChannels() {
        lane.client(affected).client().closeChannels(List.of(lane.address()));
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<?> shutClientDown(Duration timeout) {
        return lane.client(affected).client().shutdownGracefully(timeout).thenAccept(this::check);
    }

    private CompletableFuture<?> breakConnection() {
        Channel channel = channelToBreak();
        if (channel == null) {
            story.add("there is nothing to break");
            return CompletableFuture.completedFuture(null);
        }
        story.add(breaks + " of " + channel);
        switch (breaks) {
            case CLOSE -> channel.close();
            case HALF_CLOSE -> ((DuplexChannel) channel).shutdownOutput();
            case RESET -> {
                resetAtClose(channel);
                channel.close();
            }
            default -> throw new AssertionError(breaks);
        }
        return CompletableFuture.completedFuture(null);
    }

    private void resetAtClose(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            story.add("it is closed already: " + e);
        }
    }

    private @Nullable Channel channelToBreak() {
        if (!brokenByServer) {
            return lane.client(affected).connections().latest();
        }
        Lane.ServerEnd end = lane.serverEndOf(affected);
        return end == null ? null : end.channel();
    }
}
