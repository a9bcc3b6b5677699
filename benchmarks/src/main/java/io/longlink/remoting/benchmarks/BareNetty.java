package io.longlink.remoting.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The yardstick: frames with a length of four bytes, echoed on the event loop by the shortest handler there is; on the client calls of
 * other threads pass a queue and are flushed batch by batch. Answers come in the order of the calls. No timeouts, no headers.
 */
final class BareNetty {
    private static final int LOOPS = 2;
    private static final int MAX_FRAME = 16 * 1024 * 1024;

    /** Small, for every connection has one. */
    private static final int QUEUE_CHUNK = 64;

    private static final int MAX_QUEUED = 1 << 20;
    private static final int MAX_QUEUED_ONEWAYS = 4_096;

    /** The first byte of a frame. */
    private static final byte TWO_WAY = 1;

    private static final byte ONE_WAY = 0;

    private BareNetty() {}

    private static IoEventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
    }

    /** Netty's way to put pieces together by copying gets a new buffer for each read while echoes of earlier ones wait in theirs. */
    private static LengthFieldBasedFrameDecoder frames() {
        LengthFieldBasedFrameDecoder frames = new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, 4);
        frames.setCumulator(LengthFieldBasedFrameDecoder.COMPOSITE_CUMULATOR);
        return frames;
    }

    static EchoServer server() {
        LongAdder oneways = new LongAdder();
        Channel listening = new ServerBootstrap()
                .group(loops())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(frames(), new Echo(oneways));
                    }
                })
                .bind(0)
                .syncUninterruptibly()
                .channel();
        return new EchoServer(((InetSocketAddress) listening.localAddress()).getPort(), oneways);
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        private final LongAdder oneways;

        Echo(LongAdder oneways) {
            this.oneways = oneways;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf frame = (ByteBuf) message;
            if (frame.getByte(frame.readerIndex() + 4) == ONE_WAY) {
                frame.release();
                oneways.increment();
            } else {
                ctx.write(frame, ctx.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    static EchoClient client() {
        return new Client();
    }

    private static final class Client implements EchoClient {
        private final IoEventLoopGroup loops = loops();
        private final Map<String, Link> links = new ConcurrentHashMap<>();

        private Link link(String address) {
            Link link = links.get(address);
            return link != null ? link : links.computeIfAbsent(address, this::connect);
        }

        private Link connect(String address) {
            int colon = address.lastIndexOf(':');
            EventLoop loop = (EventLoop) loops.next();
            Link link = new Link(loop);
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 1024 * 1024))
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(frames(), link);
                        }
                    })
                    .connect(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            link.fail(connected.cause());
                        }
                    });
            return link;
        }

        @Override
        public void call(String address, byte[] body, Done done) {
            link(address).submit(new Call(body, done));
        }

        @Override
        public void callSync(String address, byte[] body) throws Exception {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            call(address, body, failure -> {
                if (failure == null) {
                    answer.complete(null);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
            answer.get();
        }

        @Override
        public boolean send(String address, byte[] body) {
            Link link = link(address);
            if (!link.takesOneways()) {
                return false;
            }
            link.submit(new Call(body, null));
            return true;
        }

        @Override
        public void close() {
            links.values().forEach(Link::close);
        }
    }

    /** A frame to be sent. */
    private static final class Call {
        private final byte[] body;
        /** {@code null} for a one-way. */
        private final EchoClient.@Nullable Done done;

        Call(byte[] body, EchoClient.@Nullable Done done) {
            this.body = body;
            this.done = done;
        }
    }

    /** One connection of a client. */
    private static final class Link extends ChannelInboundHandlerAdapter {
        private final EventLoop loop;
        private final Queue<Call> submitted = PlatformDependent.newMpscQueue(QUEUE_CHUNK, MAX_QUEUED);
        private final AtomicBoolean drainScheduled = new AtomicBoolean();
        /** Event loop only. */
        private final Queue<Call> waiting = new ArrayDeque<>();

        /** Set on the event loop. */
        private volatile @Nullable ChannelHandlerContext context;

        Link(EventLoop loop) {
            this.loop = loop;
        }

        boolean takesOneways() {
            ChannelHandlerContext ctx = context;
            return ctx != null && ctx.channel().isWritable() && submitted.size() < MAX_QUEUED_ONEWAYS;
        }

        void submit(Call call) {
            submitted.add(call);
            if (!drainScheduled.get() && drainScheduled.compareAndSet(false, true)) {
                loop.execute(this::drain);
            }
        }

        private void drain() {
            drainScheduled.set(false);
            ChannelHandlerContext ctx = context;
            if (ctx == null) {
                return;
            }
            for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
                write(ctx, call);
            }
            ctx.flush();
        }

        private void write(ChannelHandlerContext ctx, Call call) {
            byte[] body = call.body;
            ByteBuf frame = ctx.alloc().ioBuffer(5 + body.length);
            frame.writeInt(1 + body.length).writeByte(call.done == null ? ONE_WAY : TWO_WAY).writeBytes(body);
            if (call.done != null) {
                waiting.add(call);
            }
            ctx.write(frame, ctx.voidPromise());
        }

        void close() {
            loop.execute(() -> {
                ChannelHandlerContext ctx = context;
                if (ctx != null) {
                    ctx.close();
                }
            });
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            context = ctx;
            drain();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf frame = (ByteBuf) message;
            int length = frame.readableBytes() - 5;
            frame.release();
            Call call = waiting.remove();
            if (call.done != null) {
                call.done.done(length == call.body.length ? null : new IllegalStateException("answered with " + length + " bytes"));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail(new ClosedChannelException());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
        }

        /** Event loop only. */
        void fail(Throwable cause) {
            for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
                waiting.add(call);
            }
            for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
                if (call.done != null) {
                    call.done.done(cause);
                }
            }
        }
    }
}
