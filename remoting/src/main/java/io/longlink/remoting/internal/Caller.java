package io.longlink.remoting.internal;

import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.ResponseFuture;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one way of sending the shapes users call it by: blocking, callback, future, one-way. Around each call it fixes the deadline, runs
 * the hooks once, keeps to the limit, and takes the result off the event loop. Thread-safe.
 */
public final class Caller {

    /** Sends a two-way request, perhaps several times, and tells the listener once. Any thread. */
    @FunctionalInterface
    public interface TwoWay {
        /**
         * Sends it.
         *
         * @param deadlineNanos on {@link Ticker#systemTicker()}, the clock of all real event loops
         */
        void send(String peer, RemotingCommand request, long deadlineNanos, ReplyListener listener);
    }

    /** Sends a one-way request and tells the listener once. Any thread. */
    @FunctionalInterface
    public interface OneWay {
        /**
         * Sends it.
         *
         * @param deadlineNanos on {@link Ticker#systemTicker()}, the clock of all real event loops
         */
        void send(String peer, RemotingCommand request, long deadlineNanos, WriteListener listener);
    }

    private static final Logger log = LoggerFactory.getLogger(Caller.class);

    private final RemotingEndpoint endpoint;
    private final int maxRequests;
    private final int maxOneways;
    private final InUseCount requests = new InUseCount();
    private final InUseCount oneways = new InUseCount();
    private volatile ExecutorService callbackExecutor;

    /** A caller with the limits and the callback executor of this endpoint's settings. */
    public Caller(RemotingEndpoint endpoint) {
        this.endpoint = endpoint;
        this.maxRequests = endpoint.settings().requestPermits();
        this.maxOneways = endpoint.settings().onewayPermits();
        this.callbackExecutor = endpoint.callbackExecutor();
    }

    /** Replaces the executor of callbacks. */
    public void setCallbackExecutor(ExecutorService executor) {
        callbackExecutor = executor;
    }

    /** The two-way calls that have begun and not ended. */
    public InUseCount requests() {
        return requests;
    }

    /** The one-way calls that have begun and not ended. */
    public InUseCount oneways() {
        return oneways;
    }

    /** Sends and blocks. */
    public RemotingCommand invokeSync(String peer, RemotingCommand request, long timeoutMillis, TwoWay way)
            throws InterruptedException, RemotingException {
        if (OwnThreads.onEventLoop()) {
            throw new IllegalStateException("invokeSync blocks, and this is an event loop: use invoke or invokeAsync here");
        }
        long deadlineNanos = deadline(request, timeoutMillis);
        begin(peer, request, requests, maxRequests);
        BlockingCall call = new BlockingCall();
        sendOrGiveBack(peer, request, deadlineNanos, way, call);
        RemotingCommand response = await(call);
        endpoint.hooks().afterCall(peer, request, response);
        return response;
    }

    /** A call whose caller blocks. It completes on an event loop, and nothing but a blocked thread hangs on it. */
    private final class BlockingCall extends CompletableFuture<RemotingCommand> implements ReplyListener {
        @Override
        public void onResponse(RemotingCommand response) {
            requests.end();
            complete(response);
        }

        @Override
        public void onFailure(RemotingException cause) {
            requests.end();
            completeExceptionally(cause);
        }
    }

    /** Sends; the future completes on the callback executor. */
    public CompletableFuture<RemotingCommand> invoke(String peer, RemotingCommand request, long timeoutMillis, TwoWay way) {
        FutureCall call = new FutureCall(this, peer, request);
        begin(peer, request, timeoutMillis, way, call);
        return call.result;
    }

    /** Sends; the callback is called on the callback executor. */
    public void invokeAsync(String peer, RemotingCommand request, long timeoutMillis, TwoWay way, InvokeCallback callback) {
        begin(peer, request, timeoutMillis, way, new CallbackCall(this, peer, request, timeoutMillis, callback));
    }

    private void begin(String peer, RemotingCommand request, long timeoutMillis, TwoWay way, AsyncCall call) {
        long deadlineNanos = deadline(request, timeoutMillis);
        try {
            begin(peer, request, requests, maxRequests);
        } catch (RemotingException e) {
            handOver(() -> call.tell(null, e));
            return;
        }
        sendOrGiveBack(peer, request, deadlineNanos, way, call);
    }

