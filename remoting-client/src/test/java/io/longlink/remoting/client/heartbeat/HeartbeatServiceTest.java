package io.longlink.remoting.client.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.client.SessionRestorer;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The service with a clock that stands still and a client that the test plays. */
@ExtendWith(LeakGuard.class)
class HeartbeatServiceTest {
    private static final String A = "10.0.0.1:10911";
    private static final String B = "10.0.0.2:10911";
    private static final String NAMED = "broker.example:10911";

    private final ManualBeatThread thread = new ManualBeatThread();
    private final FakeClient client = new FakeClient();
    private final BrokerAddressTable table = new BrokerAddressTable();
    private final Map<String, InetAddress[]> names = new HashMap<>();
    private final Queue<Runnable> rebalancing = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private int rebalanced;
    private Rebalancer rebalancer = () -> rebalanced++;
    private Executor rebalanceExecutor = rebalancing::add;
    private HeartbeatSender sender = new RocketMqHeartbeatSender(() -> new HeartbeatData("me"));
    private @Nullable Error resolverFailure;
    private HeartbeatService service;

    /** A connection as far as events show it. */
    private static final class FakeChannel extends EmbeddedChannel {
        // Read by the constructor of the superclass: no initializer.
        private @Nullable InetSocketAddress remote;

        FakeChannel(String remote) throws Exception {
            String host = remote.substring(0, remote.indexOf(':'));
            this.remote = new InetSocketAddress(
                    InetAddress.getByAddress(InetAddress.getByName(host).getAddress()),
                    Integer.parseInt(remote.substring(remote.indexOf(':') + 1)));
        }

        @Override
        protected @Nullable SocketAddress remoteAddress0() {
            return remote;
        }
    }

    /** A connection that is not ready yet. */
    private record FakeSession(String address, Channel channel, FakeClient client) implements SessionRestorer.Session {
        @Override
        public CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long timeoutMillis) {
            return client.invoke("session " + address, request, timeoutMillis);
        }

        @Override
        public CompletableFuture<@Nullable Void> invokeOneway(RemotingCommand request, long timeoutMillis) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void makeService() {
        service = new HeartbeatService(
                table,
                target -> sender.send(target),
                new HeartbeatConfig().setRebalancer(() -> rebalancer.rebalanceImmediately(), task -> rebalanceExecutor.execute(task)),
                thread,
                host -> {
                    if (resolverFailure != null) {
                        throw resolverFailure;
                    }
                    InetAddress[] found = names.get(host);
                    if (found == null) {
                        throw new UnknownHostException(host);
                    }
                    return found;
                });
    }

    private void start() {
        service.start(client);
        thread.run();
    }

    private Channel active(String address) throws Exception {
        return active(address, address);
    }

    private Channel active(String address, String remote) throws Exception {
        return active(address, new FakeChannel(remote));
    }

    private Channel active(String address, Channel channel) {
        service.onChannelActive(address, channel);
        thread.run();
        return channel;
    }

    private void close(String address, Channel channel) {
        channel.close();
        service.onChannelClose(address, channel);
        thread.run();
    }

    private void succeed(int call) {
        client.calls.get(call).succeed();
        thread.run();
    }

    private void assertBeats(String... addresses) {
        assertEquals(List.of(addresses), client.addresses());
        assertEquals(addresses.length, service.beatsSent());
    }

    /** How often the rebalancer was asked for, its executor included. */
    private void assertRebalances(int expected) {
        for (Runnable task = rebalancing.poll(); task != null; task = rebalancing.poll()) {
            task.run();
        }
        assertEquals(expected, rebalanced);
        assertEquals(expected, service.rebalances());
    }

    // ---------------------------------------------------------------- rounds

