package io.longlink.remoting.server;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingHelper;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.internal.Caller;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.GracefulShutdown;
import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server on Netty. When it shuts down it tells its clients to go away, refuses what did not begin, finishes what did, and lets every
 * client close its connection itself (DESIGN 3.2); see {@link RemotingServer}.
 */
public final class NettyRemotingServer implements RemotingServer {
    private static final Logger log = LoggerFactory.getLogger(NettyRemotingServer.class);

    private final ServerSettings settings;
    private final OwnThreads threads;
    private final ServerLoops loops;
    private final @Nullable NettyRemotingServer parent;
    private final ServerPort port;
    private final Caller caller;
    private final List<NettyRemotingServer> subServers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final DrainController drain;
    private final GracefulShutdown shutdown;

    /** A server without a listener. */
    public NettyRemotingServer(NettyServerConfig config) {
        this(config, null);
    }

    /**
     * A server that does not listen yet.
     *
     * @param listener hears of connections; {@code null} if nobody wants to
     * @throws IllegalArgumentException if settings contradict each other
     */
    public NettyRemotingServer(NettyServerConfig config, @Nullable ChannelEventListener listener) {
        settings = config.snapshot();
        parent = null;
        threads = new OwnThreads("longlink-server");
        loops = new ServerLoops(threads, settings.transport().eventLoopThreads());
        port = newPort(new RemotingEndpoint(threads, settings.endpoint(), listener));
        caller = new Caller(port.endpoint());
        drain = new DrainController(threads, loops, settings);
        shutdown = new GracefulShutdown(threads, this::end);
    }

    private NettyRemotingServer(NettyRemotingServer parent, int listenPort) {
        settings = parent.settings.withListenPort(listenPort);
        this.parent = parent;
        threads = parent.threads;
        loops = parent.loops;
        port = newPort(parent.port.endpoint().newSubEndpoint());
        caller = new Caller(port.endpoint());
        drain = new DrainController(threads, loops, settings);
        shutdown = new GracefulShutdown(threads, this::endAsSubServer);
    }

    private ServerPort newPort(RemotingEndpoint endpoint) {
        ConnectionRegistry registry = new ConnectionRegistry(new ConnectionLimit(settings.maxConnections(), Ticker.systemTicker()));
        Acceptor acceptor = new Acceptor(loops, settings.transport(), endpoint, registry);
        return new ServerPort(endpoint, registry, acceptor, new CopyOnWriteArrayList<>());
    }

    @Override
    public void start() {
        if (isShuttingDown() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException("a server starts once, and not after its shutdown");
        }
        if (parent == null) {
            port.endpoint().start();
        }
        try {
            port.acceptor().bind(settings.bindAddress(), settings.listenPort());
        } catch (UncheckedIOException e) {
            shutdown.begin(Duration.ZERO);
            throw e;
        }
        if (settings.shutdownOnJvmExit() && parent == null) {
            shutdown.installJvmHook(shutdownTimeout());
        }
        log.info("listening on {}:{}", settings.bindAddress(), localListenPort());
    }

    @Override
    public void shutdown() {
        shutdown.beginAndWait(shutdownTimeout());
    }

    private Duration shutdownTimeout() {
        return Duration.ofSeconds(settings.shutdownWaitTimeSeconds());
    }

    @Override
    public CompletableFuture<DrainReport> shutdownGracefully(Duration timeout) {
        CompletableFuture<DrainReport> report = shutdown.begin(timeout);
        if (shutdown.mayBlock()) {
            shutdown.awaitUninterruptibly(drain.listenersClosed());
        }
        return report;
    }

    @Override
    public boolean isShuttingDown() {
        return shutdown.hasBegun() || (parent != null && parent.isShuttingDown());
    }

    private DrainReport end(ShutdownDeadline deadline) throws InterruptedException {
        log.info("draining port {} for up to {} ms", localListenPort(), deadline.leftMillis());
        List<ServerPort> ports = new ArrayList<>();
        ports.add(port);
        subServers.forEach(subServer -> ports.add(subServer.port));
        try {
            DrainReport report = drain.drain(ports, deadline);
            log.info("port {} has drained: {}", localListenPort(), report);
            return report;
        } finally {
            ShutdownDeadline teardown = ShutdownDeadline.forTeardown();
            loops.stop(teardown);
            port.endpoint().stop(teardown);
        }
    }

    private DrainReport endAsSubServer(ShutdownDeadline deadline) {
        DrainReport report = drain.drain(List.of(port), deadline);
        if (parent != null) {
            parent.subServers.remove(this);
        }
        log.info("port {} has drained: {}", localListenPort(), report);
        return report;
    }

