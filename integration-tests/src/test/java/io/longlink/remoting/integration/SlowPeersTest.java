package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers that do not read, or write byte by byte: what waits for them is bounded, and nobody else notices (DESIGN 8). */
@ExtendWith(LeakGuard.class)
class SlowPeersTest {
    private static final int BIG = 7;
    private static final int ECHO = 8;
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Small, so that a few requests fill them; the kernel makes up to some hundreds of KiB of it, for both directions together. */
    private static final int SOCKET_BUFFER_BYTES = 32 * KIB;

    private static final int KERNEL_BYTES = MIB / 2;
    private static final TransportOptions TRANSPORT = TransportOptions.defaults()
            .withEventLoopThreads(1)
            .withSocketBuffers(SOCKET_BUFFER_BYTES, SOCKET_BUFFER_BYTES);

    @RegisterExtension
    final Services services = new Services();

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicReference<Channel> served = new AtomicReference<>();

    // ---------------------------------------------------------------- who asks a server for much and does not read it

    private static final int ANSWER_BYTES = 256 * KIB;
    private static final int REQUEST_BYTES = 16 * KIB;
    private static final int REQUESTS = 300;

    private NettyRemotingServer server(ExecutorService executor) {
        NettyRemotingServer server = services.server(Services.serverConfig().setTransport(TRANSPORT));
        server.registerProcessor(BIG, (ctx, request) -> {
            served.set(ctx.channel());
            made.incrementAndGet();
            RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
            response.setBody(new byte[ANSWER_BYTES]);
            return response;
        }, executor);
        server.registerProcessor(ECHO, new Executions().echo(), null);
        return server;
    }

    private ScriptedPeer.Connection reluctantReader(NettyRemotingServer server) {
        return services.closed(ScriptedPeer.connectWithReceiveBuffer(server.localListenPort(), SOCKET_BUFFER_BYTES));
    }

    /** Asks on and on; blocks when the server reads no more. */
    private Future<?> askForMuch(ScriptedPeer.Connection peer) {
        byte[] body = new byte[REQUEST_BYTES];
        return services.executor(1).submit(() -> {
            for (int i = 0; i < REQUESTS; i++) {
                peer.send(Frame.request(BIG).withOpaque(i).withBody(body));
            }
        });
    }

    /** Until the server reads no more, and is done with all that it has read. */
    private void awaitStandstill(NettyRemotingServer server) throws Exception {
        eventually().until(() -> served.get() != null && !served.get().config().isAutoRead());
        get(served.get().eventLoop().submit(() -> {}));
        eventually().until(() -> server.stats().get(Counter.EXECUTING) == 0);
        get(served.get().eventLoop().submit(() -> {}));
    }