    /** A call that has begun; it ends as a task of the callback executor. */
    private abstract static class AsyncCall implements ReplyListener, Runnable {
        private final Caller caller;
        private final String peer;
        final RemotingCommand request;
        // Written on an event loop before the task is handed over.
        private @Nullable RemotingCommand response;
        private @Nullable RemotingException failure;

        AsyncCall(Caller caller, String peer, RemotingCommand request) {
            this.caller = caller;
            this.peer = peer;
            this.request = request;
        }

        /** Tells how it ended; one of the two is {@code null}. */
        abstract void tell(@Nullable RemotingCommand response, @Nullable RemotingException failure);

        @Override
        public void onResponse(RemotingCommand response) {
            this.response = response;
            caller.handOver(this);
        }

        @Override
        public void onFailure(RemotingException cause) {
            failure = cause;
            caller.handOver(this);
        }

        @Override
        public void run() {
            try {
                RemotingException refused = response == null ? failure : refusedByHook(response);
                tell(refused == null ? response : null, refused);
            } finally {
                caller.requests.end();
            }
        }

        private @Nullable RemotingException refusedByHook(RemotingCommand response) {
            try {
                caller.endpoint.hooks().afterCall(peer, request, response);
                return null;
            } catch (RemotingSendRequestException e) {
                return e;
            }
        }
    }

    private static final class FutureCall extends AsyncCall {
        private final CompletableFuture<RemotingCommand> result = new CompletableFuture<>();

        FutureCall(Caller caller, String peer, RemotingCommand request) {
            super(caller, peer, request);
        }

        @Override
        void tell(@Nullable RemotingCommand response, @Nullable RemotingException failure) {
            if (response != null) {
                result.complete(response);
            } else {
                result.completeExceptionally(orNoResult(failure));
            }
        }
    }

    private static final class CallbackCall extends AsyncCall {
        private final long timeoutMillis;
        private final InvokeCallback callback;

        CallbackCall(Caller caller, String peer, RemotingCommand request, long timeoutMillis, InvokeCallback callback) {
            super(caller, peer, request);
            this.timeoutMillis = timeoutMillis;
            this.callback = callback;
        }

        @Override
        void tell(@Nullable RemotingCommand response, @Nullable RemotingException failure) {
            callBack(callback, request, timeoutMillis, response, failure);
        }
    }

    /** Tells a callback of a call whose future completes on the callback executor. */
    public static void callBackWhenDone(
            CompletableFuture<RemotingCommand> result, RemotingCommand request, long timeoutMillis, InvokeCallback callback) {
        result.whenComplete((response, failure) -> callBack(callback, request, timeoutMillis, response, failure));
    }

    private static void callBack(
            InvokeCallback callback,
            RemotingCommand request,
            long timeoutMillis,
            @Nullable RemotingCommand response,
            @Nullable Throwable failure) {
        try {
            try {
                if (response != null) {
                    callback.operationSucceed(response);
                } else if (failure != null) {
                    callback.operationFail(failure);
                }
            } finally {
                callback.operationComplete(
                        response != null
                                ? ResponseFuture.answered(request, timeoutMillis, response)
                                : ResponseFuture.failed(request, timeoutMillis, orNoResult(failure)));
            }
        } catch (RuntimeException | Error e) {
            log.error("callback {} failed", callback.getClass().getName(), e);
        }
    }

    private static Throwable orNoResult(@Nullable Throwable failure) {
        return failure == null ? new IllegalStateException("no result") : failure;
    }

    /** Sends a one-way request and blocks until it is written. */
    public void invokeOneway(String peer, RemotingCommand request, long timeoutMillis, OneWay way)
            throws InterruptedException, RemotingException {
        if (OwnThreads.onEventLoop()) {
            throw new RemotingSendRequestException(
                    "invokeOneway may have to wait, and this is an event loop: use invokeOnewayAsync here", null, Outcome.NOT_SENT);
        }
        long deadlineNanos = deadline(request, timeoutMillis);
        begin(peer, request, oneways, maxOneways);
        BlockingOneway call = new BlockingOneway();
        sendOrGiveBack(peer, request, deadlineNanos, way, call);
        await(call);
    }

    private final class BlockingOneway extends CompletableFuture<@Nullable Void> implements WriteListener {
        @Override
        public void onWritten() {
            oneways.end();
            complete(null);
        }

        @Override
        public void onFailure(RemotingException cause) {
            oneways.end();
            completeExceptionally(cause);
        }
    }

