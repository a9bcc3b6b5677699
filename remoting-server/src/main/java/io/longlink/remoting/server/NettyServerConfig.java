package io.longlink.remoting.server;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.netty.NettyDecoder;
import io.longlink.remoting.protocol.MQVersion;
import io.longlink.remoting.protocol.SerializeType;
import java.util.Objects;
import org.apache.commons.lang3.Validate;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a server. Setters check their range and return {@code this}; the server takes a snapshot when it is constructed, so later
 * changes do not reach it. Not thread-safe.
 */
public final class NettyServerConfig {
    private String bindAddress = "0.0.0.0";
    private int listenPort = 0;
    private int serverCallbackExecutorThreads = Math.max(4, Runtime.getRuntime().availableProcessors());
    private int serverOnewaySemaphoreValue = 65_535;
    private int serverAsyncSemaphoreValue = 65_535;
    private boolean enableShutdownGracefully = true;
    private int shutdownWaitTimeSeconds = 30;
    private boolean shutdownOnJvmExit = false;
    private long lameDuckMillis = 0;
    private long quietMillis = 1_000;
    private long deferredTimeoutMillis = 60_000;
    private long minPingIntervalMillis = 5_000;
    private long maxIdleMillis = 120_000;
    private int serverChannelMaxIdleTimeSeconds = 120;
    private long readerIdleMillis = 0;
    private long maxConnectionIdleMillis = 0;
    private long maxConnectionAgeMillis = 0;
    private int maxConnections = 0;
    private int frameMaxLength = NettyDecoder.maxFrameLengthFromSystemProperty();
    private long frameTimeoutMillis = 30_000;
    private @Nullable Integer version;
    private SerializeType serializeType = SerializeType.JSON;
    private TransportOptions transport = TransportOptions.defaults();

    /** The address to listen on; default {@code 0.0.0.0}. */
    public NettyServerConfig setBindAddress(String bindAddress) {
        this.bindAddress = Validate.notBlank(bindAddress, "bindAddress must not be blank");
        return this;
    }

    /** What is set. */
    public String getBindAddress() {
        return bindAddress;
    }

    /** The port to listen on, 0 to 65535; default 0, any free port. */
    public NettyServerConfig setListenPort(int listenPort) {
        Validate.inclusiveBetween(0, 65_535, listenPort, "listenPort must be from 0 to 65535: " + listenPort);
        this.listenPort = listenPort;
        return this;
    }

    /** What is set. */
    public int getListenPort() {
        return listenPort;
    }

    /**
     * Threads for processors that were registered without an executor, and for callbacks, each; 1 or more; default the number of
     * processors, at least 4.
     */
    public NettyServerConfig setServerCallbackExecutorThreads(int threads) {
        this.serverCallbackExecutorThreads = positive("serverCallbackExecutorThreads", threads);
        return this;
    }

    /** What is set. */
    public int getServerCallbackExecutorThreads() {
        return serverCallbackExecutorThreads;
    }

    /** One-way requests to clients that may wait to be written at a time; default 65,535. */
    public NettyServerConfig setServerOnewaySemaphoreValue(int permits) {
        this.serverOnewaySemaphoreValue = positive("serverOnewaySemaphoreValue", permits);
        return this;
    }

    /** What is set. */
    public int getServerOnewaySemaphoreValue() {
        return serverOnewaySemaphoreValue;
    }

    /** Two-way requests to clients that may be in flight at a time; default 65,535. */
    public NettyServerConfig setServerAsyncSemaphoreValue(int permits) {
        this.serverAsyncSemaphoreValue = positive("serverAsyncSemaphoreValue", permits);
        return this;
    }

    /** What is set. */
    public int getServerAsyncSemaphoreValue() {
        return serverAsyncSemaphoreValue;
    }

    /** Whether {@code shutdown()} drains; default true. If not, connections are flushed and closed, within 3 s. */
    public NettyServerConfig setEnableShutdownGracefully(boolean enable) {
        this.enableShutdownGracefully = enable;
        return this;
    }

