package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.AddressStateListener;
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
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
    private final AddressWatchers watchers;
    private final ChannelTable slots;
    private final NameServers nameServers;
    private final @Nullable AddressFeed feed;
    private final Caller caller;
    private final ListCaller listCaller;
    private final Caller.TwoWay direct = this::send;
    private final Caller.OneWay directOneway = this::sendOneway;
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
        watchers = new AddressWatchers(endpoint.callbackExecutor());
        slots = new ChannelTable(
                loops,
                endpoint,
                new TcpConnector(endpoint, settings, InetAddress::getByName),
                settings,
                () -> ThreadLocalRandom.current().nextLong(),
                new SlotNews());
        nameServers = new NameServers(slots, ThreadLocalRandom.current().nextInt());
        AddressSource source = settings.addressSource();
        feed = source == null ? null : new AddressFeed(source, loops.next(), endpoint.setupExecutor(), nameServers::update);
        caller = new Caller(endpoint);
        listCaller = new ListCaller(caller, nameServers, new ListCaller.Ways() {
            @Override
            public void checkTakesCalls() throws RemotingSendRequestException {
                RemotingSendRequestException no = whyNotCall();
                if (no != null) {
                    throw no;
                }
            }

            @Override
            public Caller.TwoWay twoWay(AddressRound round) {
                return (addr, request, deadlineNanos, listener) -> slots.get(addr)
                        .submit(new ClientInvocation(endpoint.counters(), request, round.deadlineNanos(), listener, round));
            }

            @Override
            public Caller.OneWay oneWay(AddressRound round) {
                return (addr, request, deadlineNanos, listener) ->
                        slots.get(addr).submit(new ClientOneway(request, round.deadlineNanos(), listener, round));
            }
        });
    }

    /** What slots tell, passed on to those who asked. */
    private final class SlotNews implements ChannelTable.Listener {
        @Override
        public void onState(String address, AddressState before, AddressState after) {
            watchers.onState(address, before, after);
        }

        @Override
        public void onLost(String address) {
            askSourceSoon();
        }
    }

    private void askSourceSoon() {
        AddressFeed asked = feed;
        if (asked != null) {
            asked.askSoon();
        }
    }

    @Override
    public void start() {
        if (isShuttingDown() || !started.compareAndSet(false, true)) {
            throw new IllegalStateException("a client starts once, and not after its shutdown");
        }
        endpoint.start();
        nameServers.start();
        if (feed != null) {
            feed.start();
        }
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
        try {
            return retireAll(deadline);
        } finally {
            ShutdownDeadline teardown = ShutdownDeadline.forTeardown();
            loops.shutdownGracefully(0, 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(1_000);
            endpoint.stop(teardown);
        }
    }

    private DrainReport retireAll(ShutdownDeadline deadline) {
        long beganNanos = System.nanoTime();
        if (!deadline.awaitNone(caller.requests(), caller.oneways(), listCaller.calls())) {
            log.warn(
                    "calls had not ended when the client's deadline came: {} two-way, {} one-way, {} through the name-server list",
                    caller.requests().get(),
                    caller.oneways().get(),
                    listCaller.calls().get());
        }
        if (feed != null) {
            feed.stop();
        }
        DrainTally tally = new DrainTally();
        slots.shutdown(tally, Math.max(deadline.leftMillis(), 500));
        boolean allEnded = deadline.awaitNone(slots.openConnections()) || tryForce();
        Duration duration = Duration.ofNanos(System.nanoTime() - beganNanos);
        deadline.awaitNone(endpoint.executions());
        return allEnded ? tally.report(duration) : tally.reportWithThoseLeft(duration);
    }

    /** Whether all connections have ended with that. */
    private boolean tryForce() {
        slots.end(true);
        if (ShutdownDeadline.in(Duration.ofMillis(2_500)).awaitNone(slots.openConnections())) {
            return true;
        }
        slots.end(false);
        if (ShutdownDeadline.in(Duration.ofMillis(500)).awaitNone(slots.openConnections())) {
            return true;
        }
        log.warn("{} connections cannot be closed: something blocks their event loops", slots.openConnections().get());
        return false;
    }

    @Override
    public RemotingCommand invokeSync(@Nullable String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingSendRequestException, RemotingTimeoutException {
        try {
            return addr == null
                    ? listCaller.invokeSync(request, timeoutMillis)
                    : caller.invokeSync(addr, request, timeoutMillis, direct);
        } catch (RemotingConnectException | RemotingSendRequestException | RemotingTimeoutException e) {
            throw e;
        } catch (RemotingException e) {
            throw Caller.asSendFailure(e);
        }
    }

    @Override
    public void invokeAsync(@Nullable String addr, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback) {
        if (addr == null) {
            CompletableFuture<RemotingCommand> result = new CompletableFuture<>();
            Caller.callBackWhenDone(result, request, timeoutMillis, invokeCallback);
            listCaller.invoke(request, timeoutMillis, result);
        } else {
            caller.invokeAsync(addr, request, timeoutMillis, direct, invokeCallback);
        }
    }

    @Override
    public CompletableFuture<RemotingCommand> invoke(@Nullable String addr, RemotingCommand request, long timeoutMillis) {
        if (addr != null) {
            return caller.invoke(addr, request, timeoutMillis, direct);
        }
        CompletableFuture<RemotingCommand> result = new CompletableFuture<>();
        listCaller.invoke(request, timeoutMillis, result);
        return result;
    }

    @Override
    public void invokeOneway(@Nullable String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingTooMuchRequestException, RemotingTimeoutException,
                    RemotingSendRequestException {
        try {
            if (addr == null) {
                listCaller.invokeOneway(request, timeoutMillis);
            } else {
                caller.invokeOneway(addr, request, timeoutMillis, directOneway);
            }
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
    public CompletableFuture<@Nullable Void> invokeOnewayAsync(@Nullable String addr, RemotingCommand request, long timeoutMillis) {
        if (addr != null) {
            return caller.invokeOnewayAsync(addr, request, timeoutMillis, directOneway);
        }
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        listCaller.invokeOneway(request, timeoutMillis, result);
        return result;
    }

    private void send(String addr, RemotingCommand request, long deadlineNanos, ReplyListener listener) {
        RemotingSendRequestException no = whyNotCall();
        if (no != null) {
            listener.onFailure(no);
        } else {
            slots.get(addr).submit(new ClientInvocation(endpoint.counters(), request, deadlineNanos, listener, null));
        }
    }

    private void sendOneway(String addr, RemotingCommand request, long deadlineNanos, WriteListener listener) {
        RemotingSendRequestException no = whyNotCall();
        if (no != null) {
            listener.onFailure(no);
        } else {
            slots.get(addr).submit(new ClientOneway(request, deadlineNanos, listener, null));
        }
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
    public void updateNameServerAddressList(List<String> addrs) {
        nameServers.update(addrs);
    }

    @Override
    public List<String> getNameServerAddressList() {
        return nameServers.addresses();
    }

    @Override
    public List<String> getAvailableNameSrvList() {
        return nameServers.ready();
    }

    @Override
    public AddressState addressState(String addr) {
        return slots.state(addr);
    }

    @Override
    public void addAddressStateListener(AddressStateListener listener) {
        watchers.add(listener);
    }

    @Override
    public void removeAddressStateListener(AddressStateListener listener) {
        watchers.remove(listener);
    }

    @Override
    public void closeChannels(List<String> addrList) {
        for (String addr : addrList) {
            ChannelWrapper slot = slots.find(addr);
            if (slot != null) {
                slot.closeConnection();
            }
        }
    }

    @Override
    public boolean isAddressReachable(String addr) {
        if (slots.state(addr) == AddressState.READY) {
            return true;
        }
        if (OwnThreads.onEventLoop() || whyNotCall() != null) {
            return false;
        }
        // Looking its name up, TCP, HELLO, the session: each has its own limit, this one only backs them.
        Probe probe = new Probe(TimeUnit.MILLISECONDS.toNanos(3L * settings.connectTimeoutMillis() + 2 * HelloMemory.ANSWER_MILLIS));
        slots.get(addr).submit(probe);
        try {
            return probe.reachable().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("a probe never fails", e);
        }
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
