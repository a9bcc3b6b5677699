package io.longlink.remoting.server;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.Side;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns one listening socket, whose connections go to one registry. Thread-safe. */
final class Acceptor {
    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** How often one connection is read in one turn of its loop, if there is so much: what Netty has for sockets. */
    private static final int READS_PER_TURN = 16;

    private final ServerBootstrap bootstrap;
    private volatile @Nullable Channel listening;

    Acceptor(ServerLoops loops, TransportOptions options, RemotingEndpoint endpoint, ConnectionRegistry registry) {
        bootstrap = new ServerBootstrap()
                .group(loops.acceptLoop(), loops.workers())
                .channel(NioServerSocketChannel.class)
                .handler(new AcceptFailures())
                // A replacement must be able to bind while connections of this one still drain.
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, options.keepAlive())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // Netty makes one for each connection.
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_PER_TURN))
                // Netty's adaptive one gives a buffer of some KiB fresh memory each time, which has to be zeroed.
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.writeBufferLowBytes(), options.writeBufferHighBytes()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (registry.limit().tryEnter(channel)) {
                            endpoint.attach(channel, Side.SERVER, registry, null);
                        } else {
                            endpoint.counters().increment(Counter.CONNECTIONS_REFUSED);
                            channel.close();
                        }
                    }
                });
        if (options.sendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            // On the listening socket, so that the window is negotiated with it.
            bootstrap.option(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
        }
    }

    /** Listens when this returns. */
    void bind(String host, int port) {
        ChannelFuture bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(
                    new IOException("cannot listen on " + host + ":" + port + ": " + bound.cause().getMessage(), bound.cause()));
        }
        listening = bound.channel();
    }

    /** The port, or -1 if it never listened. Stays the same after {@link #unbind}. */
    int port() {
        Channel channel = listening;
        return channel == null || channel.localAddress() == null ? -1 : ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Has stopped listening when this returns, also in the kernel's eyes; within a second. Not for event loops. */
    // Synchronized, so that whoever comes second waits for the first; nothing else is called under this lock.
    synchronized void unbind() {
        Channel channel = listening;
        if (channel == null || !channel.isOpen()) {
            return;
        }
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        // The JDK closes a socket that a selector knows only when that selector selects next. Until then the kernel completes connections
        // that nobody will serve, and no replacement can bind. A task that is scheduled on the loop runs behind its next select.
        EventLoop loop = channel.eventLoop();
        Promise<Void> selected = loop.newPromise();
        try {
            loop.execute(() -> loop.schedule(() -> selected.trySuccess(null), 1, TimeUnit.NANOSECONDS));
            selected.awaitUninterruptibly(1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("the accept loop has ended, and its selector with it");
        }
    }
}
