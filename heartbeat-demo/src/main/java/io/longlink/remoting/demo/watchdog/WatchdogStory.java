package io.longlink.remoting.demo.watchdog;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.demo.process.Dialogue;
import io.longlink.remoting.demo.process.FreePorts;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.watchdog.Loss.Heard;
import io.longlink.remoting.demo.watchdog.Seen.Pings;
import io.longlink.remoting.demo.watchdog.Seen.Silence;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client, one server, and all that keeps their connection alive and finds it dead. Plays on one thread. */
public final class WatchdogStory implements Scenario {
    private static final long ANSWER_MILLIS = 20_000;
    private static final long CALL_MILLIS = 5_000;

    /** How long after the end nothing more must be told. */
    private static final long QUIET_MILLIS = 500;

    private final Plan plan;
    private final Story story;
    private final int port = FreePorts.find(1).get(0);
    private final String address = "127.0.0.1:" + port;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final NettyRemotingClient client;

    /** With the settings of the articles, divided by ten, and all twelve attempts. */
    public WatchdogStory(Story story) {
        this(Plan.USUAL, story);
    }

    WatchdogStory(Plan plan, Story story) {
        this.plan = plan;
        this.story = story;
        client = new NettyRemotingClient(
                new NettyClientConfig()
                        .setWriterIdleMillis(plan.writerIdleMillis())
                        .setAllIdleMillis(plan.allIdleMillis())
                        .setReconnectPolicy(plan.policy()),
                new ChannelEventListener() {
                    @Override
                    public void onChannelIdle(String remoteAddr, Channel channel) {
                        hear("idle");
                    }

                    @Override
                    public void onChannelException(String remoteAddr, @Nullable Channel channel) {
                        hear(channel == null ? Loss.FAILURE : "exception");
                    }

                    @Override
                    public void onChannelClose(String remoteAddr, Channel channel) {
                        hear("close");
                    }
                });
    }

    private void hear(String event) {
        heard.add(new Heard(event, System.nanoTime()));
    }

    @Override
    public Result play() throws InterruptedException {
        client.start();
        try (Dialogue server = newServer()) {
            listen(server);
            String firstCall = call();
            if (firstCall != null) {
                throw new IllegalStateException("the first call failed: " + firstCall);
            }
            Pings pings = stayIdle(server);
            Silence silence = beSilent(server);
            Loss loss = crash(server);
            try (Dialogue replacement = newServer()) {
                listen(replacement);
                String nextCall = call();
                return new Seen(pings, silence, loss, nextCall).result(plan);
            }
        } finally {
            client.shutdownGracefully(Duration.ZERO).join();
        }
    }

    private static Dialogue newServer() {
        return new Dialogue("the server", ServerSide.class);
    }

    private void listen(Dialogue server) throws InterruptedException {
        server.ask("listen " + port + ' ' + plan.readerIdleMillis(), "listening", ANSWER_MILLIS);
        story.tell("listening", new JsonObject().put("address", address), "the server listens at " + address);
    }

    /** Calls the server; returns why it failed, or {@code null}. */
    private @Nullable String call() throws InterruptedException {
        try {
            int code = client.invokeSync(address, RemotingCommand.createRequestCommand(RequestCode.HEART_BEAT, null), CALL_MILLIS).getCode();
            if (code != ResponseCode.SUCCESS) {
                return "it was answered with code " + code;
            }
            story.tell("called", new JsonObject().put("state", state().name()), "the client calls it and is answered; the address is " + state());
            return null;
        } catch (RemotingException e) {
            return e.toString();
        }
    }

    private AddressState state() {
        return client.addressState(address);
    }

    // ---------------------------------------------------------------- idle

