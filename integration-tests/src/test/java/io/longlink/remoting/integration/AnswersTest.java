package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.Frame.Serialization;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every "no" is an answer, and every answer has the shape it should have. */
@ExtendWith(LeakGuard.class)
class AnswersTest {
    private static final int ASK = 7;

    @RegisterExtension
    final Services services = new Services();

    private final CountDownLatch release = new CountDownLatch(1);
    private NettyRemotingServer server;
    private NettyRemotingClient client;

    @BeforeEach
    void startBoth() {
        server = services.server();
        client = services.client();
    }

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private RemotingCommand ask(String body) throws Exception {
        return get(client.invoke(address(server), Services.request(ASK, body), CALL_MILLIS));
    }

    @Test
    void processorThatThrows_isAnswered1WithAShortRemark() throws Exception {
        services.errorsAreExpected();
        server.registerProcessor(ASK, (ctx, request) -> {
            throw new IllegalStateException("out of order " + "!".repeat(10_000));
        }, null);

        RemotingCommand answer = ask("a");

        assertEquals(1, answer.getCode());
        String remark = answer.getRemark();
        assertNotNull(remark);
        assertTrue(remark.startsWith("IllegalStateException: out of order"), remark);
        assertTrue(remark.length() < 300, () -> remark.length() + " characters");
        assertFalse(remark.contains("\tat "), remark);
    }

    @Test
    void processorThatThrowsAnError_isAnswered1AndTheServerGoesOn() throws Exception {
        services.errorsAreExpected();
        server.registerProcessor(ASK, (ctx, request) -> {
            if (Services.text(request).equals("bad")) {
                throw new StackOverflowError();
            }
            return Services.response("good");
        }, null);

        assertEquals(1, ask("bad").getCode());
        assertEquals("good", Services.text(ask("good")));
    }

    @Test
    void unknownCode_isAnswered3_andAnUnknownOneWayIsCounted() throws Exception {
        assertEquals(3, ask("a").getCode());
        client.invokeOneway(address(server), Services.request(ASK, "b"), CALL_MILLIS);

        eventually().until(() -> server.stats().get(Counter.ONEWAYS_DROPPED) == 1);
        assertEquals(2, server.stats().get(Counter.UNSUPPORTED));
    }