    @Test
    void start_beatsEveryBrokerAtOnce_andAgainAfter30SecondsToTheMillisecond() {
        table.put("a", 0, A);
        table.put("b", 0, B);
        table.put("b too", 1, B);
        start();
        assertBeats(A, B);
        assertEquals(RequestCode.HEART_BEAT, client.last().request().getCode());
        assertEquals(3_000, client.last().timeoutMillis());
        succeed(0);
        succeed(1);

        thread.advanceMillis(29_999);
        assertBeats(A, B);
        thread.advanceMillis(1);
        assertBeats(A, B, A, B);
        succeed(2);
        succeed(3);
        table.remove("a");
        thread.advanceMillis(30_000);
        assertBeats(A, B, A, B, B);
        assertEquals(0, service.beatsFailed());
        assertRebalances(0);
    }

    @Test
    void round_whileABeatIsUnderWay_skipsThatBroker() throws Exception {
        sender = target -> client.invoke(target.address(), RemotingCommand.createRequestCommand(1, null), 0)
                .thenApply(HeartbeatResult::of);
        table.put("a", 0, A);
        table.put("b", 0, B);
        start();
        assertBeats(A, B);
        succeed(1);
        service.beatNow();
        thread.run();
        assertBeats(A, B, B);
        succeed(0);
        service.beatNow();
        thread.run();
        assertBeats(A, B, B, A);
    }

    @Test
    void beat_thatFails_isCountedAndTriedAgainInTheNextRound() {
        table.put("a", 0, A);
        start();
        client.last().fail();
        thread.run();
        assertEquals(1, service.beatsFailed());
        thread.advanceMillis(29_999);
        assertBeats(A);
        thread.advanceMillis(1);
        assertBeats(A, A);
        client.last().respond(1);
        thread.run();
        assertEquals(2, service.beatsFailed());
    }

    @Test
    void beat_withoutAnEnd_failsAfterItsTimeout_andALateAnswerChangesNothing() throws Exception {
        table.put("a", 0, A);
        start();
        active(A);
        thread.advanceMillis(2_999);
        assertEquals(0, service.beatsFailed());
        thread.advanceMillis(1);
        assertEquals(1, service.beatsFailed());
        // The connection came during the beat that failed, so it has not had its own.
        assertBeats(A, A);
        succeed(0);
        assertRebalances(0);
        succeed(1);
        assertRebalances(1);
        assertEquals(1, service.beatsFailed());
    }

    @Test
    void sender_thatThrows_isAFailedBeat() {
        sender = target -> {
            throw new IllegalStateException("no data");
        };
        table.put("a", 0, A);
        start();
        assertEquals(1, service.beatsSent());
        assertEquals(1, service.beatsFailed());
        thread.advanceMillis(30_000);
        assertEquals(2, service.beatsFailed());
    }

    @Test
    void sender_whoseStageIsNull_orEndsWithNothing_isAFailedBeat() {
        sender = target -> null;
        table.put("a", 0, A);
        start();
        assertEquals(1, service.beatsFailed());
        sender = target -> CompletableFuture.completedFuture(null);
        thread.advanceMillis(30_000);
        assertEquals(2, service.beatsSent());
        assertEquals(2, service.beatsFailed());
        sender = target -> CompletableFuture.completedFuture(new HeartbeatResult(0, null));
        thread.advanceMillis(30_000);
        assertEquals(3, service.beatsSent());
        assertEquals(2, service.beatsFailed());
    }

    // ---------------------------------------------------------------- ACTIVE

    @Test
    void active_newConnection_isBeatenAtOnce_andRebalancedOnceWhenTheBrokerAccepted() throws Exception {
        start();
        table.put("a", 0, A);
        active(A);
        assertBeats(A);
        assertRebalances(0);
        succeed(0);
        assertRebalances(1);
        thread.advanceMillis(30_000);
        assertBeats(A, A);
        succeed(1);
        assertRebalances(1);

        active(A);
        assertBeats(A, A, A);
        succeed(2);
        assertRebalances(2);
    }

