package io.longlink.remoting.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The yardstick: frames with a length of four bytes, echoed on the event loop by the shortest handler there is; on the client calls of
 * other threads pass a queue and are flushed batch by batch. Answers come in the order of the calls. No timeouts, no headers.
 */
final class BareNetty {
    private static final int MAX_FRAME = 16 * 1024 * 1024;

    private BareNetty() {}

    static EchoServer server() {
        IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, 4), new Echo());
                    }
                })
                .bind(0)
                .syncUninterruptibly()
                .channel();
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        return new EchoServer() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                loops.shutdownGracefully();
            }
        };
    }

    /** One-ways have an empty first byte and are dropped. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf frame = (ByteBuf) message;
            if (frame.getByte(frame.readerIndex() + 4) == ONE_WAY) {
                frame.release();
            } else {
                ctx.write(frame, ctx.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private static final byte TWO_WAY = 1;
    private static final byte ONE_WAY = 0;

    static EchoClient client() {
        return new Client();
    }

    private static final class Client implements EchoClient {
        private final IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        private final Map<String, Link> links = new ConcurrentHashMap<>();

        private Link link(String address) {
            Link link = links.get(address);
            return link != null ? link : links.computeIfAbsent(address, this::connect);
        }

        private Link connect(String address) {
            int colon = address.lastIndexOf(':');
            Link link = new Link();
            new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, 4), link);
                        }
                    })
                    .connect(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
                    .syncUninterruptibly();
            return link;
        }

        @Override
        public void call(String address, byte[] body, Done done) {
            link(address).submit(new Call(body, done, TWO_WAY));
        }

        @Override
        public void callSync(String address, byte[] body) throws Exception {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            call(address, body, failure -> answer.complete(null));
            answer.get();
        }

        @Override
        public boolean send(String address, byte[] body) {
            Link link = link(address);
            if (!link.isWritable()) {
                return false;
            }
            link.submit(new Call(body, failure -> {}, ONE_WAY));
            return true;
        }

        @Override
        public void close() {
            loops.shutdownGracefully();
        }
    }

    private static final class Call {
        private final byte[] body;
        private final EchoClient.Done done;
        private final byte kind;

        Call(byte[] body, EchoClient.Done done, byte kind) {
            this.body = body;
            this.done = done;
            this.kind = kind;
        }
    }

    /** One connection of a client. */
    private static final class Link extends ChannelDuplexHandler {
        private final Queue<Call> submitted = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean drainScheduled = new AtomicBoolean();
        /** Event loop only. */
        private final Queue<EchoClient.Done> waiting = new ArrayDeque<>();

        /** Set before the connection is given to anybody. */
        private volatile @Nullable ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        private ChannelHandlerContext context() {
            return Objects.requireNonNull(context);
        }

        boolean isWritable() {
            return context().channel().isWritable() && submitted.size() < 1_024;
        }

        void submit(Call call) {
            EventLoop loop = context().channel().eventLoop();
            if (loop.inEventLoop()) {
                // From a callback: the flush comes when all that was read has been handled.
                write(call);
                return;
            }
            submitted.add(call);
            if (drainScheduled.compareAndSet(false, true)) {
                loop.execute(this::drain);
            }
        }

        private void drain() {
            drainScheduled.set(false);
            for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
                write(call);
            }
            context().flush();
        }

        private void write(Call call) {
            byte[] body = call.body;
            ChannelHandlerContext ctx = context();
            ByteBuf frame = ctx.alloc().ioBuffer(5 + body.length);
            frame.writeInt(1 + body.length).writeByte(call.kind).writeBytes(body);
            if (call.kind == TWO_WAY) {
                waiting.add(call.done);
            }
            ctx.write(frame, ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((ByteBuf) message).release();
            waiting.remove().done(null);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            for (EchoClient.Done done = waiting.poll(); done != null; done = waiting.poll()) {
                done.done(cause);
            }
        }
    }
}
