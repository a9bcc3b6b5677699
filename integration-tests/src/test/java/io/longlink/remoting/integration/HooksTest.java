package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AbortProcessException;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hooks see, and how often, on both sides. */
@ExtendWith(LeakGuard.class)
class HooksTest {
    private static final int ECHO = 7;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();

    /** Writes down what it sees, and signs each request. */
    private static final class Recorder implements RPCHook {
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();
        private final String signature;

        Recorder(String signature) {
            this.signature = signature;
        }

        @Override
        public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
            assertTrue(!Thread.currentThread().getName().contains("-io-"), "never on an event loop");
            seen.add("before " + request.getCode() + " " + request.getExtField("signature"));
            request.addExtField("signature", signature);
        }

        @Override
        public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {
            assertTrue(!Thread.currentThread().getName().contains("-io-"), "never on an event loop");
            seen.add("after " + request.getCode() + " " + (response == null ? "nothing" : response.getCode()));
        }

        /** What it saw of requests with this code. */
        List<String> of(int code) {
            return seen.stream().filter(line -> line.contains(" " + code + " ")).toList();
        }
    }

    @Test
    void hooks_onBothSides_seeEveryCallOnce() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();
        Recorder atClient = new Recorder("client's");
        Recorder atServer = new Recorder("server's");
        client.registerRPCHook(atClient);
        client.registerRPCHook(atClient);
        client.registerRPCHook(null);
        server.registerRPCHook(atServer);

        assertEquals("a", Services.text(get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS))));
        assertEquals(List.of("before 7 null", "after 7 0"), atClient.of(ECHO));
        eventually().until(() -> atServer.of(ECHO).size() == 2);
        assertEquals(List.of("before 7 client's", "after 7 0"), atServer.of(ECHO));

        client.invokeOneway(address(server), Services.request(ECHO, "b"), CALL_MILLIS);
        eventually().until(() -> atServer.of(ECHO).size() == 4);
        assertEquals(List.of("before 7 null", "after 7 0", "before 7 null"), atClient.of(ECHO));
        assertEquals(List.of("before 7 client's", "after 7 0", "before 7 client's", "after 7 nothing"), atServer.of(ECHO));
    }

    @Test
    void hooks_hello_passesThemOnBothSidesSigned() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();
        Recorder atClient = new Recorder("client's");
        Recorder atServer = new Recorder("server's");
        client.registerRPCHook(atClient);
        server.registerRPCHook(atServer);

        get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS));

        assertEquals(List.of("before 1501 client's", "after 1501 0"), atServer.of(Scripts.HELLO));
        assertEquals(List.of("before 1501 null", "after 1501 0"), atClient.of(Scripts.HELLO));
    }

    @Test
    void hooks_callThatIsRetried_areCalledOnce() throws Exception {
        ScriptedPeer server = services.peer();
        NettyRemotingClient client = services.client();
        Recorder recorder = new Recorder("once");
        client.registerRPCHook(recorder);
        CompletableFuture<RemotingCommand> call = client.invoke(address(server.port()), Services.request(ECHO, "a"), CALL_MILLIS);
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        Frame asked = first.receive();
        assertEquals("once", asked.ext("signature"));
        first.send(Scripts.refusal(asked));
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        Frame retry = second.receive();
        assertEquals("once", retry.ext("signature"));
        second.send(Scripts.response(retry, "answer"));

        get(call);
        assertEquals(List.of("before 7 null", "after 7 0"), recorder.of(ECHO));
        assertEquals(1, client.stats().get(Counter.RETRIES));
    }

    @Test
    void hooks_serverToClient_areCalledOnBothSides() throws Exception {
        NettyRemotingServer server = services.server();
        CompletableFuture<RemotingCommand> answered = new CompletableFuture<>();
        server.registerProcessor(ECHO, (ctx, request) -> {
            server.invoke(ctx.channel(), Services.request(8, "back"), CALL_MILLIS).thenAccept(answered::complete);
            return Services.response("");
        }, null);
        NettyRemotingClient client = services.client();
        client.registerProcessor(8, executions.echo(), null);
        Recorder atClient = new Recorder("client's");
        Recorder atServer = new Recorder("server's");
        client.registerRPCHook(atClient);
        server.registerRPCHook(atServer);

        get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS));
        assertEquals("back", Services.text(get(answered)));

        assertEquals(List.of("before 8 null", "after 8 0"), atServer.of(8));
        assertEquals(List.of("before 8 server's", "after 8 0"), atClient.of(8));
    }

    @Test
    void hookThatThrows_beforeACall_failsItUnsent() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        NettyRemotingClient client = services.client();
        client.registerRPCHook(refusing(new IllegalStateException("no key")));

        failure(Outcome.NOT_SENT, client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS));
        failure(Outcome.NOT_SENT, client.invokeOnewayAsync(address(server), Services.request(ECHO, "b"), CALL_MILLIS));
        assertEquals(0, client.stats().get(Counter.REQUESTS_SENT));

        client.clearRPCHook();
        assertEquals("c", Services.text(get(client.invoke(address(server), Services.request(ECHO, "c"), CALL_MILLIS))));
        executions.assertExactlyOnce(Set.of("c"));
    }

    private static RPCHook refusing(RuntimeException failure) {
        return new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
                if (request.getCode() == ECHO) {
                    throw failure;
                }
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {}
        };
    }

    @Test
    void hookThatAborts_onTheServer_choosesTheAnswer() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerRPCHook(refusing(new AbortProcessException(16, "who are you")));
        NettyRemotingClient client = services.client();

        RemotingCommand answer = get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS));
        assertEquals(16, answer.getCode());
        assertEquals("who are you", answer.getRemark());
        client.invokeOneway(address(server), Services.request(ECHO, "b"), CALL_MILLIS);
        eventually().until(() -> server.stats().get(Counter.ONEWAYS_DROPPED) == 1);
        assertEquals(0, executions.total());
    }

    @Test
    void hookThatRejectsHello_onTheServer_makesTheClientTakeItForStock() throws Exception {
        NettyRemotingServer server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerRPCHook(new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
                if (request.getCode() == Scripts.HELLO) {
                    throw new AbortProcessException(1, "unsigned");
                }
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {}
        });
        NettyRemotingClient client = services.client();

        assertEquals("a", Services.text(get(client.invoke(address(server), Services.request(ECHO, "a"), CALL_MILLIS))));
        assertEquals(2, client.stats().get(Counter.CONNECTIONS_OPENED));
    }
}
