package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ManualExecutor;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
@Timeout(10)
class CallerTest {
    private static final String PEER = "10.0.0.7:10911";
    private static final int PERMITS = 2;

    private final OwnThreads threads = new OwnThreads("longlink-test");
    private final RemotingEndpoint endpoint = endpoint(PERMITS);
    private final Caller caller = new Caller(endpoint);
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final ManualExecutor executor = new ManualExecutor();
    private final RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
    private final RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
    private final ArrayDeque<ReplyListener> sent = new ArrayDeque<>();
    private final ArrayDeque<WriteListener> sentOneways = new ArrayDeque<>();
    private final Caller.TwoWay way = (peer, command, deadlineNanos, listener) -> sent.add(listener);
    private final Caller.OneWay oneWay = (peer, command, deadlineNanos, listener) -> sentOneways.add(listener);

    private RemotingEndpoint endpoint(int permits) {
        EndpointSettings settings = new EndpointSettings(
                515, SerializeType.JSON, 1024 * 1024, 0, 60_000, permits, permits, 1, 1, new HelloAnswer(0, 0), LivenessSettings.OFF);
        return new RemotingEndpoint(threads, settings, null);
    }

    private final class RecordingHook implements RPCHook {
        @Override
        public void doBeforeRequest(String remoteAddr, RemotingCommand command) {
            journal.add("before " + remoteAddr);
        }

        @Override
        public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {
            journal.add("after " + answer.getCode());
        }
    }

    private final class RecordingCallback implements InvokeCallback {
        ResponseFuture future;

        @Override
        public void operationComplete(ResponseFuture responseFuture) {
            journal.add("complete");
            future = responseFuture;
        }

        @Override
        public void operationSucceed(RemotingCommand answer) {
            journal.add("succeed " + answer.getCode());
        }

        @Override
        public void operationFail(Throwable throwable) {
            journal.add("fail " + throwable.getClass().getSimpleName());
        }
    }

    CallerTest() {
        caller.setCallbackExecutor(executor);
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        assertEquals(0, caller.requests().get() + caller.oneways().get());
        endpoint.stop(ShutdownDeadline.forTeardown());
    }

    private static RemotingException failure(CompletableFuture<?> future) {
        assertTrue(future.isDone());
        ExecutionException failure = assertThrows(ExecutionException.class, () -> future.get(1, TimeUnit.SECONDS));
        return assertInstanceOf(RemotingException.class, failure.getCause());
    }

    // ---------------------------------------------------------------- two-way

    @Test
    void invoke_completesOnTheCallbackExecutor() throws Exception {
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        assertEquals(1, caller.requests().get());
        sent.remove().onResponse(response);
        assertFalse(result.isDone());
        executor.runAll();
        assertSame(response, result.get(0, TimeUnit.SECONDS));
    }

    @Test
    void invoke_failed_completesOnTheCallbackExecutorWithTheCause() {
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        RemotingException cause = new RemotingTimeoutException("late", Outcome.UNKNOWN);
        sent.remove().onFailure(cause);
        assertFalse(result.isDone());
        executor.runAll();
        assertSame(cause, failure(result));
    }

