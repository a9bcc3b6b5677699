package io.longlink.remoting.client;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.netty.NettyDecoder;
import io.longlink.remoting.protocol.MQVersion;
import io.longlink.remoting.protocol.SerializeType;
import java.util.Objects;
import org.apache.commons.lang3.Validate;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a client. Setters check their range and return {@code this}; the client takes a snapshot when it is constructed, so later
 * changes do not reach it. Not thread-safe.
 */
public final class NettyClientConfig {
    private int connectTimeoutMillis = 3_000;
    private int clientCallbackExecutorThreads = Math.max(2, Runtime.getRuntime().availableProcessors());
    private int clientOnewaySemaphoreValue = 65_535;
    private int clientAsyncSemaphoreValue = 65_535;
    private boolean negotiate = true;
    private long pingIntervalMillis = 15_000;
    private long writerIdleMillis = 0;
    private long allIdleMillis = 0;
    private long readerIdleMillis = 0;
    private boolean clientCloseSocketIfTimeout = false;
    private long goAwayHoldMillis = 30_000;
    private int maxWaitingRequests = 4_096;
    private long maxWaitingBytes = 16L * 1024 * 1024;
    private int shutdownWaitTimeSeconds = 10;
    private boolean shutdownOnJvmExit = false;
    private long deferredTimeoutMillis = 60_000;
    private int frameMaxLength = NettyDecoder.maxFrameLengthFromSystemProperty();
    private long frameTimeoutMillis = 30_000;
    private @Nullable Integer version;
    private SerializeType serializeType = SerializeType.JSON;
    private TransportOptions transport = TransportOptions.defaults();
    private @Nullable SessionRestorer sessionRestorer;
    private @Nullable AddressSource addressSource;
    private ReconnectPolicy reconnectPolicy = ReconnectPolicy.fullJitter();

    /** How long looking a name up, TCP, hooks around HELLO, and a session restorer may take, each, in milliseconds; default 3,000. */
    public NettyClientConfig setConnectTimeoutMillis(int millis) {
        this.connectTimeoutMillis = positive("connectTimeoutMillis", millis);
        return this;
    }

    /** What is set. */
    public int getConnectTimeoutMillis() {
        return connectTimeoutMillis;
    }

    /**
     * Threads for callbacks and futures, and for processors that were registered without an executor, each; 1 or more; default the number
     * of processors, at least 2.
     */
    public NettyClientConfig setClientCallbackExecutorThreads(int threads) {
        this.clientCallbackExecutorThreads = positive("clientCallbackExecutorThreads", threads);
        return this;
    }

    /** What is set. */
    public int getClientCallbackExecutorThreads() {
        return clientCallbackExecutorThreads;
    }

    /** One-way requests that may wait to be written at a time; default 65,535. */
    public NettyClientConfig setClientOnewaySemaphoreValue(int permits) {
        this.clientOnewaySemaphoreValue = positive("clientOnewaySemaphoreValue", permits);
        return this;
    }

    /** What is set. */
    public int getClientOnewaySemaphoreValue() {
        return clientOnewaySemaphoreValue;
    }

    /** Two-way requests that may be in flight at a time, of whichever shape; default 65,535. */
    public NettyClientConfig setClientAsyncSemaphoreValue(int permits) {
        this.clientAsyncSemaphoreValue = positive("clientAsyncSemaphoreValue", permits);
        return this;
    }

    /** What is set. */
    public int getClientAsyncSemaphoreValue() {
        return clientAsyncSemaphoreValue;
    }

    /** Whether to open connections with HELLO; default true. Without it every server is taken for a stock one. */
    public NettyClientConfig setNegotiate(boolean negotiate) {
        this.negotiate = negotiate;
        return this;
    }

    /**
     * How long a server that answered HELLO may be silent, or may hear nothing of us, before it gets a PING, in milliseconds; default
     * 15,000. A server that lets not one byte come for 5 s after that is taken for dead, and its connection is closed. Never more often
     * than the server allows.
     */
    public NettyClientConfig setPingIntervalMillis(long millis) {
        this.pingIntervalMillis = positive("pingIntervalMillis", millis);
        return this;
    }

    /**
     * How long nothing may be written before a server that answered HELLO gets a PING, in milliseconds; default 0, as
     * {@code pingIntervalMillis} says. With 3,000, {@code allIdleMillis} 5,000 and {@code readerIdleMillis} 10,000 idle connections
     * behave as in the articles on RocketMQ's long connections, as far as the server allows PINGs that often.
     */
    public NettyClientConfig setWriterIdleMillis(long millis) {
        this.writerIdleMillis = notNegative("writerIdleMillis", millis);
        return this;
    }

    /**
     * How long nothing may be read and nothing written before a server that answered HELLO gets a PING, in milliseconds; default 0, as
     * {@code pingIntervalMillis} says; in the articles 5,000.
     */
    public NettyClientConfig setAllIdleMillis(long millis) {
        this.allIdleMillis = notNegative("allIdleMillis", millis);
        return this;
    }

    /**
     * How long any server may be silent before its connection is closed, in milliseconds; default 0, no such limit; in the articles
     * 10,000. Servers that do not know HELLO are never sent a PING, so that with this setting somebody has to ask them something in time.
     */
    public NettyClientConfig setReaderIdleMillis(long millis) {
        this.readerIdleMillis = notNegative("readerIdleMillis", millis);
        return this;
    }

