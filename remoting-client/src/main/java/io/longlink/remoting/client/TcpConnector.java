package io.longlink.remoting.client;

import io.longlink.remoting.RemotingHelper;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.Side;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** Opens TCP connections. Thread-safe. */
final class TcpConnector implements Connector {

    /** Finds the address of a name; blocks. */
    @FunctionalInterface
    interface Resolver {
        InetAddress lookUp(String host) throws UnknownHostException;
    }

    private final RemotingEndpoint endpoint;
    private final Resolver resolver;
    private final Bootstrap template;

    /** Names that are being looked up: one that hangs shall not take one thread for each attempt. */
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress>> lookUps = new ConcurrentHashMap<>();

    TcpConnector(RemotingEndpoint endpoint, ClientSettings settings, Resolver resolver) {
        this.endpoint = endpoint;
        this.resolver = resolver;
        TransportOptions options = settings.transport();
        template = new Bootstrap()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, options.keepAlive())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // Netty's adaptive one gives a buffer of some KiB fresh memory each time, which has to be zeroed.
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.writeBufferLowBytes(), options.writeBufferHighBytes()));
        if (options.sendBufferBytes() > 0) {
            template.option(ChannelOption.SO_SNDBUF, options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            template.option(ChannelOption.SO_RCVBUF, options.receiveBufferBytes());
        }
    }

    @Override
    public CompletableFuture<InetSocketAddress> resolve(String address) {
        InetSocketAddress parsed;
        try {
            parsed = RemotingHelper.string2SocketAddress(address);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (!parsed.isUnresolved()) {
            return CompletableFuture.completedFuture(parsed);
        }
        return lookUp(parsed.getHostString()).thenApply(ip -> new InetSocketAddress(ip, parsed.getPort()));
    }

    private CompletableFuture<InetAddress> lookUp(String host) {
        CompletableFuture<InetAddress> mine = new CompletableFuture<>();
        CompletableFuture<InetAddress> underWay = lookUps.putIfAbsent(host, mine);
        if (underWay != null) {
            return underWay;
        }
        try {
            endpoint.setupExecutor().execute(() -> lookUp(host, mine));
        } catch (RejectedExecutionException e) {
            lookUps.remove(host);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    /** On the executor. */
    private void lookUp(String host, CompletableFuture<InetAddress> found) {
        try {
            InetAddress ip = resolver.lookUp(host);
            lookUps.remove(host);
            found.complete(ip);
        } catch (UnknownHostException | RuntimeException | Error e) {
            lookUps.remove(host);
            found.completeExceptionally(e);
        }
    }

    @Override
    public ChannelFuture connect(InetSocketAddress to, int timeoutMillis, String address, EventLoop loop, ConnectionOwner owner) {
        return template.clone(loop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        endpoint.attach(channel, Side.CLIENT, owner, address);
                    }
                })
                .connect(to);
    }
}