    @Test
    void active_beatThatFails_rebalancesWhenTheNextOneSucceeds() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        active(A);
        client.last().respond(1);
        thread.run();
        assertRebalances(0);
        thread.advanceMillis(30_000);
        assertBeats(A, A, A);
        succeed(2);
        assertRebalances(1);
    }

    @Test
    void active_connectionMadeByTheBeatUnderWay_isNotBeatenTwice() throws Exception {
        table.put("a", 0, A);
        start();
        active(A);
        succeed(0);
        assertBeats(A);
        assertRebalances(1);
    }

    @Test
    void active_whileAnOlderConnectionIsBeaten_isBeatenBehindIt() throws Exception {
        start();
        table.put("a", 0, A);
        Channel old = active(A);
        Channel replacement = active(A);
        assertBeats(A);
        succeed(0);
        assertRebalances(0);
        assertBeats(A, A);
        succeed(1);
        assertRebalances(1);
        close(A, old);
        close(A, replacement);
        assertBeats(A, A);
    }

    @Test
    void active_twoConnectionsDuringOneBeat_getOneOfTheirOwn() throws Exception {
        table.put("a", 0, A);
        start();
        Channel first = active(A);
        active(A);
        close(A, first);
        succeed(0);
        assertRebalances(0);
        assertBeats(A, A);
        succeed(1);
        assertRebalances(1);
    }

    @Test
    void active_connectionThatClosesDuringItsBeat_isNotRebalanced() throws Exception {
        start();
        table.put("a", 0, A);
        Channel channel = active(A);
        close(A, channel);
        succeed(0);
        assertBeats(A);
        assertRebalances(0);
    }

    @Test
    void active_ofNoBroker_isBeatenWhenItBecomesOne() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        Channel gone = active(B);
        active(B);
        close(B, gone);
        assertBeats(A);
        thread.advanceMillis(30_000);
        assertBeats(A, A);

        table.put("b", 0, B);
        thread.run();
        assertBeats(A, A, B);
        succeed(2);
        assertRebalances(1);
    }

    @Test
    void active_beforeTheStart_isBeatenByIt() throws Exception {
        table.put("a", 0, A);
        active(A);
        assertBeats();
        start();
        assertBeats(A);
        succeed(0);
        assertRebalances(1);
    }

    // ---------------------------------------------------------------- names

    @Test
    void active_underAnotherTextThanTheTables_isBeatenOnThatConnection() throws Exception {
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.7"), InetAddress.getByName("10.0.0.1")});
        table.put("a", 0, NAMED);
        active(A);
        assertBeats();
        start();
        // Not looked up yet: the table's text is all there is.
        assertBeats(NAMED);
        succeed(0);
        thread.runSlow();
        assertBeats(NAMED, A);
        succeed(1);
        assertRebalances(1);
        thread.advanceMillis(30_000);
        assertBeats(NAMED, A, A);
    }

    @Test
    void name_thatMeansSomethingElse_isFollowedWithTheNextRound() throws Exception {
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.1")});
        table.put("a", 0, NAMED);
        start();
        thread.runSlow();
        succeed(0);
        active(B);
        assertBeats(NAMED);

        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.2")});
        thread.advanceMillis(30_000);
        assertBeats(NAMED, NAMED);
        succeed(1);
        thread.runSlow();
        assertBeats(NAMED, NAMED, B);
        names.remove("broker.example");
        thread.advanceMillis(30_000);
        thread.runSlow();
        assertEquals(1, table.brokersBehind(new FakeChannel(B).remoteAddress()).size(), "what was found last counts until it is found again");
    }

    @Test
    void name_whoseLookUpEndsInAnError_isLookedUpAgainWithTheNextRound() throws Exception {
        resolverFailure = new AssertionError("announced");
        table.put("a", 0, NAMED);
        start();
        assertThrows(AssertionError.class, thread::runSlow);
        resolverFailure = null;
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.1")});
        thread.advanceMillis(30_000);
        thread.runSlow();
        assertEquals(1, table.brokersBehind(new FakeChannel(A).remoteAddress()).size());
    }

    @Test
    void name_thatLeftTheTableAndIsBack_isLookedUpAtOnce() throws Exception {
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.1")});
        table.put("a", 0, NAMED);
        start();
        thread.runSlow();
        table.remove("a");
        thread.run();
        table.put("a", 0, NAMED);
        thread.run();
        thread.runSlow();
        assertEquals(1, table.brokersBehind(new FakeChannel(A).remoteAddress()).size());
    }

    @Test
    void active_connectionThatClosesBeforeItsNameIsKnown_isNotBeaten() throws Exception {
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.1")});
        table.put("a", 0, NAMED);
        start();
        close(A, active(A));
        thread.runSlow();
        assertBeats(NAMED);
    }

    @Test
    void restorer_whileNamesAreLookedUp_waitsForThem() throws Exception {
        names.put("broker.example", new InetAddress[] {InetAddress.getByName("10.0.0.1")});
        table.put("a", 0, NAMED);
        CompletableFuture<?> restored = restore(new FakeSession(A, new FakeChannel(A), client));
        assertBeats();
        assertFalse(restored.isDone());
        thread.runSlow();
        assertBeats("session " + A);
        succeed(0);
        assertTrue(restored.isDone());
        assertEquals(0, thread.time.pending());
    }

    @Test
    void restorer_whileNamesHang_waitsOneSecondAtMost() throws Exception {
        table.put("a", 0, NAMED);
        CompletableFuture<?> restored = restore(new FakeSession(A, new FakeChannel(A), client));
        CompletableFuture<?> sameText = restore(new FakeSession(NAMED, new FakeChannel(A), client));
        assertBeats("session " + NAMED);
        assertFalse(sameText.isDone());
        thread.advanceMillis(999);
        assertFalse(restored.isDone());
        thread.advanceMillis(1);
        assertNull(restored.get());
        assertBeats("session " + NAMED);
    }

    // ---------------------------------------------------------------- as a session restorer

    private CompletableFuture<?> restore(FakeSession session) {
        CompletableFuture<?> restored = service.asSessionRestorer().restore(session).toCompletableFuture();
        thread.run();
        return restored;
    }

    @Test
    void restored_connection_isNotBeatenOnActive_butRebalanced() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        Channel channel = new FakeChannel(A);
        CompletableFuture<?> restored = restore(new FakeSession(A, channel, client));
        assertFalse(restored.isDone());
        assertBeats(A, "session " + A);
        assertEquals(RequestCode.HEART_BEAT, client.last().request().getCode());
        succeed(1);
        assertNull(restored.get());
        assertRebalances(0);

        active(A, channel);
        assertBeats(A, "session " + A);
        assertRebalances(1);
        active(A);
        assertBeats(A, "session " + A, A);
    }

    @Test
    void restorer_brokerThatAnswersWithAnError_failsTheAttempt() throws Exception {
        table.put("a", 0, A);
        CompletableFuture<?> restored = restore(new FakeSession(A, new FakeChannel(A), client));
        client.last().respond(16);
        ExecutionException failure = assertThrows(ExecutionException.class, restored::get);
        assertTrue(failure.getCause().getMessage().contains("16: remark 16"), failure::toString);
        assertEquals(1, service.beatsFailed());
        assertRebalances(0);
    }

    @Test
    void restorer_senderWithoutAnEnd_failsTheAttemptAfterItsTimeout() throws Exception {
        sender = target -> new CompletableFuture<>();
        table.put("a", 0, A);
        CompletableFuture<?> restored = restore(new FakeSession(A, new FakeChannel(A), client));
        thread.advanceMillis(2_999);
        assertFalse(restored.isDone());
        thread.advanceMillis(1);
        assertThrows(ExecutionException.class, restored::get);
        assertEquals(1, service.beatsFailed());
    }

    @Test
    void restorer_whoseServiceEndsMeanwhile_passes_howeverFarItHasCome() throws Exception {
        table.put("a", 0, A);
        table.put("b", 0, NAMED);
        CompletableFuture<?> beaten = restore(new FakeSession(A, new FakeChannel(A), client));
        CompletableFuture<?> waitsForNames = restore(new FakeSession(B, new FakeChannel(B), client));
        CompletableFuture<?> notBegun =
                service.asSessionRestorer().restore(new FakeSession(A, new FakeChannel(A), client)).toCompletableFuture();
        assertBeats("session " + A);
        service.shutdown();
        assertNull(beaten.getNow(null));
        assertTrue(beaten.isDone() && waitsForNames.isDone() && notBegun.isDone());
        assertFalse(waitsForNames.isCompletedExceptionally() || notBegun.isCompletedExceptionally());
    }

    @Test
    void restorer_addressOfNoBroker_passesWithoutABeat() throws Exception {
        table.put("a", 0, A);
        CompletableFuture<?> restored = restore(new FakeSession(B, new FakeChannel(B), client));
        assertNull(restored.get());
        assertBeats();
    }

    // ---------------------------------------------------------------- CLOSE

    @Test
    void close_ofARetiredConnection_doesNotLoseTheAddress() throws Exception {
        table.put("a", 0, A);
        start();
        Channel old = active(A);
        Channel replacement = active(A);
        close(A, old);
        assertEquals(Set.of(), service.lostAddresses());
        close(A, replacement);
        assertEquals(Set.of(A), service.lostAddresses());
        active(A);
        assertEquals(Set.of(), service.lostAddresses());
    }

    @Test
    void close_ofAFailedAttempt_doesNotLoseAnAddressThatIsActive() throws Exception {
        table.put("a", 0, A);
        start();
        active(A);
        close(A, new FakeChannel(A));
        assertEquals(Set.of(), service.lostAddresses());
    }

    @Test
    void close_ofNoBroker_losesNothing_andARemovedBrokerIsNotLostAnyMore() throws Exception {
        table.put("a", 0, A);
        start();
        close(B, active(B));
        assertEquals(Set.of(), service.lostAddresses());
        succeed(0);
        close(A, active(A));
        client.last().fail();
        thread.run();
        assertEquals(Set.of(A), service.lostAddresses());
        table.remove("a");
        thread.run();
        assertEquals(Set.of(), service.lostAddresses());
    }

    // ---------------------------------------------------------------- the user's code

    @Test
    void rebalancer_thatThrowsOrFindsNoThread_changesNothing() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        rebalancer = () -> {
            throw new AssertionError("an Error even");
        };
        rebalanceExecutor = Runnable::run;
        active(A);
        succeed(1);
        assertEquals(1, service.rebalances());
        rebalanceExecutor = task -> {
            throw new RejectedExecutionException();
        };
        active(A);
        succeed(2);
        assertEquals(1, service.rebalances());
        rebalancer = () -> rebalanced++;
        rebalanceExecutor = Runnable::run;
        active(A);
        succeed(3);
        assertEquals(1, rebalanced);
    }

    @Test
    void rebalanceExecutor_thatIsBroken_keepsNoConnectionFromItsBeat() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        rebalanceExecutor = task -> {
            throw new AssertionError("announced");
        };
        active(A);
        active(A);
        assertBeats(A, A);
        // The second connection was unproven when the first one's beat ended.
        succeed(1);
        assertBeats(A, A, A);
        succeed(2);
        active(A);
        assertBeats(A, A, A, A);
    }

    @Test
    void listener_hearsEveryEvent_andNoneRunsOurCodeOnItsThread() throws Exception {
        HeartbeatService wrapping = new HeartbeatService(
                table,
                sender,
                new HeartbeatConfig().setListener(new ChannelEventListener() {
                    @Override
                    public void onChannelConnect(String remoteAddr, Channel channel) {
                        heard.add("CONNECT " + remoteAddr);
                    }

                    @Override
                    public void onChannelActive(String remoteAddr, Channel channel) {
                        heard.add("ACTIVE " + remoteAddr);
                    }

                    @Override
                    public void onChannelIdle(String remoteAddr, Channel channel) {
                        heard.add("IDLE " + remoteAddr);
                    }

                    @Override
                    public void onChannelException(String remoteAddr, @Nullable Channel channel) {
                        heard.add("EXCEPTION " + remoteAddr);
                    }

                    @Override
                    public void onChannelClose(String remoteAddr, Channel channel) {
                        heard.add("CLOSE " + remoteAddr);
                    }
                }),
                thread,
                InetAddress::getAllByName);
        wrapping.start(client);
        thread.run();
        table.put("a", 0, A);
        Channel channel = new FakeChannel(A);
        wrapping.onChannelConnect(A, channel);
        wrapping.onChannelActive(A, channel);
        wrapping.onChannelIdle(A, channel);
        wrapping.onChannelException(A, channel);
        wrapping.onChannelClose(A, channel);
        assertEquals(List.of("CONNECT " + A, "ACTIVE " + A, "IDLE " + A, "EXCEPTION " + A, "CLOSE " + A), heard);
        // The events came from this thread, and nothing has been done on it.
        assertEquals(List.of(), client.calls);
        assertEquals(Set.of(), wrapping.lostAddresses());
        thread.run();
        assertEquals(Set.of(A), wrapping.lostAddresses());
    }

    // ---------------------------------------------------------------- start and end

    @Test
    void start_again_changesNothing_andAnotherClientIsRefused() {
        table.put("a", 0, A);
        start();
        start();
        assertBeats(A);
        assertThrows(IllegalStateException.class, () -> service.start(new FakeClient()));
        succeed(0);
        thread.advanceMillis(30_000);
        assertBeats(A, A);
    }

    @Test
    void shutdown_endsRoundsAndThread_andIsIdempotent() throws Exception {
        table.put("a", 0, A);
        start();
        succeed(0);
        service.shutdown();
        service.shutdown();
        assertTrue(thread.hasEnded());
        thread.advanceMillis(120_000);
        active(A);
        table.put("b", 0, B);
        thread.run();
        assertBeats(A);
        assertEquals(0, thread.time.pending());
        assertNull(restore(new FakeSession(A, new FakeChannel(A), client)).get());
        assertThrows(IllegalStateException.class, () -> service.start(client));
    }

    @Test
    void ownThread_beginsAndEndsWithTheService() {
        table.put("a", 0, A);
        table.put("b", 0, "localhost:10911");
        HeartbeatService real = new HeartbeatService(table, sender, new HeartbeatConfig());
        real.start(client);
        real.beatNow();
        // LeakGuard fails the test if a thread of ours is left.
        real.shutdown();
        real.shutdown();
    }

    @Test
    @Timeout(10)
    void shutdown_fromTheServicesOwnThread_doesNotWaitForItself() throws Exception {
        table.put("a", 0, A);
        CompletableFuture<Long> tookMillis = new CompletableFuture<>();
        List<HeartbeatService> self = new ArrayList<>();
        HeartbeatService real = new HeartbeatService(
                table,
                target -> {
                    long began = System.nanoTime();
                    self.get(0).shutdown();
                    tookMillis.complete(Duration.ofNanos(System.nanoTime() - began).toMillis());
                    return new CompletableFuture<>();
                },
                new HeartbeatConfig());
        self.add(real);
        real.start(client);
        assertTrue(tookMillis.get() < 900);
    }

    @Test
    void settings_outsideTheirRange_areRefused() {
        HeartbeatConfig config = new HeartbeatConfig();
        assertThrows(IllegalArgumentException.class, () -> config.setIntervalMillis(0));
        assertThrows(IllegalArgumentException.class, () -> config.setTimeoutMillis(-1));
        assertThrows(NullPointerException.class, () -> config.setRebalancer(rebalancer, null));
    }
}