    /**
     * Whether every request that times out closes its connection, as in RocketMQ; default false: only if not one byte came since the
     * request was written, the server gets a PING, or, if it does not know HELLO, its connection is closed.
     */
    public NettyClientConfig setClientCloseSocketIfTimeout(boolean close) {
        this.clientCloseSocketIfTimeout = close;
        return this;
    }

    /** What is set. */
    public boolean isClientCloseSocketIfTimeout() {
        return clientCloseSocketIfTimeout;
    }

    /**
     * How long an address that said GO_AWAY is expected back, in milliseconds; default 30,000. The server's own grace counts if it is
     * longer. Requests wait that long, each until its own deadline.
     */
    public NettyClientConfig setGoAwayHoldMillis(long millis) {
        Validate.isTrue(millis >= 0, "goAwayHoldMillis must be 0 or more: %d", millis);
        this.goAwayHoldMillis = millis;
        return this;
    }

    /** New requests that may wait for one address; default 4,096. Refused ones that are sent again always find a place. */
    public NettyClientConfig setMaxWaitingRequests(int requests) {
        this.maxWaitingRequests = positive("maxWaitingRequests", requests);
        return this;
    }

    /** Body bytes of new requests that may wait for one address; default 16 MiB. */
    public NettyClientConfig setMaxWaitingBytes(long bytes) {
        this.maxWaitingBytes = positive("maxWaitingBytes", bytes);
        return this;
    }

    /** How long {@code shutdown()} lets accepted calls finish, in seconds; default 10. */
    public NettyClientConfig setShutdownWaitTimeSeconds(int seconds) {
        Validate.isTrue(seconds >= 0, "shutdownWaitTimeSeconds must be 0 or more: %d", seconds);
        this.shutdownWaitTimeSeconds = seconds;
        return this;
    }

    /** Whether {@code start()} installs a JVM shutdown hook that shuts down gracefully; default false. */
    public NettyClientConfig setShutdownOnJvmExit(boolean install) {
        this.shutdownOnJvmExit = install;
        return this;
    }

    /** How long a server's request may stay unanswered by its processor here, in milliseconds; default 60,000. */
    public NettyClientConfig setDeferredTimeoutMillis(long millis) {
        this.deferredTimeoutMillis = positive("deferredTimeoutMillis", millis);
        return this;
    }

    /**
     * Bytes of the largest frame, its length word included; default 16 MiB or what the system property
     * {@code com.rocketmq.remoting.frameMaxLength} says.
     */
    public NettyClientConfig setFrameMaxLength(int bytes) {
        Validate.isTrue(bytes >= 1024, "frameMaxLength must be 1024 or more: %d", bytes);
        this.frameMaxLength = bytes;
        return this;
    }

    /**
     * How long a frame that has begun may take, in milliseconds; 0 for ever; default 30,000. A large frame on a slow link gets as long
     * again whenever it has grown by 64 KiB. Beyond that its connection is closed, as for a malformed frame.
     */
    public NettyClientConfig setFrameTimeoutMillis(long millis) {
        this.frameTimeoutMillis = notNegative("frameTimeoutMillis", millis);
        return this;
    }

    /** The version stamped on commands that have none; default the system property {@code rocketmq.remoting.version}, else 515. */
    public NettyClientConfig setVersion(int version) {
        Validate.inclusiveBetween(0, Short.MAX_VALUE, version, "version must be from 0 to 32767, the binary header has 16 bits: " + version);
        this.version = version;
        return this;
    }

    /** The header format of requests that have none; default JSON. */
    public NettyClientConfig setSerializeType(SerializeType serializeType) {
        this.serializeType = Objects.requireNonNull(serializeType, "serializeType");
        return this;
    }

    /** Sockets and event loops. */
    public NettyClientConfig setTransport(TransportOptions transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /** What to do on each new connection before traffic; default {@code null}, nothing. */
    public NettyClientConfig setSessionRestorer(@Nullable SessionRestorer sessionRestorer) {
        this.sessionRestorer = sessionRestorer;
        return this;
    }

    /** When to reconnect to a dead address, and when to give up; default {@link ReconnectPolicy#fullJitter()}. */
    public NettyClientConfig setReconnectPolicy(ReconnectPolicy reconnectPolicy) {
        this.reconnectPolicy = Objects.requireNonNull(reconnectPolicy, "reconnectPolicy");
        return this;
    }

    /**
     * Who tells the name-server list; default {@code null}: only {@code updateNameServerAddressList} does. Whoever tells last is right. The
     * source is first asked by {@code start()}, which does not wait for it: a list set before serves until the answer comes.
     */
    public NettyClientConfig setAddressSource(@Nullable AddressSource addressSource) {
        this.addressSource = addressSource;
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

    /** Freezes. */
    ClientSettings snapshot() {
        return new ClientSettings(
                connectTimeoutMillis,
                clientCallbackExecutorThreads,
                clientOnewaySemaphoreValue,
                clientAsyncSemaphoreValue,
                negotiate,
                pingIntervalMillis,
                writerIdleMillis,
                allIdleMillis,
                readerIdleMillis,
                clientCloseSocketIfTimeout,
                goAwayHoldMillis,
                maxWaitingRequests,
                maxWaitingBytes,
                shutdownWaitTimeSeconds,
                shutdownOnJvmExit,
                deferredTimeoutMillis,
                frameMaxLength,
                frameTimeoutMillis,
                version == null ? MQVersion.defaultVersion() : version,
                serializeType,
                transport,
                sessionRestorer,
                reconnectPolicy,
                addressSource);
    }
}
