package io.longlink.remoting.internal;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.netty.NettyEventExecutor;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one side of remoting has, whichever side it is: processors, hooks, events, counters, and the threads that run user code. Servers
 * and clients have one; they do not inherit from it. Thread-safe.
 */
public final class RemotingEndpoint {
    private static final Logger log = LoggerFactory.getLogger(RemotingEndpoint.class);

    /** Threads for what new connections need of user code; apart, so that processors and callbacks that wait for them cannot starve them. */
    private static final int SETUP_THREADS = 16;

    /** Requests that may wait for a thread of the shared executor; beyond that they are answered SYSTEM_BUSY. */
    private static final int PUBLIC_QUEUE_CAPACITY = 10_000;

    /** What the threads of one side share, also among a server and its sub-servers. */
    private record Shared(
            OwnThreads threads,
            EndpointSettings settings,
            Counters counters,
            NettyEventExecutor events,
            ThreadPoolExecutor publicExecutor,
            ThreadPoolExecutor callbackExecutor,
            ThreadPoolExecutor setupExecutor,
            ThreadPoolExecutor sessionExecutor,
            RandomGenerator random,
            ConcurrentMap<EventLoop, LoopDeadlines> deadlines) {}

    private final Shared shared;
    private final ProcessorTable processors = new ProcessorTable();
    private final HookChain hooks = new HookChain();
    private final InUseCount executions = new InUseCount();
    private final RequestDispatcher dispatcher;

    /** An endpoint whose threads do not run yet. */
    public RemotingEndpoint(OwnThreads threads, EndpointSettings settings, @Nullable ChannelEventListener listener) {
        // This generator, unlike others, may be used by several threads.
        this(threads, settings, listener, new Random());
    }

    /** @param random spreads what many connections would otherwise do at the same time; thread-safe */
    RemotingEndpoint(
            OwnThreads threads, EndpointSettings settings, @Nullable ChannelEventListener listener, RandomGenerator random) {
        this(new Shared(
                threads,
                settings,
                new Counters(),
                new NettyEventExecutor(threads.workers("events"), listener),
                RequestExecutors.pool(threads.workers("public"), settings.publicExecutorThreads(), PUBLIC_QUEUE_CAPACITY),
                RequestExecutors.pool(threads.workers("callback"), settings.callbackThreads(), callbackQueueCapacity(settings)),
                RequestExecutors.pool(threads.workers("setup"), SETUP_THREADS, PUBLIC_QUEUE_CAPACITY),
                RequestExecutors.pool(threads.workers("session"), 1, PUBLIC_QUEUE_CAPACITY),
                random,
                new ConcurrentHashMap<>()));
    }

    private RemotingEndpoint(Shared shared) {
        this.shared = shared;
        this.dispatcher = new RequestDispatcher(processors, hooks, shared.counters, executions, shared.threads);
    }

    /** Room for every call that may be in flight, and some for those that were refused. */
    private static int callbackQueueCapacity(EndpointSettings settings) {
        long wanted = (long) settings.requestPermits() + settings.onewayPermits() + PUBLIC_QUEUE_CAPACITY;
        return (int) Math.min(Integer.MAX_VALUE, wanted);
    }

    /** An endpoint with processors and hooks of its own and the threads and counters of this one. */
    public RemotingEndpoint newSubEndpoint() {
        return new RemotingEndpoint(shared);
    }

    /** Starts the event thread; executors start theirs on demand. */
    public void start() {
        shared.events.start();
    }

    /**
     * Makes a channel a connection of this endpoint: codec, then the connection's handler. Event loop only, from a channel initializer.
     *
     * @param remoteAddress how the peer is called in messages and events; {@code null} for its address, when somebody asks
     */
    public Connection attach(Channel channel, Side side, ConnectionOwner owner, @Nullable String remoteAddress) {
        ConnectionHandler handler = new ConnectionHandler(this, side, owner, channel, remoteAddress);
        channel.pipeline().addLast("traffic", handler.traffic()).addLast("connection", handler);
        return handler.connection();
    }

    /** Registers who answers a code; see {@link io.longlink.remoting.RemotingServer#registerProcessor}. */
    public void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable Executor executor) {
        processors.register(requestCode, registration(processor, executor));
    }

    /** Registers who answers all other codes. */
    public void registerDefaultProcessor(NettyRequestProcessor processor, @Nullable Executor executor) {
        processors.registerDefault(registration(processor, executor));
    }

    private ProcessorTable.Registration registration(NettyRequestProcessor processor, @Nullable Executor executor) {
        return new ProcessorTable.Registration(processor, executor == null ? shared.publicExecutor : executor);
    }

    /** Adds a hook. */
    public void addHook(@Nullable RPCHook hook) {
        hooks.add(hook);
    }

    /** Removes all hooks. */
    public void clearHooks() {
        hooks.clear();
    }

    /** The hooks. */
    public HookChain hooks() {
        return hooks;
    }

    /** The threads of this side. */
    public OwnThreads threads() {
        return shared.threads;
    }

    /** The settings. */
    public EndpointSettings settings() {
        return shared.settings;
    }

    /** Where events go. */
    public NettyEventExecutor events() {
        return shared.events;
    }

    /** The live counters. */
    public Counters counters() {
        return shared.counters;
    }

    /** Runs processors that came without an executor, and hooks that must not run on an event loop. */
    public Executor publicExecutor() {
        return shared.publicExecutor;
    }

    /** Runs callbacks and completes futures, unless the user gave an executor. */
    public ExecutorService callbackExecutor() {
        return shared.callbackExecutor;
    }

    /** Runs what a new connection needs and an event loop must not do: looking names up, hooks around HELLO, restoring sessions. */
    public Executor setupExecutor() {
        return shared.setupExecutor;
    }

    /**
     * Completes what a session restorer waits for; apart from {@link #setupExecutor}, where restorers that block may hold every thread.
     */
    public Executor sessionExecutor() {
        return shared.sessionExecutor;
    }

    RandomGenerator random() {
        return shared.random;
    }

    /** What an event loop waits for, for the connections that it serves. */
    LoopDeadlines deadlines(EventLoop loop) {
        return shared.deadlines.computeIfAbsent(loop, LoopDeadlines::new);
    }

    RequestDispatcher dispatcher() {
        return dispatcher;
    }

    /** A snapshot of all counters. */
    public RemotingStats stats() {
        return shared.counters.snapshot(Map.of(Counter.EVENTS_DROPPED, shared.events.droppedEvents()));
    }

    /** The requests of this endpoint that are with an executor, ours or the user's. */
    public InUseCount executions() {
        return executions;
    }

    /**
     * Ends the threads, when connections and event loops have ended; what still runs is interrupted. Events that wait are delivered until the
     * deadline (DESIGN 7).
     */
    public void stop(ShutdownDeadline deadline) throws InterruptedException {
        shared.setupExecutor.shutdownNow();
        shared.sessionExecutor.shutdownNow();
        shared.publicExecutor.shutdownNow().forEach(RequestDispatcher::abandon);
        shared.callbackExecutor.shutdown();
        if (!shared.callbackExecutor.awaitTermination(Math.min(1_000, deadline.leftMillis()), TimeUnit.MILLISECONDS)) {
            List<Runnable> rest = shared.callbackExecutor.shutdownNow();
            log.warn("a callback holds up the shutdown, it is interrupted; {} more are called behind the shutdown", rest.size());
            shared.threads.newThread("late-callbacks", () -> rest.forEach(Runnable::run)).start();
        }
        shared.events.shutdown(Duration.ofMillis(deadline.leftMillis()));
    }
}
