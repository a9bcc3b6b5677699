package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingService;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Makes the servers, clients and peers of one test and ends them behind it. A test that leaves a connection open, a request executing, an
 * event unheard, or an ERROR in the log that it did not announce, fails. Thread-safe.
 */
final class Services implements BeforeEachCallback, AfterEachCallback {

    /** The one time limit of this module: whatever has not happened by then does not happen. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What calls get as their own time limit when it does not matter. */
    static final long CALL_MILLIS = 8_000;

    private static final TransportOptions ONE_LOOP = TransportOptions.defaults().withEventLoopThreads(1);

    private final List<AutoCloseable> peers = new CopyOnWriteArrayList<>();
    private final List<RemotingService> services = new CopyOnWriteArrayList<>();
    private final List<ExecutorService> executors = new CopyOnWriteArrayList<>();
    private final ErrorLog errors = new ErrorLog();

    /** Remembers what the log was told on level ERROR, and what Netty was worried about. */
    private static final class ErrorLog extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private volatile boolean announced;

        @Override
        protected void append(ILoggingEvent event) {
            boolean netty = event.getLoggerName().startsWith("io.netty") && event.getLevel().isGreaterOrEqual(Level.WARN);
            if (netty || event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                lines.add(event.getLoggerName() + ": " + event.getFormattedMessage());
            }
        }
    }

    // ---------------------------------------------------------------- what tests use

    /** A server's settings for tests: a free port, one event loop, quick to see that a stock peer is quiet. */
    static NettyServerConfig serverConfig() {
        return new NettyServerConfig()
                .setBindAddress("127.0.0.1")
                .setListenPort(0)
                .setServerCallbackExecutorThreads(4)
                .setShutdownWaitTimeSeconds(8)
                .setQuietMillis(200)
                .setTransport(ONE_LOOP);
    }

    /** A client's settings for tests: one event loop. */
    static NettyClientConfig clientConfig() {
        return new NettyClientConfig().setClientCallbackExecutorThreads(4).setShutdownWaitTimeSeconds(8).setTransport(ONE_LOOP);
    }

    /** A server that listens on a free port. */
    NettyRemotingServer server() {
        return server(serverConfig());
    }

    NettyRemotingServer server(NettyServerConfig config) {
        return started(new NettyRemotingServer(config));
    }

    NettyRemotingServer server(NettyServerConfig config, ChannelEventListener listener) {
        return started(new NettyRemotingServer(config, listener));
    }

    NettyRemotingClient client() {
        return client(clientConfig());
    }

    NettyRemotingClient client(NettyClientConfig config) {
        return started(new NettyRemotingClient(config));
    }

    NettyRemotingClient client(NettyClientConfig config, ChannelEventListener listener) {
        return started(new NettyRemotingClient(config, listener));
    }

    private <T extends RemotingService> T started(T service) {
        ended(service).start();
        return service;
    }

    /** Ends a service behind the test that the test starts itself, or never. */
    <T extends RemotingService> T ended(T service) {
        services.add(service);
        return service;
    }

    /** A port that plays a server. */
    ScriptedPeer peer() {
        ScriptedPeer peer = ScriptedPeer.listen();
        peers.add(peer);
        return peer;
    }

    /** A connection that plays a client. */
    ScriptedPeer.Connection connect(int port) {
        ScriptedPeer.Connection connection = ScriptedPeer.connect(port);
        peers.add(connection);
        return connection;
    }

    FaultyProxy proxy(int targetPort) {
        FaultyProxy proxy = FaultyProxy.to(targetPort);
        peers.add(proxy);
        return proxy;
    }

    /** Threads of the test, or for processors. */
    ExecutorService executor(int threads) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        executors.add(executor);
        return executor;
    }

    /** Says that this test makes the library log an ERROR. */
    void errorsAreExpected() {
        errors.announced = true;
    }

    static String address(int port) {
        return "127.0.0.1:" + port;
    }

    static String address(NettyRemotingServer server) {
        return address(server.localListenPort());
    }

    static RemotingCommand request(int code, String body) {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        request.setBody(body.getBytes(StandardCharsets.UTF_8));
        return request;
    }

    static RemotingCommand response(String body) {
        RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
        response.setBody(body.getBytes(StandardCharsets.UTF_8));
        return response;
    }

    static String text(RemotingCommand command) {
        return command.getBody() == null ? "" : new String(command.getBody(), StandardCharsets.UTF_8);
    }

    /** Waits for something to become true. */
    static ConditionFactory eventually() {
        return Awaitility.await().atMost(TIMEOUT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** As {@link #eventually()}, for what comes thousands of times within a millisecond. */
    static ConditionFactory soon() {
        return eventually().pollInterval(Duration.ofMillis(1));
    }

    /** Does nothing for a while, where it is the passing of time that the test is about. */
    static void letPass(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plus(TIMEOUT)).until(() -> true);
    }

    /** The value of a future that is expected to come. */
    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return fail("nothing came within " + TIMEOUT, e);
        }
    }

    /** The failure of a call that is expected to fail, with this outcome. */
    static RemotingException failure(Outcome expected, CompletableFuture<?> call) {
        ExecutionException wrapped = assertThrows(ExecutionException.class, () -> get(call));
        RemotingException failure = assertInstanceOf(RemotingException.class, wrapped.getCause());
        assertEquals(expected, failure.outcome(), failure::toString);
        return failure;
    }

    // ---------------------------------------------------------------- before and behind a test

    private static Logger rootLog() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        errors.start();
        rootLog().addAppender(errors);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (AutoCloseable peer : peers) {
            peer.close();
        }
        for (ExecutorService executor : executors) {
            executor.shutdown();
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        }
        // One after the other, the last first: a sub-server before its parent.
        List<DrainReport> wrong = new ArrayList<>();
        for (int i = services.size() - 1; i >= 0; i--) {
            DrainReport report = get(services.get(i).shutdownGracefully(Duration.ZERO));
            if (!report.addsUp()) {
                wrong.add(report);
            }
        }
        rootLog().detachAppender(errors);
        assertEquals(List.of(), wrong, "do not add up");
        // A test that failed already has its own story to tell.
        if (context.getExecutionException().isEmpty()) {
            assertAll(services.stream().map(service -> () -> assertNothingLeft(service)));
            if (!errors.announced) {
                assertEquals(List.of(), List.copyOf(errors.lines), "what the log was told");
            }
        }
    }

    private static void assertNothingLeft(RemotingService service) {
        String stats = service.stats().toString();
        assertEquals(0, service.stats().get(Counter.CONNECTIONS_OPEN), stats);
        assertEquals(0, service.stats().get(Counter.EVENTS_DROPPED), stats);
        // A processor on an executor of the test may have been let go just now.
        eventually().until(() -> service.stats().get(Counter.EXECUTING) == 0);
    }
}