    /** What is set. */
    public boolean isEnableShutdownGracefully() {
        return enableShutdownGracefully;
    }

    /** How long {@code shutdown()} drains at most, in seconds; default 30. Under Kubernetes, whose grace is 30 s, use 25. */
    public NettyServerConfig setShutdownWaitTimeSeconds(int seconds) {
        Validate.isTrue(seconds >= 0, "shutdownWaitTimeSeconds must be 0 or more: %d", seconds);
        this.shutdownWaitTimeSeconds = seconds;
        return this;
    }

    /** What is set. */
    public int getShutdownWaitTimeSeconds() {
        return shutdownWaitTimeSeconds;
    }

    /** Whether {@code start()} installs a JVM shutdown hook that shuts down gracefully; default false. */
    public NettyServerConfig setShutdownOnJvmExit(boolean install) {
        this.shutdownOnJvmExit = install;
        return this;
    }

    /**
     * How long everything, new connections included, is served as usual after a shutdown has begun, in milliseconds; default 0. For load
     * balancers that need time to look away. Counts against the deadline.
     */
    public NettyServerConfig setLameDuckMillis(long millis) {
        Validate.isTrue(millis >= 0, "lameDuckMillis must be 0 or more: %d", millis);
        this.lameDuckMillis = millis;
        return this;
    }

    /**
     * How long a peer that does not know the announcement must be quiet during a drain before it is closed, in milliseconds; default
     * 1,000. Must exceed the round trip.
     */
    public NettyServerConfig setQuietMillis(long millis) {
        this.quietMillis = positive("quietMillis", millis);
        return this;
    }

    /** How long a request may stay unanswered by its processor before it is given up, in milliseconds; default 60,000. */
    public NettyServerConfig setDeferredTimeoutMillis(long millis) {
        this.deferredTimeoutMillis = positive("deferredTimeoutMillis", millis);
        return this;
    }

    /**
     * Told to clients: PINGs that come more often are too many, in milliseconds; default 5,000. Who sends two in a row at less than three
     * quarters of it is told to go away.
     */
    public NettyServerConfig setMinPingIntervalMillis(long millis) {
        this.minPingIntervalMillis = positive("minPingIntervalMillis", millis);
        return this;
    }

    /**
     * Told to clients that say HELLO: how long they may be silent before their connection is closed, in milliseconds; default 120,000.
     * They send PINGs so as not to be, so it must exceed {@code minPingIntervalMillis}, better threefold.
     */
    public NettyServerConfig setMaxIdleMillis(long millis) {
        this.maxIdleMillis = positive("maxIdleMillis", millis);
        return this;
    }

    /**
     * How long there may be no byte either way and nothing in flight before the connection of a client that does not know HELLO, such as
     * RocketMQ's, is closed, in seconds; 0 for ever; default 120.
     */
    public NettyServerConfig setServerChannelMaxIdleTimeSeconds(int seconds) {
        this.serverChannelMaxIdleTimeSeconds = (int) notNegative("serverChannelMaxIdleTimeSeconds", seconds);
        return this;
    }

    /** What is set. */
    public int getServerChannelMaxIdleTimeSeconds() {
        return serverChannelMaxIdleTimeSeconds;
    }

    /**
     * How long any client may be silent before its connection is closed, whatever is in flight, in milliseconds; default 0, no such limit.
     */
    public NettyServerConfig setReaderIdleMillis(long millis) {
        this.readerIdleMillis = notNegative("readerIdleMillis", millis);
        return this;
    }

    /**
     * How long a connection may go without a request, in flight or answered, before its client is told to go away, in milliseconds;
     * PINGs do not count; default 0, for ever. The client connects again when it needs to.
     */
    public NettyServerConfig setMaxConnectionIdleMillis(long millis) {
        this.maxConnectionIdleMillis = notNegative("maxConnectionIdleMillis", millis);
        return this;
    }

