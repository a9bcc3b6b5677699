package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.testkit.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, with the real pipeline around it, in an embedded channel whose time stands still. The journal tells what the connection's
 * owner and those who wait for replies heard, in order.
 */
final class ConnectionHarness implements AutoCloseable {
    static final String PEER = "10.0.0.7:10911";
    static final long FRAME_TIMEOUT_MILLIS = 30_000;
    static final long DEFERRED_TIMEOUT_MILLIS = 60_000;

    final MockTicker ticker = Ticker.newMockTicker();
    final OwnThreads threads = new OwnThreads("longlink-test");
    final RemotingEndpoint endpoint;
    final TestChannel channel = new TestChannel(ticker);
    final List<String> journal = new ArrayList<>();
    final List<Integer> answeredOpaques = new ArrayList<>();
    final DrainTally tally = new DrainTally();
    Runnable onRetired = () -> {};
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private Connection connection;
    private boolean stopped;
    private int pingStretch = 1;

    /** What clients and servers set by default. */
    static final LivenessSettings CLIENT_LIVENESS = LivenessSettings.ofClient(15_000, 0, 0, 0, false);
    static final LivenessSettings SERVER_LIVENESS = LivenessSettings.ofServer(0, 120_000, 0, 0, 1_000);
    static final HelloAnswer HELLO = new HelloAnswer(5_000, 120_000);

    private ConnectionHarness(Side side, LivenessSettings liveness) {
        this(side, liveness, FRAME_TIMEOUT_MILLIS);
    }