    @Test
    void deadline_isTheTimeoutFromNow_andForeverIsNoOverflow() {
        List<Long> left = new ArrayList<>();
        Caller.TwoWay measuring = (peer, command, deadlineNanos, listener) -> {
            left.add(deadlineNanos - Ticker.systemTicker().nanoTime());
            listener.onResponse(response);
        };
        caller.invoke(PEER, request, 1_000, measuring);
        caller.invoke(PEER, request, Long.MAX_VALUE, measuring);
        executor.runAll();
        assertTrue(left.get(0) > 0 && left.get(0) <= 1_000_000_000L, left.toString());
        assertTrue(left.get(1) > TimeUnit.DAYS.toNanos(36_000), left.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void timeout_thatIsNone_isRefused(long millis) {
        assertThrows(IllegalArgumentException.class, () -> caller.invoke(PEER, request, millis, way));
        assertThrows(IllegalArgumentException.class, () -> caller.invokeOnewayAsync(PEER, request, millis, oneWay));
        assertTrue(sent.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1500, 1501, 1502})
    void ownCode_isRefused(int code) {
        RemotingCommand own = RemotingCommand.createRequestCommand(code, null);
        assertThrows(IllegalArgumentException.class, () -> caller.invokeSync(PEER, own, 1_000, way));
        assertThrows(IllegalArgumentException.class, () -> caller.invoke(PEER, own, 1_000, way));
        assertThrows(IllegalArgumentException.class, () -> caller.invokeAsync(PEER, own, 1_000, way, new RecordingCallback()));
        assertThrows(IllegalArgumentException.class, () -> caller.invokeOneway(PEER, own, 1_000, oneWay));
        assertThrows(IllegalArgumentException.class, () -> caller.invokeOnewayAsync(PEER, own, 1_000, oneWay));
        assertTrue(sent.isEmpty() && sentOneways.isEmpty());
    }

    @Test
    void permits_allInUse_failTheNextAtOnceAndComeBackWithTheResult() {
        caller.invoke(PEER, request, 1_000, way);
        caller.invoke(PEER, request, 1_000, way);
        CompletableFuture<RemotingCommand> third = caller.invoke(PEER, request, 1_000, way);
        executor.runAll();
        RemotingException tooMuch = failure(third);
        assertInstanceOf(RemotingTooMuchRequestException.class, tooMuch);
        assertEquals(Outcome.NOT_SENT, tooMuch.outcome());
        assertEquals(PERMITS, sent.size());
        assertThrows(RemotingTooMuchRequestException.class, () -> caller.invokeSync(PEER, request, 1_000, way));

        sent.remove().onResponse(response);
        executor.runAll();
        caller.invoke(PEER, request, 1_000, way);
        assertEquals(PERMITS, sent.size());
        sent.remove().onFailure(new RemotingConnectException(PEER));
        sent.remove().onResponse(response);
        executor.runAll();
    }

    /** As many as both sides have by default. */
    @Test
    void permits_all65535InUse_failTheNextAtOnceOnEveryWay() {
        int permits = 65_535;
        Caller full = new Caller(endpoint(permits));
        full.setCallbackExecutor(executor);
        for (int i = 0; i < permits; i++) {
            full.invoke(PEER, request, 1_000, way);
        }
        assertEquals(permits, sent.size());
        CompletableFuture<RemotingCommand> tooMany = full.invoke(PEER, request, 1_000, way);
        full.invokeAsync(PEER, request, 1_000, way, new RecordingCallback());
        assertThrows(RemotingTooMuchRequestException.class, () -> full.invokeSync(PEER, request, 1_000, way));
        executor.runAll();
        assertEquals(Outcome.NOT_SENT, failure(tooMany).outcome());
        assertEquals(List.of("fail RemotingTooMuchRequestException", "complete"), journal);
        assertEquals(permits, sent.size(), "one too many was sent");
        assertEquals(permits, full.requests().get());

        sent.forEach(listener -> listener.onResponse(response));
        executor.runAll();
        assertEquals(0, full.requests().get());
    }

    @Test
    void permit_isHeldUntilTheCallbackHasRun() {
        caller.invoke(PEER, request, 1_000, way);
        sent.remove().onResponse(response);
        assertEquals(1, caller.requests().get());
        executor.runAll();
        assertEquals(0, caller.requests().get());
    }

    @Test
    void permits_ofOneways_areTheirOwn() {
        caller.invoke(PEER, request, 1_000, way);
        caller.invoke(PEER, request, 1_000, way);
        CompletableFuture<Void> oneway = caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
        assertEquals(1, sentOneways.size());
        sentOneways.remove().onWritten();
        sent.remove().onResponse(response);
        sent.remove().onResponse(response);
        executor.runAll();
        assertTrue(oneway.isDone() && !oneway.isCompletedExceptionally());
    }

    @Test
    void wayThatThrows_givesThePermitBack() {
        Caller.TwoWay broken = (peer, command, deadlineNanos, listener) -> {
            throw new NullPointerException("addr");
        };
        Caller.OneWay brokenOneway = (peer, command, deadlineNanos, listener) -> {
            throw new NullPointerException("addr");
        };
        for (int i = 0; i <= PERMITS; i++) {
            assertThrows(NullPointerException.class, () -> caller.invokeSync(PEER, request, 1_000, broken));
            assertThrows(NullPointerException.class, () -> caller.invoke(PEER, request, 1_000, broken));
            assertThrows(NullPointerException.class, () -> caller.invokeOneway(PEER, request, 1_000, brokenOneway));
            assertThrows(NullPointerException.class, () -> caller.invokeOnewayAsync(PEER, request, 1_000, brokenOneway));
        }
    }

    // ---------------------------------------------------------------- hooks

    @Test
    void hooks_runOnceEach_aroundTheCall() throws Exception {
        endpoint.addHook(new RecordingHook());
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        assertEquals(List.of("before " + PEER), journal);
        sent.remove().onResponse(response);
        assertEquals(1, journal.size());
        executor.runAll();
        assertEquals(List.of("before " + PEER, "after 0"), journal);
        assertSame(response, result.get(0, TimeUnit.SECONDS));

        journal.clear();
        caller.invokeSync(PEER, request, 1_000, (peer, command, deadlineNanos, listener) -> listener.onResponse(response));
        assertEquals(List.of("before " + PEER, "after 0"), journal);

        journal.clear();
        caller.invokeOneway(PEER, request, 1_000, (peer, command, deadlineNanos, listener) -> listener.onWritten());
        assertEquals(List.of("before " + PEER), journal);
    }

    @Test
    void hookAfter_isNotAskedAboutAFailure() {
        endpoint.addHook(new RecordingHook());
        caller.invoke(PEER, request, 1_000, way);
        sent.remove().onFailure(new RemotingConnectException(PEER));
        executor.runAll();
        assertEquals(List.of("before " + PEER), journal);
    }

    @Test
    void hookAfter_thatThrowsAnError_stillEndsTheCall() {
        endpoint.addHook(new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand command) {}

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {
                throw new NoClassDefFoundError("hook");
            }
        });
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        sent.remove().onResponse(response);
        executor.runAll();
        assertEquals(Outcome.UNKNOWN, failure(result).outcome());
    }