    @Test
    void defaultProcessor_answersWhatNobodyElseDoes() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> Services.response("mine"), null);
        server.registerDefaultProcessor((ctx, request) -> Services.response("default " + request.getCode()), null);

        assertEquals("mine", Services.text(ask("a")));
        assertEquals("default 200050", Services.text(get(client.invoke(address(server), Services.request(200_050, ""), CALL_MILLIS))));
    }

    @Test
    void processorThatRejects_isAnswered2Unexecuted() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        server.registerProcessor(ASK, new NettyRequestProcessor() {
            @Override
            public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) {
                ran.incrementAndGet();
                return null;
            }

            @Override
            public boolean rejectRequest() {
                return true;
            }
        }, null);

        assertEquals(2, ask("a").getCode());
        client.invokeOneway(address(server), Services.request(ASK, "b"), CALL_MILLIS);
        eventually().until(() -> server.stats().get(Counter.ONEWAYS_DROPPED) == 1);
        assertEquals(0, ran.get());
    }

    @Test
    void executorThatIsFull_isAnswered2_andOneWaysAreCounted() throws Exception {
        ExecutorService small = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1));
        CountDownLatch running = new CountDownLatch(1);
        server.registerProcessor(ASK, (ctx, request) -> {
            running.countDown();
            release.await();
            return Services.response(Services.text(request));
        }, small);
        CompletableFuture<RemotingCommand> a = client.invoke(address(server), Services.request(ASK, "a"), CALL_MILLIS);
        running.await();
        CompletableFuture<RemotingCommand> b = client.invoke(address(server), Services.request(ASK, "b"), CALL_MILLIS);
        RemotingCommand c = ask("c");
        client.invokeOneway(address(server), Services.request(ASK, "d"), CALL_MILLIS);
        eventually().until(() -> server.stats().get(Counter.ONEWAYS_DROPPED) == 1);
        release.countDown();

        assertEquals(2, c.getCode());
        assertEquals("a", Services.text(get(a)));
        assertEquals("b", Services.text(get(b)));
        assertEquals(2, server.stats().get(Counter.BUSY));
        small.shutdown();
    }

    @Test
    void requestObject_returnedAsResponse_isAResponseWithTheRequestsOpaque() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> {
            request.setCode(0);
            request.setRemark("returned");
            return request;
        }, null);
        RemotingCommand request = Services.request(ASK, "body");
        request.addExtField("k", "v");
        request.setOpaque(-12);

        RemotingCommand answer = get(client.invoke(address(server), request, CALL_MILLIS));

        assertTrue(answer.isResponseType());
        assertEquals(0, answer.getCode());
        assertEquals(-12, answer.getOpaque());
        assertEquals("returned", answer.getRemark());
        assertEquals("v", answer.getExtField("k"));
        assertEquals("body", Services.text(answer));
    }

    @Test
    void answer_hasTheHeaderFormatOfItsRequest() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> Services.response("a"), null);
        ScriptedPeer.Connection peer = services.connect(server.localListenPort());
        for (Serialization serialization : List.of(Serialization.JSON, Serialization.ROCKETMQ, Serialization.JSON)) {
            peer.send(Scripts.request(ASK, "").withOpaque(3).withSerialization(serialization));
            Frame answer = peer.receive();
            assertEquals(serialization, answer.serialization());
            assertEquals(515, answer.version());
            assertEquals("JAVA", answer.language());
        }
    }

    @Test
    void clientsSerializeType_isUsedForRequestsThatChoseNone() throws Exception {
        ScriptedPeer peer = services.peer();
        NettyRemotingClient binary = services.client(Services.clientConfig().setSerializeType(SerializeType.ROCKETMQ).setVersion(477));
        CompletableFuture<RemotingCommand> call = binary.invoke(address(peer.port()), Services.request(ASK, "a"), CALL_MILLIS);
        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        Frame asked = connection.receive();
        connection.send(Scripts.response(asked, "b"));

        assertEquals(Serialization.ROCKETMQ, asked.serialization());
        assertEquals(477, asked.version());
        assertEquals("b", Services.text(get(call)));
    }

    @Test
    void secondAnswer_toOneRequest_isDroppedAndCounted() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> {
            for (int i = 1; i <= 2; i++) {
                RemotingCommand answer = Services.response("written " + i);
                answer.setOpaque(request.getOpaque());
                ctx.channel().writeAndFlush(answer);
            }
            return Services.response("returned");
        }, null);

        assertEquals("written 1", Services.text(ask("a")));
        eventually().until(() -> server.stats().get(Counter.SECOND_ANSWERS) == 2);
        assertEquals(0, client.stats().get(Counter.LATE_RESPONSES));
    }

    @Test
    void deferredRequest_thatNobodyAnswers_isGivenUpAfterItsTime() throws Exception {
        NettyRemotingServer impatient = services.server(Services.serverConfig().setDeferredTimeoutMillis(150));
        impatient.registerProcessor(ASK, (ctx, request) -> null, null);
        CompletableFuture<RemotingCommand> call = client.invoke(address(impatient), Services.request(ASK, "a"), 600);

        eventually().until(() -> impatient.stats().get(Counter.UNANSWERED) == 1);
        failure(Outcome.UNKNOWN, call);
    }

    @Test
    void bodyAsFileRegion_behindAnEncodedHeader_arrivesWhole(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("body"), "from a file ".repeat(1_000));
        long length = Files.size(file);
        server.registerProcessor(ASK, (ctx, request) -> {
            RemotingCommand answer = RemotingCommand.createResponseCommand(0, "file");
            answer.setOpaque(request.getOpaque());
            ctx.channel().write(Unpooled.wrappedBuffer(answer.encodeHeader((int) length)));
            ctx.channel().writeAndFlush(new DefaultFileRegion(FileChannel.open(file, StandardOpenOption.READ), 0, length));
            return null;
        }, null);

        assertEquals("from a file ".repeat(1_000), Services.text(ask("a")));
        assertEquals(1, server.stats().get(Counter.ANSWERED));
        assertTrue(get(server.shutdownGracefully(Duration.ofSeconds(8))).addsUp());
    }

    // ---------------------------------------------------------------- callbacks

    /** Writes down what a callback hears, and on which thread. */
    private static final class Heard implements InvokeCallback {
        private final Queue<String> calls = new ConcurrentLinkedQueue<>();
        private final Queue<String> threads = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<ResponseFuture> complete = new CompletableFuture<>();

        @Override
        public void operationSucceed(RemotingCommand response) {
            calls.add("succeed");
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void operationFail(Throwable throwable) {
            calls.add("fail");
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void operationComplete(ResponseFuture responseFuture) {
            calls.add("complete");
            threads.add(Thread.currentThread().getName());
            complete.complete(responseFuture);
        }
    }

    @Test
    void callback_ofACallThatSucceeds_hearsSucceedThenComplete() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> Services.response("a"), null);
        Heard heard = new Heard();
        RemotingCommand request = Services.request(ASK, "");
        client.invokeAsync(address(server), request, CALL_MILLIS, heard);

        ResponseFuture end = get(heard.complete);
        assertEquals(List.of("succeed", "complete"), List.copyOf(heard.calls));
        assertEquals("a", Services.text(end.getResponseCommand()));
        assertEquals(request.getOpaque(), end.getOpaque());
        assertTrue(end.isSendRequestOK());
        assertFalse(end.isTimeout());
        assertTrue(heard.threads.stream().noneMatch(name -> name.contains("-io-")), heard.threads::toString);
    }

    @Test
    void callback_ofACallThatTimesOut_hearsFailThenComplete() throws Exception {
        server.registerProcessor(ASK, (ctx, request) -> null, null);
        Heard heard = new Heard();
        client.invokeAsync(address(server), Services.request(ASK, ""), 200, heard);

        ResponseFuture end = get(heard.complete);
        assertEquals(List.of("fail", "complete"), List.copyOf(heard.calls));
        assertTrue(end.isTimeout());
        assertTrue(end.isSendRequestOK());
        assertTrue(heard.threads.stream().noneMatch(name -> name.contains("-io-")), heard.threads::toString);
    }

    @Test
    void callback_ofACallToNobody_hearsFailThenCompleteOnTheUsersExecutor() throws Exception {
        int dead;
        try (ScriptedPeer gone = ScriptedPeer.listen()) {
            dead = gone.port();
        }
        client.setCallbackExecutor(services.executor(1));
        Heard heard = new Heard();
        client.invokeAsync(address(dead), Services.request(ASK, ""), CALL_MILLIS, heard);

        ResponseFuture end = get(heard.complete);
        assertEquals(List.of("fail", "complete"), List.copyOf(heard.calls));
        assertFalse(end.isSendRequestOK());
        assertTrue(heard.threads.stream().allMatch(name -> name.startsWith("pool-")), heard.threads::toString);
    }

    @Test
    void callbackThatThrows_disturbsNoOtherCall() throws Exception {
        services.errorsAreExpected();
        server.registerProcessor(ASK, (ctx, request) -> Services.response(Services.text(request)), null);
        CountDownLatch complete = new CountDownLatch(1);
        client.invokeAsync(address(server), Services.request(ASK, "a"), CALL_MILLIS, new InvokeCallback() {
            @Override
            public void operationSucceed(RemotingCommand response) {
                throw new IllegalStateException("callback");
            }

            @Override
            public void operationComplete(ResponseFuture responseFuture) {
                complete.countDown();
            }
        });

        eventually().until(() -> complete.getCount() == 0);
        assertEquals("b", Services.text(ask("b")));
    }
}
