package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.longlink.remoting.internal.Side;
import io.longlink.remoting.testkit.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Slots of a real table on one embedded event loop whose time stands still, with a connector that does what the test says. Everything runs
 * on the test's thread. The journal tells what happened, in order.
 */
final class SlotHarness implements AutoCloseable {
    static final String ADDRESS = "10.0.0.7:10911";

    /** An attempt to connect, in the hands of the test. */
    record Attempt(String address, double atMillis, int timeoutMillis, ChannelPromise promise, ConnectionOwner owner) {}

    final MockTicker ticker = Ticker.newMockTicker();
    final List<String> journal = new ArrayList<>();
    final List<Attempt> attempts = new ArrayList<>();
    final ExtremeRandom random = new ExtremeRandom();
    final RemotingEndpoint endpoint;
    final ChannelTable table;
    final List<EmbeddedChannel> connections = new ArrayList<>();
    private final EmbeddedChannel loopHolder;
    private final EventLoop loop;
    private final long beganNanos;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private boolean refusing;

    SlotHarness() {
        this(new NettyClientConfig().setNegotiate(false));
    }

    SlotHarness(NettyClientConfig config) {
        // A ticker that stands at 0 would hide a field that nobody has set.
        ticker.advance(1, TimeUnit.HOURS);
        beganNanos = ticker.nanoTime();
        loopHolder = EmbeddedChannel.builder().ticker(ticker).build();
        loop = loopHolder.eventLoop();
        ClientSettings settings = config.snapshot();
        endpoint = new RemotingEndpoint(new OwnThreads("longlink-test"), settings.endpoint(), new ChannelEventListener() {
            @Override
            public void onChannelException(String remoteAddr, @Nullable Channel channel) {
                events.add(channel == null ? "EXCEPTION without a channel" : "EXCEPTION");
            }

            @Override
            public void onChannelClose(String remoteAddr, Channel channel) {
                events.add("CLOSE");
            }
        });
        endpoint.start();
        table = new ChannelTable(loop, endpoint, new Scripted(), settings, random, new ChannelTable.Listener() {
            @Override
            public void onState(String address, AddressState before, AddressState after) {
                assertEquals(after, table().state(address), "told before it was so");
                journal.add(name(address) + before + " to " + after);
            }

            @Override
            public void onLost(String address) {
                journal.add(name(address) + "lost");
            }
        });
    }

    private ChannelTable table() {
        return table;
    }

    private static String name(String address) {
        return address.equals(ADDRESS) ? "" : address + ' ';
    }

    // ---------------------------------------------------------------- the network

    private final class Scripted implements Connector {
        @Override
        public CompletableFuture<InetSocketAddress> resolve(String address) {
            return CompletableFuture.completedFuture(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        }

        @Override
        public ChannelFuture connect(InetSocketAddress to, int timeoutMillis, String address, EventLoop on, ConnectionOwner owner) {
            ChannelPromise promise = loopHolder.newPromise();
            Attempt attempt = new Attempt(address, millis(), timeoutMillis, promise, owner);
            attempts.add(attempt);
            if (refusing) {
                promise.setFailure(new IOException("refused"));
            }
            return promise;
        }
    }

    /** From now on every attempt fails at once. */
    void refuseAll() {
        refusing = true;
    }

    void acceptAgain() {
        refusing = false;
    }

    Attempt lastAttempt() {
        return attempts.get(attempts.size() - 1);
    }

    void fail(Attempt attempt) {
        attempt.promise().setFailure(new IOException("refused"));
        settle();
    }

