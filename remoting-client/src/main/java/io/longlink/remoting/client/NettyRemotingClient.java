package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingClient;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.internal.Caller;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.GracefulShutdown;
import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client on Netty. When a server announces that it leaves, it moves to a new connection, sends what was refused again, and closes the old
 * connection when nothing is pending on it (DESIGN 3.3); see {@link RemotingClient}.
 */
public final class NettyRemotingClient implements RemotingClient {
    private static final Logger log = LoggerFactory.getLogger(NettyRemotingClient.class);

    private final ClientSettings settings;
    private final OwnThreads threads = new OwnThreads("longlink-client");
    private final EventLoopGroup loops;
    private final RemotingEndpoint endpoint;
    private final ChannelTable slots;
    private final Caller caller;
    private final AtomicBoolean started = new AtomicBoolean();
    private final GracefulShutdown shutdown = new GracefulShutdown(threads, this::end);

    /** A client without a listener. */
    public NettyRemotingClient(NettyClientConfig config) {
        this(config, null);
    }

    /**
     * A client that has not started.
     *
     * @param listener hears of connections; {@code null} if nobody wants to
     */
    public NettyRemotingClient(NettyClientConfig config, @Nullable ChannelEventListener listener) {
        settings = config.snapshot();
        loops = new MultiThreadIoEventLoopGroup(
                settings.transport().eventLoopThreads(), threads.eventLoops("io", true), NioIoHandler.newFactory());
        endpoint = new RemotingEndpoint(threads, settings.endpoint(), listener);
        slots = new ChannelTable(
                loops, endpoint, new TcpConnector(endpoint, settings), settings, () -> ThreadLocalRandom.current().nextLong(), new ChannelTable.Listener() {
                    @Override
                    public void onState(String address, AddressState before, AddressState after) {}

                    @Override
                    public void onLost(String address) {}
                });
        caller = new Caller(endpoint);
    }

    @Override
    public void start() {
        if (isShuttingDown() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException("a client starts once, and not after its shutdown");
        }
        endpoint.start();
        if (settings.shutdownOnJvmExit()) {
            shutdown.installJvmHook(shutdownTimeout());
        }
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
        return shutdown.begin(timeout);
    }

    @Override
    public boolean isShuttingDown() {
        return shutdown.hasBegun();
    }

    /** Lets accepted calls finish, retires all connections, forces what is left, ends the threads. On the shutdown thread. */
    private DrainReport end(ShutdownDeadline deadline) throws InterruptedException {
        long beganNanos = System.nanoTime();
        if (!deadline.awaitNone(caller.calls())) {
            log.warn("{} calls had not ended when the client's deadline came", caller.calls().get());
        }
        DrainTally tally = new DrainTally();
        slots.shutdown(tally, Math.max(deadline.leftMillis(), 500));
        if (!deadline.awaitNone(slots.openConnections())) {
            slots.end(true);
            if (!ShutdownDeadline.in(Duration.ofMillis(2_500)).awaitNone(slots.openConnections())) {
                slots.end(false);
                ShutdownDeadline.in(Duration.ofMillis(500)).awaitNone(slots.openConnections());
            }
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - beganNanos);
        deadline.awaitNone(endpoint.executions());
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        endpoint.stop();
        return tally.report(duration);
    }

    @Override
    public RemotingCommand invokeSync(String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingSendRequestException, RemotingTimeoutException {
        try {
            return caller.invokeSync(addr, request, timeoutMillis, twoWay(addr));
        } catch (RemotingConnectException | RemotingSendRequestException | RemotingTimeoutException e) {
            throw e;
        } catch (RemotingException e) {
            throw Caller.asSendFailure(e);
        }
    }

    @Override
    public void invokeAsync(String addr, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback) {
        caller.invokeAsync(addr, request, timeoutMillis, twoWay(addr), invokeCallback);
    }

    @Override
    public CompletableFuture<RemotingCommand> invoke(String addr, RemotingCommand request, long timeoutMillis) {
        return caller.invoke(addr, request, timeoutMillis, twoWay(addr));
    }

    @Override
    public void invokeOneway(String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingTooMuchRequestException, RemotingTimeoutException,
                    RemotingSendRequestException {
        try {
            caller.invokeOneway(addr, request, timeoutMillis, oneWay(addr));
        } catch (RemotingConnectException
                | RemotingTooMuchRequestException
                | RemotingTimeoutException
                | RemotingSendRequestException e) {
            throw e;
        } catch (RemotingException e) {
            throw Caller.asSendFailure(e);
        }
    }

    @Override
    public CompletableFuture<@Nullable Void> invokeOnewayAsync(String addr, RemotingCommand request, long timeoutMillis) {
        return caller.invokeOnewayAsync(addr, request, timeoutMillis, oneWay(addr));
    }

    private Caller.TwoWay twoWay(String addr) {
        Objects.requireNonNull(addr, "addr");
        return (request, deadlineNanos, listener) -> {
            RemotingSendRequestException no = whyNotCall();
            if (no != null) {
                listener.onFailure(no);
                return;
            }
            slots.get(addr).submit(new ClientInvocation(endpoint.counters(), request, deadlineNanos, listener));
        };
    }

    private Caller.OneWay oneWay(String addr) {
        Objects.requireNonNull(addr, "addr");
        return (request, deadlineNanos, listener) -> {
            RemotingSendRequestException no = whyNotCall();
            if (no != null) {
                listener.onFailure(no);
                return;
            }
            slots.get(addr).submit(new ClientOneway(request, deadlineNanos, listener));
        };
    }

    private @Nullable RemotingSendRequestException whyNotCall() {
        if (!started.get() || isShuttingDown()) {
            return new RemotingSendRequestException(
                    started.get() ? "the client is shutting down" : "the client has not been started", null, Outcome.NOT_SENT);
        }
        return null;
    }

    @Override
    public void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable ExecutorService executor) {
        endpoint.registerProcessor(requestCode, processor, executor);
    }

    @Override
    public void setCallbackExecutor(ExecutorService callbackExecutor) {
        caller.setCallbackExecutor(callbackExecutor);
    }

    @Override
    public boolean isChannelWritable(String addr) {
        ChannelWrapper slot = slots.find(addr);
        Connection connection = slot == null ? null : slot.current();
        return connection != null && connection.channel().isWritable();
    }

    @Override
    public void registerRPCHook(RPCHook rpcHook) {
        endpoint.addHook(rpcHook);
    }

    @Override
    public void clearRPCHook() {
        endpoint.clearHooks();
    }

    @Override
    public RemotingStats stats() {
        return endpoint.stats();
    }
}