    private ConnectionHarness(Side side, LivenessSettings liveness, long frameTimeoutMillis) {
        // A ticker that stands at 0 would hide a field that nobody has set.
        ticker.advance(1, TimeUnit.HOURS);
        EndpointSettings settings = new EndpointSettings(
                515, SerializeType.JSON, 1024 * 1024, frameTimeoutMillis, DEFERRED_TIMEOUT_MILLIS, 10, 10, 1, 1, HELLO, liveness);
        endpoint = new RemotingEndpoint(threads, settings, new Listener(), new SplittableRandom(7));
        endpoint.start();
        channel.pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel ch) {
                connection = endpoint.attach(ch, side, new Owner(), PEER);
            }
        });
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        channel.runPendingTasks();
    }

    static ConnectionHarness server() {
        return server(SERVER_LIVENESS);
    }

    static ConnectionHarness server(LivenessSettings liveness) {
        return new ConnectionHarness(Side.SERVER, liveness);
    }

    /** A server on whose connection nothing has a time but frames. */
    static ConnectionHarness serverOfFrames(long frameTimeoutMillis) {
        return new ConnectionHarness(Side.SERVER, LivenessSettings.OFF, frameTimeoutMillis);
    }

    /** A server whose peer has said HELLO. */
    static ConnectionHarness serverOfHelloPeer() {
        return serverOfHelloPeer(SERVER_LIVENESS);
    }

    static ConnectionHarness serverOfHelloPeer(LivenessSettings liveness) {
        ConnectionHarness server = server(liveness);
        server.receive(Frame.request(1501).withOpaque(-1));
        assertEquals(0, server.next().code());
        return server;
    }

    /** A client whose connection is ready. */
    static ConnectionHarness client() {
        return client(CLIENT_LIVENESS);
    }

    static ConnectionHarness client(LivenessSettings liveness) {
        ConnectionHarness client = new ConnectionHarness(Side.CLIENT, liveness);
        assertTrue(client.connection.tryReady());
        client.journal.clear();
        return client;
    }

    /** A client that has connected and is not ready. */
    static ConnectionHarness openingClient() {
        return new ConnectionHarness(Side.CLIENT, CLIENT_LIVENESS);
    }

    /** A client whose connection is ready and whose peer has answered HELLO. */
    static ConnectionHarness clientOfHelloPeer() {
        return clientOfHelloPeer(CLIENT_LIVENESS, HELLO, 1);
    }

    static ConnectionHarness clientOfHelloPeer(LivenessSettings liveness, HelloAnswer told, int pingStretch) {
        ConnectionHarness client = new ConnectionHarness(Side.CLIENT, liveness);
        client.pingStretch = pingStretch;
        client.send(HelloAnswer.request(), "hello", 60_000, true);
        client.receive(Frame.response(client.next(), 0)
                .withExt("minPingIntervalMillis", Long.toString(told.minPingIntervalMillis()))
                .withExt("maxIdleMillis", Long.toString(told.maxIdleMillis())));
        assertTrue(client.connection.tryReady());
        client.journal.clear();
        return client;
    }

    Connection connection() {
        return connection;
    }

    // ---------------------------------------------------------------- the peer

    /** The peer's frames arrive, in one read. */
    void receive(Frame... frames) {
        receiveBytes(Unpooled.wrappedBuffer(Arrays.stream(frames).map(Frame::encode).toArray(byte[][]::new)));
    }

    void receiveBytes(ByteBuf bytes) {
        channel.pipeline().fireChannelRead(bytes).fireChannelReadComplete();
        channel.runPendingTasks();
    }

    /** The peer ends its stream. */
    void peerEnds() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.runPendingTasks();
    }

    /** What we sent next, or {@code null}. */
    @Nullable Frame poll() {
        // Several frames may have left in one buffer.
        ByteBuf bytes = (ByteBuf) channel.outboundMessages().peek();
        while (bytes != null && !bytes.isReadable()) {
            channel.outboundMessages().remove();
            bytes.release();
            bytes = (ByteBuf) channel.outboundMessages().peek();
        }
        return bytes == null
                ? null
                : Frame.decode(ByteBufUtil.getBytes(bytes.readSlice(Integer.BYTES + bytes.getInt(bytes.readerIndex()))));
    }

    /** What we sent next; there must be something. */
    Frame next() {
        Frame frame = poll();
        assertNotNull(frame, "nothing was sent");
        return frame;
    }

    void assertNothingSent() {
        assertNull(poll());
    }

    // ---------------------------------------------------------------- we

    /** Sends a request whose deadline is so far away; what becomes of it goes to the journal under this name. */
    RemotingCommand send(int code, String name, long timeoutMillis) {
        return send(code, name, timeoutMillis, false);
    }

    RemotingCommand send(int code, String name, long timeoutMillis, boolean opening) {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        send(request, name, timeoutMillis, opening);
        return request;
    }

    void send(RemotingCommand request, String name, long timeoutMillis, boolean opening) {
        ReplyListener listener = new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                journal.add(name + " answered " + response.getCode());
                answeredOpaques.add(response.getOpaque());
            }

            @Override
            public void onFailure(RemotingException cause) {
                journal.add(name + " failed " + cause.getClass().getSimpleName() + " " + cause.outcome());
            }
        };
        long deadline = connection.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        if (opening) {
            connection.sendWhileOpening(request, deadline, listener);
        } else {
            connection.send(request, deadline, listener);
        }
        channel.runPendingTasks();
    }

    void sendOneway(int code, String name, long timeoutMillis) {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        request.markOnewayRPC();
        connection.sendOneway(request, connection.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis), new WriteListener() {
            @Override
            public void onWritten() {
                journal.add(name + " written");
            }

            @Override
            public void onFailure(RemotingException cause) {
                journal.add(name + " failed " + cause.getClass().getSimpleName() + " " + cause.outcome());
            }
        });
        channel.runPendingTasks();
    }

    void register(int code, NettyRequestProcessor processor) {
        endpoint.registerProcessor(code, processor, Runnable::run);
    }

    void register(int code, NettyRequestProcessor processor, Executor executor) {
        endpoint.registerProcessor(code, processor, executor);
    }

    void registerEcho(int code) {
        register(code, (ctx, request) -> RemotingCommand.createResponseCommand(0, "echo"));
    }

    void drain(long quietMillis) {
        connection.drain(new DrainOrder(tally, new GoAwayNotice(GoAwayNotice.REASON_SHUTDOWN, 30_000), quietMillis));
        channel.runPendingTasks();
    }

    void force() {
        connection.force();
        channel.runPendingTasks();
    }

    // ---------------------------------------------------------------- time and results

    /** Lets time pass, each timer at exactly its own time, and what it puts off to the next turn of the loop. */
    void advance(long millis) {
        long end = ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            channel.runScheduledPendingTasks();
            // What the timers wrote is flushed behind them, before time goes on.
            channel.runPendingTasks();
            long next = channel.runScheduledPendingTasks();
            if (next < 0 || ticker.nanoTime() + next > end + 1) {
                break;
            }
            ticker.advance(next, TimeUnit.NANOSECONDS);
        }
        ticker.advance(Math.max(0, end - ticker.nanoTime()), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    }

    long count(Counter counter) {
        return endpoint.stats().get(counter);
    }

    /** What the drain has counted until now. */
    DrainReport report() {
        return tally.report(Duration.ZERO);
    }

    /** Everything the listener heard; nothing more is delivered after this. */
    List<String> events() {
        stop();
        return List.copyOf(events);
    }

    private void stop() {
        if (!stopped) {
            stopped = true;
            try {
                endpoint.stop(ShutdownDeadline.forTeardown());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Nothing may be left, no timer, no message, no request, and what a drain has counted must add up, whatever happened. */
    @Override
    public void close() {
        connection.close(null);
        channel.runPendingTasks();
        channel.releaseOutbound();
        stop();
        assertEquals(-1, channel.runScheduledPendingTasks(), "a timer is left");
        assertEquals(0, count(Counter.CONNECTIONS_OPEN));
        assertNull(channel.readInbound());
        channel.checkException();
        assertTrue(report().addsUp(), report().toString());
    }

    private final class Owner implements ConnectionOwner {
        @Override
        public void onConnected(Connection connected) {
            journal.add("owner: connected");
        }

        @Override
        public void onUnusable(Connection unusable, @Nullable GoAwayNotice goAway) {
            journal.add("owner: unusable in " + unusable.state() + (goAway == null ? "" : " by " + goAway.reason()));
        }

        @Override
        public void onRetired(Connection retired) {
            journal.add("owner: retired");
            onRetired.run();
        }

        @Override
        public int pingStretch() {
            return pingStretch;
        }

        @Override
        public void onWritable(Connection writable) {
            journal.add("owner: writable");
        }

        @Override
        public void onClosed(Connection closed) {
            journal.add("owner: closed");
        }
    }

    private final class Listener implements ChannelEventListener {
        @Override
        public void onChannelConnect(String remoteAddr, Channel ch) {
            events.add("CONNECT");
        }

        @Override
        public void onChannelActive(String remoteAddr, Channel ch) {
            events.add("ACTIVE");
        }

        @Override
        public void onChannelIdle(String remoteAddr, Channel ch) {
            events.add("IDLE");
        }

        @Override
        public void onChannelException(String remoteAddr, @Nullable Channel ch) {
            events.add("EXCEPTION");
        }

        @Override
        public void onChannelClose(String remoteAddr, Channel ch) {
            events.add("CLOSE");
        }
    }
}