    /**
     * What the server holds for it is what the buffer takes, and the answers to what one turn of the event loop has read: one read buffer
     * (64 KiB) where processors run on the loop itself, sixteen and the executor's queue where they do not.
     */
    @ParameterizedTest
    @CsvSource({"true, 5", "false, 74"})
    void reader_thatNeverReads_isReadNoMoreAndItsAnswersAreBounded(boolean onTheLoop, int answersBehindTheMark) throws Exception {
        ExecutorService executor = onTheLoop ? RequestExecutors.eventLoop() : smallExecutor();
        NettyRemotingServer server = server(executor);
        ScriptedPeer.Connection peer = reluctantReader(server);
        Future<?> asking = askForMuch(peer);
        awaitStandstill(server);

        long bound = MIB + (answersBehindTheMark + 1L) * ANSWER_BYTES;
        long waiting = served.get().bytesBeforeWritable() + 256 * KIB;
        assertTrue(waiting > MIB && waiting <= bound, () -> waiting + " bytes wait, the bound is " + bound);
        long answered = (long) made.get() * ANSWER_BYTES;
        assertTrue(answered <= bound + KERNEL_BYTES, () -> answered + " bytes of answers were made");
        assertTrue(server.stats().get(Counter.REQUESTS_RECEIVED) < REQUESTS, "the server goes on reading");
        assertEquals("others", askSomethingElse(server));

        Set<Integer> answeredOpaques = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            Frame answer = peer.receive();
            assertTrue(answer.code() == 0 || answer.code() == 2, answer::toString);
            answeredOpaques.add(answer.opaque());
        }
        assertEquals(REQUESTS, answeredOpaques.size(), "each is answered once it reads");
        get(asking);
    }

    private ExecutorService smallExecutor() {
        return services.ended(new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(8)));
    }

    private String askSomethingElse(NettyRemotingServer server) {
        ScriptedPeer.Connection other = services.connect(server.localListenPort());
        other.send(Scripts.request(ECHO, "others"));
        return Scripts.text(other.receive());
    }

    @Test
    void reader_thatNeverReads_holdsADrainUpNoLongerThanItsDeadline() throws Exception {
        NettyRemotingServer server = server(RequestExecutors.eventLoop());
        ScriptedPeer.Connection peer = reluctantReader(server);
        askForMuch(peer);
        awaitStandstill(server);

        DrainReport report = get(server.shutdownGracefully(Duration.ofMillis(100)));

        assertTrue(report.addsUp(), report::toString);
        assertEquals(1, report.forced(), report::toString);
        assertTrue(report.duration().compareTo(Duration.ofSeconds(6)) < 0, report::toString);
    }

    // ---------------------------------------------------------------- a server that does not read

    private static final int BODY_BYTES = 64 * KIB;

    private static RemotingCommand heavy() {
        RemotingCommand request = RemotingCommand.createRequestCommand(ECHO, null);
        request.setBody(new byte[BODY_BYTES]);
        return request;
    }

    private ScriptedPeer reluctantServer() {
        return services.closed(ScriptedPeer.listenWithReceiveBuffer(SOCKET_BUFFER_BYTES));
    }

    private static List<CompletableFuture<RemotingCommand>> call(NettyRemotingClient client, ScriptedPeer server, int times, long timeout) {
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            calls.add(client.invoke(address(server.port()), heavy(), timeout));
        }
        return calls;
    }

    /** As many wait as the line takes, by number or by bytes; the others fail at once, and no call ever blocks its caller. */
    @ParameterizedTest
    @CsvSource({"8, 16777216, 8", "4096, 262144, 4"})
    void server_thatNeverReads_callsWaitInABoundedLineUntilTheirDeadline(int maxRequests, long maxBytes, int waiting) throws Exception {
        ScriptedPeer server = reluctantServer();
        NettyClientConfig config = Services.clientConfig().setTransport(TRANSPORT);
        NettyRemotingClient client = services.client(config.setMaxWaitingRequests(maxRequests).setMaxWaitingBytes(maxBytes));
        client.invokeOnewayAsync(address(server.port()), Services.request(ECHO, "connect"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        connection.receive();

        List<CompletableFuture<RemotingCommand>> calls = call(client, server, 100, 1_500);
        assertFalse(calls.get(0).isDone(), "a call has blocked");
        int refused = 0;
        int unsent = 0;
        int sent = 0;
        for (CompletableFuture<RemotingCommand> call : calls) {
            RemotingException failure = (RemotingException) assertThrows(ExecutionException.class, () -> get(call)).getCause();
            if (failure instanceof RemotingTooMuchRequestException) {
                assertEquals(Outcome.NOT_SENT, failure.outcome());
                refused++;
            } else if (failure.outcome() == Outcome.NOT_SENT) {
                unsent++;
            } else {
                sent++;
            }
        }

        assertEquals(waiting, unsent, "as many as the line takes");
        assertTrue(sent * BODY_BYTES <= MIB + KERNEL_BYTES + 2 * BODY_BYTES, sent + " were written to somebody who does not read");
        assertEquals(100 - waiting - sent, refused);
    }

    @Test
    void server_thatReadsAgain_getsWhatWaitedAndNothingThatGaveUp() throws Exception {
        ScriptedPeer server = reluctantServer();
        NettyRemotingClient client = services.client(Services.clientConfig().setTransport(TRANSPORT));
        List<CompletableFuture<RemotingCommand>> calls = call(client, server, 60, CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(server);
        eventually().until(() -> !client.isChannelWritable(address(server.port())));

        RemotingTimeoutException late = assertThrows(
                RemotingTimeoutException.class, () -> client.invokeOneway(address(server.port()), Services.request(ECHO, "late"), 200));
        assertEquals(Outcome.NOT_SENT, late.outcome());
        for (int i = 0; i < 60; i++) {
            Frame request = connection.receive();
            assertEquals(BODY_BYTES, request.body().length, "what has given up was sent");
            connection.send(Scripts.response(request, "" + i));
        }
        for (CompletableFuture<RemotingCommand> call : calls) {
            get(call);
        }
    }

    // ---------------------------------------------------------------- who writes byte by byte

    private static long allocatedBytes() {
        ByteBufAllocatorMetric metric = PooledByteBufAllocator.DEFAULT.metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }

    /** The first bytes of a frame that says it has 16 MiB. */
    private static byte[] beginningOfAGiant() {
        byte[] frame = Scripts.request(ECHO, "").encode();
        ByteBuffer.wrap(frame).putInt(0, 16 * MIB - 4);
        return frame;
    }

    @Test
    void manyFrames_thatTrickle_takeTheMemoryOfWhatHasComeAndEndAtTheTimeout() throws Exception {
        int peers = 50;
        NettyRemotingServer server = services.server(Services.serverConfig().setFrameTimeoutMillis(1_000));
        server.registerProcessor(ECHO, new Executions().echo(), null);
        long before = allocatedBytes();
        List<ScriptedPeer.Connection> trickling = new ArrayList<>();
        for (int i = 0; i < peers; i++) {
            ScriptedPeer.Connection peer = services.connect(server.localListenPort());
            peer.sendBytes(beginningOfAGiant());
            trickling.add(peer);
        }
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPENED) == peers);
        long grown = allocatedBytes() - before;

        assertTrue(grown <= 16 * MIB, () -> grown + " bytes are held for the beginnings of " + peers + " frames");
        assertEquals("others", askSomethingElse(server));
        trickling.forEach(ScriptedPeer.Connection::expectEndOfStream);
        eventually().until(() -> server.stats().get(Counter.PROTOCOL_ERRORS) == peers);
    }
}
