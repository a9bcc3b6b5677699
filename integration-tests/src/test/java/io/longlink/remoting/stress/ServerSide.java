package io.longlink.remoting.stress;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import io.longlink.remoting.stress.Call.Kind;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The server of a lane. It keeps its threads while the sub-server on the lane's port is replaced, for these are what costs. One thread at a
 * time changes what is on the port; everything else is thread-safe.
 */
final class ServerSide {
    /**
     * Where Linux has an address of its own for us: connections that others make begin at 127.0.0.1, so none of them takes a port of ours
     * while nobody listens there for a moment.
     */
    static final String HOST = System.getProperty("os.name").equals("Linux") ? "127.0.0.2" : "127.0.0.1";

    private final Batch batch;
    private final NettyRemotingServer threads;
    private final Connections connections;
    private final Processors processors;
    private volatile @Nullable RemotingServer onPort;
    private volatile Parking parking = new Parking();

    ServerSide(Batch batch, Supplier<Story> story, RandomGenerator random) {
        this.batch = batch;
        this.connections = new Connections("the server", story);
        this.processors = new Processors(batch, "the server");
        this.threads = new NettyRemotingServer(config(random), connections);
        threads.start();
    }

    private static NettyServerConfig config(RandomGenerator random) {
        return new NettyServerConfig()
                .setBindAddress(HOST)
                .setListenPort(0)
                .setServerCallbackExecutorThreads(2)
                .setLameDuckMillis(random.nextInt(4) == 0 ? 2 : 0)
                // Every other tells its clients to go away now and then, without leaving.
                .setMaxConnectionAgeMillis(random.nextBoolean() ? 0 : 20 + random.nextInt(400))
                .setTransport(TransportOptions.defaults().withEventLoopThreads(1 + random.nextInt(2)));
    }

    Connections connections() {
        return connections;
    }

    NettyRemotingServer caller() {
        return threads;
    }

    Parking parking() {
        return parking;
    }

    /**
     * Puts a new sub-server on the port.
     *
     * @param port 0 for any that is free
     * @return the port
     */
    int listen(int port) {
        Parking fresh = new Parking();
        RemotingServer server = threads.newRemotingServer(port);
        server.registerProcessor(Kind.ECHO.code(), processors.answering(), null);
        server.registerProcessor(Kind.ON_LOOP.code(), processors.answering(), ImmediateEventExecutor.INSTANCE);
        server.registerProcessor(Kind.HELD.code(), processors.holding(), batch.threads().workers());
        server.registerProcessor(Kind.DEFERRED.code(), processors.deferring(), null);
        server.registerProcessor(Kind.PARKED.code(), processors.parking(fresh), null);
        server.registerProcessor(Kind.ONEWAY.code(), processors.taking(), null);
        server.registerDrainHook(fresh::answerOrRefuseAll);
        server.start();
        parking = fresh;
        onPort = server;
        return server.localListenPort();
    }

    /** Begins to drain the port; when this returns, another one may listen there. */
    CompletableFuture<DrainReport> leavePort(Duration timeout) {
        RemotingServer leaving = onPort;
        if (leaving == null) {
            throw new IllegalStateException("nobody is on the port");
        }
        onPort = null;
        return leaving.shutdownGracefully(timeout);
    }

    /** Begins to drain the port and to end the threads; when this returns, another one may listen there. */
    CompletableFuture<DrainReport> end(Duration timeout) {
        return threads.shutdownGracefully(timeout);
    }

    /** Asserts that nothing is left, after the end. */
    void assertNothingLeft() throws Exception {
        Leftovers.assertNone(batch, "the server", threads, connections, processors);
    }
}