    private Pings stayIdle(Dialogue server) throws InterruptedException {
        server.hearNothing(plan.idleMillis());
        List<String> events = new ArrayList<>();
        for (Heard event = heard.poll(); event != null; event = heard.poll()) {
            events.add(event.event());
        }
        Pings pings = new Pings(
                client.stats().get(Counter.PINGS_SENT), Long.parseLong(server.ask("pings", "pings", ANSWER_MILLIS)), events);
        story.tell(
                "idle",
                new JsonObject()
                        .put("millis", plan.idleMillis())
                        .put("pingsSent", pings.sent())
                        .put("pingsReceived", pings.received())
                        .put("state", state().name()),
                String.format(
                        "nobody calls for %d ms: %d PINGs keep the connection alive (one after %d ms without a write); the address is %s",
                        plan.idleMillis(), pings.sent(), plan.writerIdleMillis(), state()));
        return pings;
    }

    // ---------------------------------------------------------------- silence

    /** A client from which nothing comes: a plain socket, and nobody who writes to it. */
    private Silence beSilent(Dialogue server) throws InterruptedException {
        List<String> events = new ArrayList<>();
        long millis = 0;
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            silent.setSoTimeout((int) ANSWER_MILLIS);
            story.tell(
                    "silent", new JsonObject().put("readerIdleMillis", plan.readerIdleMillis()),
                    String.format("another client connects and is silent; the server bears it for %d ms", plan.readerIdleMillis()));
            String from = "127.0.0.1:" + silent.getLocalPort();
            if (silent.getInputStream().read() != -1) {
                throw new IllegalStateException("the server spoke to a client that had said nothing");
            }
            // Its end of stream came; our end of it makes the CLOSE.
            silent.shutdownOutput();
            for (int i = 0; i < 2; i++) {
                String[] event = server.ask("event " + plan.readerIdleMillis(), "event", ANSWER_MILLIS).split(" ", -1);
                events.add(event.length == 3 && !event[1].equals(from) ? event[0] + " of somebody else" : event[0]);
                millis = i == 0 && event.length == 3 ? Long.parseLong(event[2]) : millis;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the silent client broke", e);
        }
        story.tell(
                "silentClosed",
                new JsonObject().put("events", events).put("millis", millis),
                String.format("the server's listener hears %s of it after %d ms", String.join(", then ", events), millis));
        return new Silence(events, millis);
    }

    // ---------------------------------------------------------------- crash

    private Loss crash(Dialogue server) throws InterruptedException {
        long failuresBefore = client.stats().get(Counter.CONNECT_FAILURES);
        server.end();
        story.tell("crash", new JsonObject(), "the server's JVM is killed; nobody was told to go away");
        List<Heard> events = new ArrayList<>();
        int failures = 0;
        for (Heard event = next(ANSWER_MILLIS); event != null; event = next(failures < plan.attempts() ? ANSWER_MILLIS : QUIET_MILLIS)) {
            if (!event.isFailure()) {
                story.tell("heard", new JsonObject().put("event", event.event()), "the client's listener hears " + event.event());
            } else if (failures < plan.attempts() && !events.isEmpty()) {
                tellAttempt(failures, event.millisSince(events.get(events.size() - 1)));
            }
            failures += event.isFailure() ? 1 : 0;
            events.add(event);
        }
        Loss loss = new Loss(events, client.stats().get(Counter.CONNECT_FAILURES) - failuresBefore, state());
        story.tell(
                "gaveUp",
                new JsonObject().put("attempts", loss.attempts()).put("told", loss.givenUp()).put("state", loss.state().name()),
                String.format(
                        "the client gives up after %d attempts, tells its listener and forgets the address, which is %s now",
                        loss.attempts(), loss.state()));
        return loss;
    }

    private void tellAttempt(int index, long delayMillis) {
        long plannedMillis = plan.plannedMillis()[index];
        story.tell(
                "attempt",
                new JsonObject().put("attempt", index + 1).put("millis", delayMillis).put("plannedMillis", plannedMillis),
                String.format("attempt %d fails after %d ms, planned were %d", index + 1, delayMillis, plannedMillis));
    }

    private @Nullable Heard next(long millis) throws InterruptedException {
        return heard.poll(millis, TimeUnit.MILLISECONDS);
    }
}