    /** The connection of an attempt is established; without HELLO and restorer it is READY with that. */
    EmbeddedChannel establish(Attempt attempt) {
        EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).register(false).build();
        connections.add(channel);
        channel.pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel ch) {
                endpoint.attach(ch, Side.CLIENT, attempt.owner(), attempt.address());
            }
        });
        attempt.promise().setSuccess();
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        settle();
        return channel;
    }

    /** One address, READY. */
    EmbeddedChannel ready(String address) {
        table.get(address).want();
        settle();
        return establish(lastAttempt());
    }

    EmbeddedChannel ready() {
        return ready(ADDRESS);
    }

    void goAway(EmbeddedChannel channel, String reason, long graceMillis) {
        receive(channel, Frame.oneway(1500).withExt("reason", reason).withExt("graceMillis", Long.toString(graceMillis)));
    }

    void receive(EmbeddedChannel channel, Frame frame) {
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(frame.encode())).fireChannelReadComplete();
        settle();
    }

    Frame nextSent(EmbeddedChannel channel) {
        // Several frames may have left in one buffer.
        ByteBuf bytes = (ByteBuf) channel.outboundMessages().element();
        Frame frame = Frame.decode(ByteBufUtil.getBytes(bytes.readSlice(Integer.BYTES + bytes.getInt(bytes.readerIndex()))));
        if (!bytes.isReadable()) {
            channel.outboundMessages().remove();
            bytes.release();
        }
        return frame;
    }

    void lose(EmbeddedChannel channel) {
        Connection connection = Connection.of(channel);
        connection.close(null);
        settle();
    }

    void setWritable(EmbeddedChannel channel, boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        settle();
    }

    /** The name-server list is this from now on. */
    void listed(String... addresses) {
        table.list(Set.of(addresses));
        settle();
    }

    // ---------------------------------------------------------------- calls

    /** A call that tells the journal what becomes of it. */
    final class Call implements WaitingCall {
        final String name;
        final long begunNanos = ticker.nanoTime();
        final long deadlineNanos;
        long bodyBytes;
        boolean refused;
        boolean free;
        boolean twoWay;
        boolean unencodable;
        @Nullable RemotingException failure;

        /** Of the stack on which it failed. */
        long depth;

        Call(String name, long timeoutMillis) {
            this.name = name;
            this.deadlineNanos = begunNanos + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public long begunNanos() {
            return begunNanos;
        }

        @Override
        public long bodyBytes() {
            return bodyBytes;
        }

        @Override
        public boolean wasRefused() {
            return refused;
        }

        @Override
        public boolean canBeRefused() {
            return twoWay;
        }

        @Override
        public boolean tryLeave(@Nullable String justReady) {
            if (free) {
                journal.add(name + " left" + (justReady == null ? "" : " for " + justReady));
            }
            return free;
        }

        @Override
        public void sendOn(ChannelWrapper slot, Connection connection) {
            assertEquals(slot.current(), connection);
            journal.add(name + " sent");
            if (unencodable) {
                slot.failedOn(connection, this, new RemotingCommandException("unencodable", null, Outcome.NOT_SENT));
            }
        }

        @Override
        public void fail(RemotingException cause) {
            assertFalse(cause.getMessage() == null);
            failure = cause;
            depth = StackWalker.getInstance().walk(Stream::count);
            journal.add(name + " " + cause.getClass().getSimpleName().replace("Remoting", "").replace("Exception", "") + " " + cause.outcome());
        }
    }

    Call call(String name, long timeoutMillis) {
        return submit(new Call(name, timeoutMillis));
    }

    Call twoWay(String name) {
        Call call = new Call(name, 5_000);
        call.twoWay = true;
        return submit(call);
    }

    /** The current connection answered a two-way call. */
    void served() {
        ChannelWrapper slot = table.get(ADDRESS);
        slot.served(slot.current());
        settle();
    }

    Call submit(Call call) {
        table.get(ADDRESS).submit(call);
        settle();
        return call;
    }

    // ---------------------------------------------------------------- time

    double millis() {
        return (ticker.nanoTime() - beganNanos) / 1e6;
    }

    void advance(long millis) {
        advanceNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Lets time pass, each timer at exactly its own time. */
    void advanceNanos(long nanos) {
        long end = ticker.nanoTime() + nanos;
        while (true) {
            settle();
            long next = nextTimerNanos();
            if (next < 0 || ticker.nanoTime() + next > end) {
                break;
            }
            ticker.advance(next, TimeUnit.NANOSECONDS);
        }
        ticker.advance(end - ticker.nanoTime(), TimeUnit.NANOSECONDS);
        settle();
    }

    /** Runs what is due now, on whichever channel. */
    private void settle() {
        for (int i = 0; i < 3; i++) {
            loopHolder.runPendingTasks();
            for (EmbeddedChannel channel : List.copyOf(connections)) {
                channel.runPendingTasks();
            }
        }
    }

    /** How far the next timer of any channel is, or -1 if there is none. */
    long nextTimerNanos() {
        long next = loopHolder.runScheduledPendingTasks();
        for (EmbeddedChannel channel : List.copyOf(connections)) {
            long other = channel.runScheduledPendingTasks();
            if (other >= 0 && (next < 0 || other < next)) {
                next = other;
            }
        }
        return next;
    }

    // ---------------------------------------------------------------- results

    /** What happened since the last time this was asked. */
    List<String> happened() {
        List<String> all = List.copyOf(journal);
        journal.clear();
        return all;
    }

    AddressState state() {
        return table.state(ADDRESS);
    }

    /** When attempts began, in milliseconds since the harness was made. */
    List<Double> attemptMillis() {
        return attempts.stream().map(Attempt::atMillis).toList();
    }

    /** Everything the listener heard; nothing more is delivered after this. */
    List<String> events() {
        stop();
        return List.copyOf(events);
    }

    @Override
    public void close() {
        table.shutdown(new DrainTally(), 0);
        settle();
        table.end(false);
        settle();
        // The deadline of a call that waited is the last thing to be forgotten.
        advance(120_000);
        assertEquals(-1, nextTimerNanos(), "a timer is left");
        assertEquals(0, table.openConnections().get());
        assertEquals(0, endpoint.stats().get(Counter.CONNECTIONS_OPEN));
        for (EmbeddedChannel channel : connections) {
            channel.releaseOutbound();
            channel.checkException();
        }
        stop();
    }

    private void stop() {
        try {
            endpoint.stop(ShutdownDeadline.forTeardown());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
