package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.client.AddressSource;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls to the name-server list, and where its addresses come from (DESIGN 6). */
@ExtendWith(LeakGuard.class)
class NameServerListTest {
    private static final int ECHO = 7;
    private static final int WHO = 8;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();

    private NettyRemotingServer server() {
        return server(0);
    }

    private NettyRemotingServer server(int port) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(WHO, (ctx, request) -> Services.response(address(server)), null);
        return server;
    }

    private static int deadPort() {
        try (ScriptedPeer gone = ScriptedPeer.listen()) {
            return gone.port();
        }
    }

    private static void awaitReady(NettyRemotingClient client, String... addresses) {
        eventually().until(() -> Set.copyOf(client.getAvailableNameSrvList()).equals(Set.of(addresses)));
    }

    private static String whoAnswers(NettyRemotingClient client) throws Exception {
        return Services.text(client.invokeSync(null, Services.request(WHO, ""), CALL_MILLIS));
    }

    // ---------------------------------------------------------------- calls

    @Test
    void calls_toReadyServers_takeTurns() throws Exception {
        String a = address(server());
        String b = address(server());
        String c = address(server());
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(a, b, c));
        awaitReady(client, a, b, c);

        Map<String, Integer> answers = new ConcurrentHashMap<>();
        for (int i = 0; i < 30; i++) {
            answers.merge(whoAnswers(client), 1, Integer::sum);
        }

        assertEquals(Map.of(a, 10, b, 10, c, 10), answers);
    }

    @Test
    void everyShape_withDeadAddressesInTheList_findsTheOneThatLives() throws Exception {
        String live = address(server());
        List<String> list = List.of(address(deadPort()), live, address(deadPort()));
        NettyRemotingClient client = services.client();
        // At once: the first ones have to look for it, none is READY yet.
        client.updateNameServerAddressList(list);
        for (int i = 0; i < 10; i++) {
            assertEquals("s" + i, Services.text(client.invokeSync(null, Services.request(ECHO, "s" + i), CALL_MILLIS)));
            RemotingCommand request = Services.request(ECHO, "f" + i);
            RemotingCommand answer = get(client.invoke(null, request, CALL_MILLIS));
            assertEquals("f" + i, Services.text(answer));
            assertEquals(request.getOpaque(), answer.getOpaque());
            CompletableFuture<ResponseFuture> called = new CompletableFuture<>();
            client.invokeAsync(null, Services.request(ECHO, "c" + i), CALL_MILLIS, new InvokeCallback() {
                @Override
                public void operationComplete(ResponseFuture responseFuture) {
                    called.complete(responseFuture);
                }
            });
            assertNull(get(called).getCause());
            client.invokeOneway(null, Services.request(ECHO, "o" + i), CALL_MILLIS);
            get(client.invokeOnewayAsync(null, Services.request(ECHO, "p" + i), CALL_MILLIS));
        }
        eventually().until(() -> executions.total() == 50);
        assertEquals(List.of(live), client.getAvailableNameSrvList());
        assertEquals(list, client.getNameServerAddressList());
    }

    @Test
    void emptyList_failsEveryShapeAtOnce_unsent() throws Exception {
        NettyRemotingClient client = services.client();
        RemotingCommand request = Services.request(ECHO, "a");
        List<RemotingConnectException> failures = new ArrayList<>();
        failures.add(assertInstanceOf(
                RemotingConnectException.class, failure(Outcome.NOT_SENT, client.invoke(null, request, CALL_MILLIS))));
        failures.add(assertInstanceOf(
                RemotingConnectException.class, failure(Outcome.NOT_SENT, client.invokeOnewayAsync(null, request, CALL_MILLIS))));
        failures.add(assertThrows(RemotingConnectException.class, () -> client.invokeSync(null, request, CALL_MILLIS)));
        failures.add(assertThrows(RemotingConnectException.class, () -> client.invokeOneway(null, request, CALL_MILLIS)));
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<ResponseFuture> called = new CompletableFuture<>();
        client.invokeAsync(null, request, CALL_MILLIS, new InvokeCallback() {
            @Override
            public void operationComplete(ResponseFuture responseFuture) {
                thread.set(Thread.currentThread());
                called.complete(responseFuture);
            }
        });
        failures.add(assertInstanceOf(RemotingConnectException.class, get(called).getCause()));
        assertTrue(thread.get().getName().contains("callback"), thread::toString);
        for (RemotingConnectException failure : failures) {
            assertEquals("not sent: the name-server list is empty", failure.getMessage());
        }
    }

    /** Every shape, to a list; each has to fail with these words. */
    private static void assertTakesNoCall(NettyRemotingClient client, String words) {
        RemotingCommand request = Services.request(ECHO, "refused");
        List<RemotingException> failures = new ArrayList<>();
        failures.add(failure(Outcome.NOT_SENT, client.invoke(null, request, CALL_MILLIS)));
        failures.add(failure(Outcome.NOT_SENT, client.invokeOnewayAsync(null, request, CALL_MILLIS)));
        failures.add(assertThrows(RemotingException.class, () -> client.invokeSync(null, request, CALL_MILLIS)));
        failures.add(assertThrows(RemotingException.class, () -> client.invokeOneway(null, request, CALL_MILLIS)));
        for (RemotingException failure : failures) {
            assertEquals(Outcome.NOT_SENT, failure.outcome());
            assertEquals(words, failure.getMessage());
        }
    }

    @Test
    void client_thatHasNotStarted_takesNoCallToAnyAddressOfTheList() {
        NettyRemotingClient client = services.ended(new NettyRemotingClient(Services.clientConfig()));
        client.updateNameServerAddressList(List.of(address(server()), address(server())));
        assertTakesNoCall(client, "the client has not been started");
        assertEquals(0, client.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void client_thatShutsDown_takesNoNewCallToAnyAddressOfTheList_andFinishesTheOthers() throws Exception {
        CompletableFuture<Void> parked = new CompletableFuture<>();
        NettyRemotingServer slow = server();
        slow.registerProcessor(WHO, (ctx, request) -> {
            parked.join();
            return Services.response("finished");
        }, null);
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(address(slow)));
        CompletableFuture<RemotingCommand> accepted = client.invoke(null, Services.request(WHO, ""), CALL_MILLIS);
        client.updateNameServerAddressList(List.of(address(slow), address(server())));
        CompletableFuture<DrainReport> end = client.shutdownGracefully(Duration.ofSeconds(8));

        assertTakesNoCall(client, "the client is shutting down");
        parked.complete(null);
        assertEquals("finished", Services.text(get(accepted)));
        // It waits for that call, and for no other.
        assertTrue(get(end).duration().toMillis() < 7_000);
        assertEquals(0, executions.total());
    }

    @Test
    void allDead_failsUnsent_withinTheDeadline() {
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(address(deadPort()), address(deadPort())));
        RemotingConnectException failure =
                assertThrows(RemotingConnectException.class, () -> client.invokeSync(null, Services.request(ECHO, "a"), CALL_MILLIS));
        assertEquals(Outcome.NOT_SENT, failure.outcome());
        assertEquals(0, executions.total());
    }

    @Test
    void serverThatDies_isPassedOver_andComesBackByItself() throws Exception {
        NettyRemotingServer dying = server();
        String a = address(dying);
        String b = address(server());
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(a, b));
        awaitReady(client, a, b);

        get(dying.shutdownGracefully(Duration.ZERO));
        for (int i = 0; i < 20; i++) {
            assertEquals(b, whoAnswers(client));
        }
        awaitReady(client, b);

        server(dying.localListenPort());
        // Without a call.
        awaitReady(client, a, b);
        Set<String> answered = new HashSet<>();
        answered.add(whoAnswers(client));
        answered.add(whoAnswers(client));
        assertEquals(Set.of(a, b), answered);
    }

    @Test
    void restartsAndListUpdates_underLoad_failLoseAndDoubleNothing() throws Exception {
        NettyRemotingServer first = server();
        NettyRemotingServer second = server();
        NettyRemotingServer third = server();
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(address(first), address(second)));
        awaitReady(client, address(first), address(second));
        ExecutorService thread = services.executor(1);
        AtomicBoolean over = new AtomicBoolean();
        Map<String, CompletableFuture<?>> calls = new ConcurrentHashMap<>();
        CompletableFuture<Void> load = CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; !over.get(); i++) {
                        RemotingCommand request = Services.request(ECHO, "r" + i);
                        calls.put("r" + i, i % 3 == 0
                                ? client.invokeOnewayAsync(null, request, CALL_MILLIS)
                                : client.invoke(null, request, CALL_MILLIS));
                        LockSupport.parkNanos(500_000);
                    }
                },
                thread);

        eventually().until(() -> executions.total() > 200);
        get(first.shutdownGracefully(Duration.ofSeconds(8)));
        client.updateNameServerAddressList(List.of(address(second), address(third)));
        awaitReady(client, address(second), address(third));
        get(second.shutdownGracefully(Duration.ofSeconds(8)));
        NettyRemotingServer again = server(first.localListenPort());
        client.updateNameServerAddressList(List.of(address(again), address(third)));
        awaitReady(client, address(again), address(third));
        client.updateNameServerAddressList(List.of(address(again)));
        awaitReady(client, address(again));
        int before = executions.total();
        eventually().until(() -> executions.total() > before + 200);
        over.set(true);
        get(load);

        for (CompletableFuture<?> call : calls.values()) {
            get(call);
        }
        eventually().until(() -> executions.total() >= calls.size());
        executions.assertExactlyOnce(calls.keySet());
    }

    @Test
    void callThatWaitsForOneAddress_leavesForAnotherThatBecomesReady() throws Exception {
        NettyRemotingServer leaving = server();
        String a = address(leaving);
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(a));
        awaitReady(client, a);
        get(leaving.shutdownGracefully(Duration.ofSeconds(8)));
        eventually().until(() -> client.addressState(a) != AddressState.READY);
        CompletableFuture<RemotingCommand> waiting = client.invoke(null, Services.request(WHO, ""), CALL_MILLIS);
        CompletableFuture<Void> onewayWaiting = client.invokeOnewayAsync(null, Services.request(ECHO, "o"), CALL_MILLIS);
        assertFalse(waiting.isDone());

        String b = address(server());
        client.updateNameServerAddressList(List.of(a, b));

        assertEquals(b, Services.text(get(waiting)));
        get(onewayWaiting);
        eventually().until(() -> executions.of("o") == 1);
    }

    @Test
    void hooks_runOncePerAddress_onACopyNobodyHasSigned() throws Exception {
        String a = address(server());
        String b = address(server());
        NettyRemotingClient client = services.client();
        client.updateNameServerAddressList(List.of(a, b));
        awaitReady(client, a, b);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        client.registerRPCHook(new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand request) {
                assertFalse(Thread.currentThread().getName().contains("-io-"), "never on an event loop");
                seen.add("before " + remoteAddr + ' ' + request.getExtField("signature"));
                request.addExtField("signature", remoteAddr);
                if (remoteAddr.equals(a)) {
                    throw new IllegalStateException("not there");
                }
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand request, RemotingCommand response) {
                seen.add("after " + remoteAddr + ' ' + request.getExtField("signature"));
            }
        });

        // Whichever is first in turn: two calls in a row begin at both.
        assertEquals(b, whoAnswers(client));
        assertEquals(b, Services.text(get(client.invoke(null, Services.request(WHO, ""), CALL_MILLIS))));

        List<String> sorted = seen.stream().sorted().toList();
        assertEquals(
                List.of("after " + b + ' ' + b, "after " + b + ' ' + b, "before " + a + " null", "before " + b + " null",
                        "before " + b + " null").stream().sorted().toList(),
                sorted);
    }

    @Test
    void list_setBeforeTheStart_isConnectedToByTheStart() {
        NettyRemotingServer server = server();
        NettyRemotingClient client = services.ended(new NettyRemotingClient(Services.clientConfig()));
        client.updateNameServerAddressList(List.of(address(server)));
        assertEquals(AddressState.IDLE, client.addressState(address(server)));
        client.start();
        awaitReady(client, address(server));
        assertEquals(1, client.stats().get(Counter.CONNECTIONS_OPENED));
    }

    // ---------------------------------------------------------------- where addresses come from

    @Test
    void dnsSource_findsAServerByName() throws Exception {
        NettyRemotingServer server = server();
        NettyRemotingClient client = services.client(
                Services.clientConfig().setAddressSource(AddressSource.dns("localhost", server.localListenPort())));
        eventually().until(() -> client.getAvailableNameSrvList().contains(address(server)));
        assertEquals(address(server), whoAnswers(client));
    }

    @Test
    void source_isAskedAgainAfterALoss_andItsFailureLeavesTheLastGoodListInUse() throws Exception {
        NettyRemotingServer first = server();
        NettyRemotingServer second = server();
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<CompletableFuture<List<String>>> answer =
                new AtomicReference<>(CompletableFuture.completedFuture(List.of(address(first))));
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        NettyRemotingClient client = services.client(Services.clientConfig().setAddressSource(() -> {
            asked.incrementAndGet();
            threads.add(Thread.currentThread().getName());
            return answer.get();
        }));
        awaitReady(client, address(first));
        assertEquals(1, asked.get());

        answer.set(CompletableFuture.failedFuture(new IllegalStateException("announced")));
        client.closeChannels(List.of(address(first)));
        awaitReady(client, address(first));
        get(first.shutdownGracefully(Duration.ZERO));
        eventually().until(() -> asked.get() >= 2);
        assertEquals(List.of(address(first)), client.getNameServerAddressList());

        answer.set(CompletableFuture.completedFuture(List.of(address(second))));
        awaitReady(client, address(second));
        assertEquals(address(second), whoAnswers(client));
        assertTrue(threads.stream().allMatch(name -> name.contains("setup")), threads::toString);
    }

    @Test
    void sourceThatBlocks_holdsUpNeitherCallsNorTheShutdown() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        String a = address(server());
        NettyRemotingClient client = services.client(Services.clientConfig().setAddressSource(() -> {
            entered.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CompletableFuture.completedFuture(List.of(a));
        }));
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        assertEquals(a, Services.text(get(client.invoke(a, Services.request(WHO, ""), CALL_MILLIS))));
        get(client.shutdownGracefully(Duration.ofSeconds(8)));
        assertEquals(List.of(), client.getNameServerAddressList());
    }

    // ---------------------------------------------------------------- states

    @Test
    void states_areToldBehindTheTransition_neverOnAnEventLoop() throws Exception {
        NettyRemotingServer server = server();
        String a = address(server);
        NettyRemotingClient client = services.client();
        Queue<AddressState> told = new ConcurrentLinkedQueue<>();
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        AtomicReference<AddressState> last = new AtomicReference<>(AddressState.IDLE);
        client.addAddressStateListener((addr, before, after) -> {
            assertEquals(a, addr);
            assertSame(last.getAndSet(after), before);
            threads.add(Thread.currentThread().getName());
            told.add(after);
        });
        assertEquals(AddressState.IDLE, client.addressState(a));
        assertEquals(a, Services.text(get(client.invoke(a, Services.request(WHO, ""), CALL_MILLIS))));
        assertEquals(AddressState.READY, client.addressState(a));
        eventually().until(() -> last.get() == AddressState.READY);
        get(server.shutdownGracefully(Duration.ZERO));
        eventually().until(() -> told.contains(AddressState.BACKOFF) || told.contains(AddressState.CONNECTING));
        get(client.shutdownGracefully(Duration.ZERO));
        eventually().until(() -> last.get() == AddressState.SHUTDOWN);
        assertEquals(AddressState.SHUTDOWN, client.addressState(a));
        assertFalse(threads.stream().anyMatch(name -> name.contains("-io-")), threads::toString);
    }

    @Test
    void closeChannels_endsTheConnection_andTheNextCallMakesAnother() throws Exception {
        String a = address(server());
        NettyRemotingClient client = services.client();
        get(client.invoke(a, Services.request(WHO, ""), CALL_MILLIS));
        client.closeChannels(List.of(a, "never.used:1"));
        eventually().until(() -> client.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        assertEquals(AddressState.IDLE, client.addressState(a));
        get(client.invoke(a, Services.request(WHO, ""), CALL_MILLIS));
        assertEquals(2, client.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void reachable_isWhatCanBeConnectedTo() {
        NettyRemotingServer server = server();
        NettyRemotingClient client = services.client();
        assertTrue(client.isAddressReachable(address(server)));
        assertTrue(client.isAddressReachable(address(server)));
        assertEquals(1, client.stats().get(Counter.CONNECTIONS_OPENED));
        assertFalse(client.isAddressReachable(address(deadPort())));
        assertFalse(client.isAddressReachable("nonsense"));
        assertEquals(0, client.stats().get(Counter.REQUESTS_SENT));
    }
}