    /**
     * How old a connection may become before its client is told to go away, which it does without losing a request, in milliseconds;
     * each gets up to a tenth more or less, so that not all move at once; default 0, for ever. For load balancers that only spread new
     * connections.
     */
    public NettyServerConfig setMaxConnectionAgeMillis(long millis) {
        this.maxConnectionAgeMillis = notNegative("maxConnectionAgeMillis", millis);
        return this;
    }

    /**
     * How many connections each listening port takes; one more is closed at once; default 0, any number. Those whose clients were told to
     * go away do not count any more, so that there is room for the connections they make instead.
     */
    public NettyServerConfig setMaxConnections(int connections) {
        this.maxConnections = (int) notNegative("maxConnections", connections);
        return this;
    }

    /**
     * Bytes of the largest frame, its length word included; default 16 MiB or what the system property
     * {@code com.rocketmq.remoting.frameMaxLength} says.
     */
    public NettyServerConfig setFrameMaxLength(int bytes) {
        Validate.isTrue(bytes >= 1024, "frameMaxLength must be 1024 or more: %d", bytes);
        this.frameMaxLength = bytes;
        return this;
    }

    /**
     * How long a frame that has begun may take, in milliseconds; 0 for ever; default 30,000. A large frame on a slow link gets as long
     * again whenever it has grown by 64 KiB. Beyond that its connection is closed, as for a malformed frame.
     */
    public NettyServerConfig setFrameTimeoutMillis(long millis) {
        this.frameTimeoutMillis = notNegative("frameTimeoutMillis", millis);
        return this;
    }

    /** The version stamped on commands that have none; default the system property {@code rocketmq.remoting.version}, else 515. */
    public NettyServerConfig setVersion(int version) {
        Validate.inclusiveBetween(0, Short.MAX_VALUE, version, "version must be from 0 to 32767, the binary header has 16 bits: " + version);
        this.version = version;
        return this;
    }

    /** The header format of requests that have none; default JSON. Answers take their request's. */
    public NettyServerConfig setSerializeType(SerializeType serializeType) {
        this.serializeType = Objects.requireNonNull(serializeType, "serializeType");
        return this;
    }

    /** Sockets and event loops. */
    public NettyServerConfig setTransport(TransportOptions transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    private static int positive(String name, int value) {
        positive(name, (long) value);
        return value;
    }

    private static long positive(String name, long value) {
        Validate.isTrue(value > 0, name + " must be above 0: %d", value);
        return value;
    }

    private static long notNegative(String name, long value) {
        Validate.isTrue(value >= 0, name + " must be 0 or more: %d", value);
        return value;
    }

    /** Checks what needs more than one setting, and freezes. */
    ServerSettings snapshot() {
        Validate.isTrue(
                lameDuckMillis < shutdownWaitTimeSeconds * 1000L || lameDuckMillis == 0,
                "lameDuckMillis (%d) must be below shutdownWaitTimeSeconds (%d)",
                lameDuckMillis,
                shutdownWaitTimeSeconds);
        Validate.isTrue(
                maxIdleMillis > minPingIntervalMillis,
                "maxIdleMillis (%d) must be above minPingIntervalMillis (%d)",
                maxIdleMillis,
                minPingIntervalMillis);
        return new ServerSettings(
                bindAddress,
                listenPort,
                serverCallbackExecutorThreads,
                serverOnewaySemaphoreValue,
                serverAsyncSemaphoreValue,
                enableShutdownGracefully ? shutdownWaitTimeSeconds : 0,
                shutdownOnJvmExit,
                lameDuckMillis,
                quietMillis,
                deferredTimeoutMillis,
                minPingIntervalMillis,
                maxIdleMillis,
                serverChannelMaxIdleTimeSeconds,
                readerIdleMillis,
                maxConnectionIdleMillis,
                maxConnectionAgeMillis,
                maxConnections,
                frameMaxLength,
                frameTimeoutMillis,
                version == null ? MQVersion.defaultVersion() : version,
                serializeType,
                transport);
    }
}