    @Test
    void callbackExecutor_thatIsBroken_losesNoResult() throws Exception {
        executor.refuseWith(new IllegalStateException("broken"));
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        sent.remove().onResponse(response);
        assertSame(response, result.get(5, TimeUnit.SECONDS));
        Awaitility.await().until(() -> caller.requests().get() == 0);
    }

    @Test
    void hookBefore_thatThrows_sendsNothingAndTakesNoPermit() {
        endpoint.addHook(new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand command) {
                throw new IllegalStateException("no");
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {}
        });
        for (int i = 0; i <= PERMITS; i++) {
            CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
            executor.runAll();
            assertEquals(Outcome.NOT_SENT, failure(result).outcome());
            RemotingSendRequestException sync =
                    assertThrows(RemotingSendRequestException.class, () -> caller.invokeSync(PEER, request, 1_000, way));
            assertEquals(Outcome.NOT_SENT, sync.outcome());
            CompletableFuture<Void> oneway = caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
            executor.runAll();
            assertEquals(Outcome.NOT_SENT, failure(oneway).outcome());
        }
        assertTrue(sent.isEmpty() && sentOneways.isEmpty());
    }

    // ---------------------------------------------------------------- callbacks

    @Test
    void callback_ofAnAnswer_hearsSucceedThenComplete() {
        RecordingCallback callback = new RecordingCallback();
        caller.invokeAsync(PEER, request, 1_234, way, callback);
        sent.remove().onResponse(response);
        assertEquals(List.of(), journal);
        executor.runAll();
        assertEquals(List.of("succeed 0", "complete"), journal);
        assertSame(response, callback.future.getResponseCommand());
        assertSame(request, callback.future.getRequestCommand());
        assertNull(callback.future.getCause());
        assertEquals(1_234, callback.future.getTimeoutMillis());
        assertTrue(callback.future.isSendRequestOK());
        assertFalse(callback.future.isTimeout());
    }

    @Test
    void callback_ofAFailure_hearsFailThenComplete() {
        RecordingCallback callback = new RecordingCallback();
        caller.invokeAsync(PEER, request, 1_000, way, callback);
        sent.remove().onFailure(new RemotingTimeoutException("late", Outcome.UNKNOWN));
        executor.runAll();
        assertEquals(List.of("fail RemotingTimeoutException", "complete"), journal);
        assertTrue(callback.future.isTimeout());
        assertTrue(callback.future.isSendRequestOK());
        assertNull(callback.future.getResponseCommand());
    }

    @Test
    void callback_withoutAPermit_hearsFailOnTheExecutorAsWell() {
        caller.invoke(PEER, request, 1_000, way);
        caller.invoke(PEER, request, 1_000, way);
        RecordingCallback callback = new RecordingCallback();
        caller.invokeAsync(PEER, request, 1_000, way, callback);
        assertEquals(List.of(), journal);
        executor.runAll();
        assertEquals(List.of("fail RemotingTooMuchRequestException", "complete"), journal);
        assertFalse(callback.future.isSendRequestOK());
        sent.forEach(listener -> listener.onResponse(response));
        executor.runAll();
    }

    @Test
    void callback_thatThrowsInSucceed_stillHearsComplete() {
        caller.invokeAsync(PEER, request, 1_000, way, new InvokeCallback() {
            @Override
            public void operationComplete(ResponseFuture responseFuture) {
                journal.add("complete");
            }

            @Override
            public void operationSucceed(RemotingCommand answer) {
                throw new IllegalStateException("user's");
            }
        });
        sent.remove().onResponse(response);
        executor.runAll();
        assertEquals(List.of("complete"), journal);
    }

    /** The executor may be faster than the rest of invokeAsync; still the callback is its business alone. */
    @Test
    void callback_ofACallThatEndsAtOnce_isNotRunByTheCallingThread() {
        AtomicReference<Thread> calledBackBy = new AtomicReference<>();
        caller.setCallbackExecutor(new AbstractExecutorService() {
            @Override
            public void execute(Runnable task) {
                Thread thread = threads.newThread("callback", task);
                thread.start();
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void shutdown() {}

            @Override
            public List<Runnable> shutdownNow() {
                return List.of();
            }

            @Override
            public boolean isShutdown() {
                return false;
            }

            @Override
            public boolean isTerminated() {
                return false;
            }

            @Override
            public boolean awaitTermination(long timeout, TimeUnit unit) {
                return false;
            }
        });
        caller.invokeAsync(
                PEER,
                request,
                1_000,
                (peer, command, deadlineNanos, listener) -> listener.onFailure(new RemotingConnectException(PEER)),
                future -> calledBackBy.set(Thread.currentThread()));
        assertEquals("longlink-test-callback", calledBackBy.get().getName());
    }

    @Test
    void callbackExecutor_thatRejects_isReplacedByTheSharedOne() throws Exception {
        executor.refuseWith(new RejectedExecutionException("full"));
        CountDownLatch called = new CountDownLatch(1);
        AtomicReference<String> calledBackBy = new AtomicReference<>();
        caller.invokeAsync(PEER, request, 1_000, way, future -> {
            calledBackBy.set(Thread.currentThread().getName());
            called.countDown();
        });
        sent.remove().onResponse(response);
        assertTrue(called.await(5, TimeUnit.SECONDS));
        assertEquals("longlink-test-callback-1", calledBackBy.get());
        awaitNoCalls();
    }

    /** The permit comes back just after the callback, on the thread that ran it. */
    private void awaitNoCalls() {
        assertTrue(ShutdownDeadline.in(Duration.ofSeconds(5)).awaitNone(caller.requests(), caller.oneways()));
    }

    @Test
    void callbackExecutors_thatBothHaveEnded_leaveTheCallbackToTheThreadThatKnows() throws Exception {
        executor.refuseWith(new RejectedExecutionException("full"));
        CompletableFuture<RemotingCommand> result = caller.invoke(PEER, request, 1_000, way);
        endpoint.stop(ShutdownDeadline.forTeardown());
        sent.remove().onResponse(response);
        assertSame(response, result.get(0, TimeUnit.SECONDS));
    }

    // ---------------------------------------------------------------- blocking

    @Test
    void invokeSync_failed_throwsTheCauseWithTheCallersStack() {
        RemotingConnectException cause = new RemotingConnectException(PEER);
        RemotingConnectException thrown = assertThrows(
                RemotingConnectException.class,
                () -> caller.invokeSync(PEER, request, 1_000, (peer, command, deadlineNanos, listener) -> listener.onFailure(cause)));
        assertSame(cause, thrown);
        assertTrue(List.of(thrown.getStackTrace()).stream().anyMatch(frame -> frame.getMethodName().equals("invokeSync")));
    }

    @Test
    void invokeSync_onAnEventLoop_throwsAtOnce() throws Exception {
        onEventLoop(() -> {
            assertThrows(IllegalStateException.class, () -> caller.invokeSync(PEER, request, 1_000, way));
            assertTrue(sent.isEmpty());
        });
    }

    @Test
    void invokeOneway_onAnEventLoop_isNotSent_butInvokeOnewayAsyncIs() throws Exception {
        onEventLoop(() -> {
            RemotingSendRequestException refused = assertThrows(
                    RemotingSendRequestException.class, () -> caller.invokeOneway(PEER, request, 1_000, oneWay));
            assertEquals(Outcome.NOT_SENT, refused.outcome());
            assertTrue(sentOneways.isEmpty());
            caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
            sentOneways.remove().onWritten();
            executor.runAll();
        });
    }

    private void onEventLoop(Runnable code) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread loop = threads.eventLoops("io", true).newThread(() -> {
            try {
                code.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        loop.start();
        loop.join(5_000);
        assertNull(failure.get());
    }

    @Test
    void invokeSync_interrupted_leavesTheCallToEndByItself() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch sending = new CountDownLatch(1);
        Thread blocked = new Thread(() -> {
            try {
                caller.invokeSync(PEER, request, 60_000, (peer, command, deadlineNanos, listener) -> {
                    sent.add(listener);
                    sending.countDown();
                });
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        blocked.start();
        assertTrue(sending.await(5, TimeUnit.SECONDS));
        blocked.interrupt();
        blocked.join(5_000);
        assertInstanceOf(InterruptedException.class, thrown.get());
        assertEquals(1, caller.requests().get());
        sent.remove().onResponse(response);
        assertEquals(0, caller.requests().get());
    }

    // ---------------------------------------------------------------- one-way

    @Test
    void invokeOneway_marksTheRequestAndReturnsWhenWritten() throws Exception {
        caller.invokeOneway(PEER, request, 1_000, (peer, command, deadlineNanos, listener) -> {
            assertTrue(command.isOnewayRPC());
            listener.onWritten();
        });
        assertThrows(
                RemotingTimeoutException.class,
                () -> caller.invokeOneway(PEER, request, 1_000, (peer, command, deadlineNanos, listener) ->
                        listener.onFailure(new RemotingTimeoutException("full", Outcome.NOT_SENT))));
    }

    @Test
    void invokeOnewayAsync_completesOnTheCallbackExecutor() {
        CompletableFuture<Void> written = caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
        CompletableFuture<Void> failed = caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
        CompletableFuture<Void> tooMany = caller.invokeOnewayAsync(PEER, request, 1_000, oneWay);
        sentOneways.remove().onWritten();
        sentOneways.remove().onFailure(new RemotingConnectException(PEER));
        assertFalse(written.isDone() || failed.isDone() || tooMany.isDone());
        executor.runAll();
        assertTrue(written.isDone() && !written.isCompletedExceptionally());
        assertInstanceOf(RemotingConnectException.class, failure(failed));
        assertInstanceOf(RemotingTooMuchRequestException.class, failure(tooMany));
    }
}