    /** Sends a one-way request; the future completes on the callback executor when it is written. */
    public CompletableFuture<@Nullable Void> invokeOnewayAsync(String peer, RemotingCommand request, long timeoutMillis, OneWay way) {
        AsyncOneway call = new AsyncOneway();
        long deadlineNanos = deadline(request, timeoutMillis);
        try {
            begin(peer, request, oneways, maxOneways);
        } catch (RemotingException e) {
            handOver(() -> call.completeExceptionally(e));
            return call;
        }
        sendOrGiveBack(peer, request, deadlineNanos, way, call);
        return call;
    }

    private final class AsyncOneway extends CompletableFuture<@Nullable Void> implements WriteListener, Runnable {
        // Written on an event loop before the task is handed over.
        private @Nullable RemotingException failure;

        @Override
        public void onWritten() {
            handOver(this);
        }

        @Override
        public void onFailure(RemotingException cause) {
            failure = cause;
            handOver(this);
        }

        @Override
        public void run() {
            try {
                if (failure == null) {
                    complete(null);
                } else {
                    completeExceptionally(failure);
                }
            } finally {
                oneways.end();
            }
        }
    }

    /**
     * Runs the hooks and counts the call; nothing was counted if this throws. Whoever ends it does so when it is over for the user too, so
     * that the limit also bounds what waits for the callback executor.
     */
    private void begin(String peer, RemotingCommand request, InUseCount calls, int limit)
            throws RemotingSendRequestException, RemotingTooMuchRequestException {
        endpoint.hooks().beforeCall(peer, request);
        if (!calls.tryBegin(limit)) {
            throw new RemotingTooMuchRequestException("not sent to " + peer + ": too many requests are in flight already");
        }
    }

    /** Sends what has begun; a way that throws, for want of an address for example, has ended the call with that. */
    private void sendOrGiveBack(String peer, RemotingCommand request, long deadlineNanos, TwoWay way, ReplyListener call) {
        try {
            way.send(peer, request, deadlineNanos, call);
        } catch (RuntimeException | Error e) {
            requests.end();
            throw e;
        }
    }

    private void sendOrGiveBack(String peer, RemotingCommand request, long deadlineNanos, OneWay way, WriteListener call) {
        try {
            request.markOnewayRPC();
            way.send(peer, request, deadlineNanos, call);
        } catch (RuntimeException | Error e) {
            oneways.end();
            throw e;
        }
    }

    /**
     * When a call must have ended, on {@link Ticker#systemTicker()}.
     *
     * @throws IllegalArgumentException if the code belongs to the library or the timeout is not above 0
     */
    public static long deadline(RemotingCommand request, long timeoutMillis) {
        if (RequestCode.isOwn(request.getCode())) {
            throw new IllegalArgumentException("request codes 1500 to 1502 belong to the library: " + request.getCode());
        }
        if (timeoutMillis <= 0) {
            throw new IllegalArgumentException("timeoutMillis must be above 0: " + timeoutMillis);
        }
        // A century is as good as for ever, and far from overflowing nanoseconds.
        return Ticker.systemTicker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(timeoutMillis, TimeUnit.DAYS.toMillis(36_500)));
    }

    /** Every call ends by itself at its deadline at the latest, so this wait needs no end of its own. */
    private static <T> T await(CompletableFuture<T> call) throws InterruptedException, RemotingException {
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RemotingException) {
                // The stack is the event loop's until now; whoever waits here wants his own.
                throw (RemotingException) e.getCause().fillInStackTrace();
            }
            throw new RemotingSendRequestException("the call failed: " + e.getCause(), e.getCause(), Outcome.UNKNOWN);
        }
    }

    /** For methods that declare what RocketMQ's do: anything else they may meet, told as a request that could not be sent. */
    public static RemotingSendRequestException asSendFailure(RemotingException e) {
        return new RemotingSendRequestException(String.valueOf(e.getMessage()), e, e.outcome());
    }

    /** Completes a call where calls are completed: on the callback executor. */
    public void handOver(Runnable completion) {
        try {
            callbackExecutor.execute(completion);
        } catch (RuntimeException | Error e) {
            // Rejected, or an executor that is broken: nobody may wait for ever because of it.
            handOverElsewhere(completion, e);
        }
    }

    private void handOverElsewhere(Runnable completion, Throwable why) {
        log.warn("the callback executor took no more ({}), the shared one calls back instead", why.toString());
        try {
            endpoint.callbackExecutor().execute(completion);
        } catch (RuntimeException | Error e) {
            // Ours has ended with the service, or has no thread: whoever still waits is told on this thread rather than never.
            completion.run();
        }
    }
}
