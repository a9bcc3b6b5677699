package io.longlink.remoting.client;

import io.longlink.remoting.RemotingHelper;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.Side;
import io.netty.bootstrap.Bootstrap;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/** Opens TCP connections. Thread-safe. */
final class TcpConnector implements Connector {
    private final RemotingEndpoint endpoint;
    private final Bootstrap template;

    TcpConnector(RemotingEndpoint endpoint, ClientSettings settings) {
        this.endpoint = endpoint;
        TransportOptions options = settings.transport();
        template = new Bootstrap()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, options.keepAlive())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
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
        try {
            return CompletableFuture.supplyAsync(() -> lookUp(parsed), endpoint.setupExecutor());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static InetSocketAddress lookUp(InetSocketAddress unresolved) {
        try {
            return new InetSocketAddress(InetAddress.getByName(unresolved.getHostString()), unresolved.getPort());
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
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