    @Override
    public int localListenPort() {
        return port.acceptor().port();
    }

    @Override
    public RemotingServer newRemotingServer(int listenPort) {
        if (parent != null) {
            return parent.newRemotingServer(listenPort);
        }
        for (NettyRemotingServer other : subServers) {
            if (listenPort != 0 && other.settings.listenPort() == listenPort && !other.isShuttingDown()) {
                throw new IllegalArgumentException("there is a server for port " + listenPort + " already");
            }
        }
        NettyRemotingServer subServer = new NettyRemotingServer(this, listenPort);
        subServers.add(subServer);
        return subServer;
    }

    @Override
    public void removeRemotingServer(int listenPort) {
        for (NettyRemotingServer subServer : subServers) {
            if (subServer.localListenPort() == listenPort || subServer.settings.listenPort() == listenPort) {
                subServer.shutdown.begin(shutdownTimeout());
            }
        }
    }

    @Override
    public void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable ExecutorService executor) {
        port.endpoint().registerProcessor(requestCode, processor, executor);
    }

    @Override
    public void registerDefaultProcessor(NettyRequestProcessor processor, @Nullable ExecutorService executor) {
        port.endpoint().registerDefaultProcessor(processor, executor);
    }

    @Override
    public void registerDrainHook(Runnable hook) {
        port.drainHooks().add(hook);
    }

    @Override
    public void registerRPCHook(RPCHook rpcHook) {
        port.endpoint().addHook(rpcHook);
    }

    @Override
    public void clearRPCHook() {
        port.endpoint().clearHooks();
    }

    @Override
    public RemotingStats stats() {
        return port.endpoint().stats();
    }

    @Override
    public RemotingCommand invokeSync(Channel channel, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingSendRequestException, RemotingTimeoutException {
        try {
            return caller.invokeSync(peer(channel), request, timeoutMillis, twoWay(channel));
        } catch (RemotingSendRequestException | RemotingTimeoutException e) {
            throw e;
        } catch (RemotingException e) {
            throw Caller.asSendFailure(e);
        }
    }

    @Override
    public void invokeAsync(Channel channel, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback) {
        caller.invokeAsync(peer(channel), request, timeoutMillis, twoWay(channel), invokeCallback);
    }

    @Override
    public CompletableFuture<RemotingCommand> invoke(Channel channel, RemotingCommand request, long timeoutMillis) {
        return caller.invoke(peer(channel), request, timeoutMillis, twoWay(channel));
    }

    @Override
    public void invokeOneway(Channel channel, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingTooMuchRequestException, RemotingTimeoutException, RemotingSendRequestException {
        try {
            caller.invokeOneway(peer(channel), request, timeoutMillis, (peer, command, deadlineNanos, listener) -> {
                Connection connection = Connection.of(channel);
                if (connection == null) {
                    listener.onFailure(foreign(channel));
                } else {
                    connection.sendOneway(command, deadlineNanos, listener);
                }
            });
        } catch (RemotingTooMuchRequestException | RemotingTimeoutException | RemotingSendRequestException e) {
            throw e;
        } catch (RemotingException e) {
            throw Caller.asSendFailure(e);
        }
    }

    private static Caller.TwoWay twoWay(Channel channel) {
        return (peer, command, deadlineNanos, listener) -> {
            Connection connection = Connection.of(channel);
            if (connection == null) {
                listener.onFailure(foreign(channel));
            } else {
                connection.send(command, deadlineNanos, new RefusalAsFailure(listener));
            }
        };
    }

    /** A client that is leaving refuses like a server does; there is nowhere else to send the request, so that is a failure here. */
    private record RefusalAsFailure(ReplyListener caller) implements ReplyListener {
        @Override
        public void onResponse(RemotingCommand response) {
            if (response.getCode() == ResponseCode.GO_AWAY) {
                caller.onFailure(new RemotingGoAwayException("the client is leaving: " + response.getRemark()));
            } else {
                caller.onResponse(response);
            }
        }

        @Override
        public void onFailure(RemotingException cause) {
            caller.onFailure(cause);
        }
    }

    private static String peer(Channel channel) {
        return RemotingHelper.parseChannelRemoteAddr(channel);
    }

    private static RemotingSendRequestException foreign(Channel channel) {
        return new RemotingSendRequestException("not an open connection of this library: " + channel, null, Outcome.NOT_SENT);
    }
}
