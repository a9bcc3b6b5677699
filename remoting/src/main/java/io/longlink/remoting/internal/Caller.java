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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one way of sending the shapes users call it by: blocking, callback, future, one-way. Around each call it fixes the deadline, runs
 * the hooks once, holds the permit, and takes the result off the event loop. Thread-safe.
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
        void send(RemotingCommand request, long deadlineNanos, ReplyListener listener);
    }

    /** Sends a one-way request and tells the listener once. Any thread. */
    @FunctionalInterface
    public interface OneWay {
        /**
         * Sends it.
         *
         * @param deadlineNanos on {@link Ticker#systemTicker()}, the clock of all real event loops
         */
        void send(RemotingCommand request, long deadlineNanos, WriteListener listener);
    }

    private static final Logger log = LoggerFactory.getLogger(Caller.class);

    private final RemotingEndpoint endpoint;
    private final Semaphore requestPermits;
    private final Semaphore onewayPermits;
    private final InUseCount calls = new InUseCount();
    private volatile ExecutorService callbackExecutor;

    /** A caller with the permits and the callback executor of this endpoint's settings. */
    public Caller(RemotingEndpoint endpoint) {
        this.endpoint = endpoint;
        this.requestPermits = new Semaphore(endpoint.settings().requestPermits());
        this.onewayPermits = new Semaphore(endpoint.settings().onewayPermits());
        this.callbackExecutor = endpoint.callbackExecutor();
    }

    /** Replaces the executor of callbacks. */
    public void setCallbackExecutor(ExecutorService executor) {
        callbackExecutor = executor;
    }

    /** The calls, two-way and one-way, that have begun and not ended. */
    public InUseCount calls() {
        return calls;
    }

    /** Sends and blocks. */
    public RemotingCommand invokeSync(String peer, RemotingCommand request, long timeoutMillis, TwoWay way)
            throws InterruptedException, RemotingException {
        if (OwnThreads.onEventLoop()) {
            throw new IllegalStateException("invokeSync blocks, and this is an event loop: use invoke or invokeAsync here");
        }
        long deadlineNanos = deadline(request, timeoutMillis);
        begin(peer, request, requestPermits);
        CompletableFuture<RemotingCommand> raw = orGiveBack(requestPermits, () -> start(request, deadlineNanos, way));
        raw.whenComplete((response, failure) -> end(requestPermits));
        RemotingCommand response = await(raw);
        endpoint.hooks().afterCall(peer, request, response);
        return response;
    }

    /** Sends; the future completes on the callback executor. */
    public CompletableFuture<RemotingCommand> invoke(String peer, RemotingCommand request, long timeoutMillis, TwoWay way) {
        CompletableFuture<RemotingCommand> result = new CompletableFuture<>();
        invoke(peer, request, timeoutMillis, way, result);
        return result;
    }

    private void invoke(
            String peer, RemotingCommand request, long timeoutMillis, TwoWay way, CompletableFuture<RemotingCommand> result) {
        long deadlineNanos = deadline(request, timeoutMillis);
        try {
            begin(peer, request, requestPermits);
        } catch (RemotingException e) {
            handOver(() -> result.completeExceptionally(e));
            return;
        }
        CompletableFuture<RemotingCommand> raw = orGiveBack(requestPermits, () -> start(request, deadlineNanos, way));
        raw.whenComplete((response, failure) -> handOver(() -> {
            try {
                if (failure != null) {
                    result.completeExceptionally(failure);
                } else {
                    endpoint.hooks().afterCall(peer, request, response);
                    result.complete(response);
                }
            } catch (RemotingSendRequestException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            } finally {
                end(requestPermits);
            }
        }));
    }

    /** Sends; the callback is called on the callback executor. */
    public void invokeAsync(String peer, RemotingCommand request, long timeoutMillis, TwoWay way, InvokeCallback callback) {
        CompletableFuture<RemotingCommand> result = new CompletableFuture<>();
        // Before the call: hung on a future that is complete already, it would run here, perhaps on an event loop.
        callBackWhenDone(result, request, timeoutMillis, callback);
        invoke(peer, request, timeoutMillis, way, result);
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
                                : ResponseFuture.failed(
                                        request, timeoutMillis, failure == null ? new IllegalStateException("no result") : failure));
            }
        } catch (RuntimeException | Error e) {
            log.error("callback {} failed", callback.getClass().getName(), e);
        }
    }

    /** Sends a one-way request and blocks until it is written. */
    public void invokeOneway(String peer, RemotingCommand request, long timeoutMillis, OneWay way)
            throws InterruptedException, RemotingException {
        if (OwnThreads.onEventLoop()) {
            throw new RemotingSendRequestException(
                    "invokeOneway may have to wait, and this is an event loop: use invokeOnewayAsync here", null, Outcome.NOT_SENT);
        }
        long deadlineNanos = deadline(request, timeoutMillis);
        begin(peer, request, onewayPermits);
        CompletableFuture<@Nullable Void> raw = orGiveBack(onewayPermits, () -> startOneway(request, deadlineNanos, way));
        raw.whenComplete((written, failure) -> end(onewayPermits));
        await(raw);
    }

    /** Sends a one-way request; the future completes on the callback executor when it is written. */
    public CompletableFuture<@Nullable Void> invokeOnewayAsync(String peer, RemotingCommand request, long timeoutMillis, OneWay way) {
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        long deadlineNanos = deadline(request, timeoutMillis);
        try {
            begin(peer, request, onewayPermits);
        } catch (RemotingException e) {
            handOver(() -> result.completeExceptionally(e));
            return result;
        }
        CompletableFuture<@Nullable Void> raw = orGiveBack(onewayPermits, () -> startOneway(request, deadlineNanos, way));
        raw.whenComplete((written, failure) -> handOver(() -> {
            try {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(failure);
                }
            } finally {
                end(onewayPermits);
            }
        }));
        return result;
    }

    /** Runs the hooks and takes the permit, which {@link #end} gives back; nothing was taken if this throws. */
    private void begin(String peer, RemotingCommand request, Semaphore permits)
            throws RemotingSendRequestException, RemotingTooMuchRequestException {
        endpoint.hooks().beforeCall(peer, request);
        if (!permits.tryAcquire()) {
            throw new RemotingTooMuchRequestException("not sent to " + peer + ": too many requests are in flight already");
        }
        calls.begin();
    }

    /** The call is over for its caller too, so that the permits also bound what waits for the callback executor. */
    private void end(Semaphore permits) {
        permits.release();
        calls.end();
    }

    /** Starts the call that {@link #begin} has begun; one that throws, for want of an address for example, has ended with that. */
    private <T> CompletableFuture<T> orGiveBack(Semaphore permits, Supplier<CompletableFuture<T>> start) {
        try {
            return start.get();
        } catch (RuntimeException | Error e) {
            end(permits);
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

    /** The raw call: completes on an event loop, so nothing of the user's may hang on it directly. */
    private static CompletableFuture<RemotingCommand> start(RemotingCommand request, long deadlineNanos, TwoWay way) {
        CompletableFuture<RemotingCommand> raw = new CompletableFuture<>();
        way.send(request, deadlineNanos, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                raw.complete(response);
            }

            @Override
            public void onFailure(RemotingException cause) {
                raw.completeExceptionally(cause);
            }
        });
        return raw;
    }

    private static CompletableFuture<@Nullable Void> startOneway(RemotingCommand request, long deadlineNanos, OneWay way) {
        CompletableFuture<@Nullable Void> raw = new CompletableFuture<>();
        request.markOnewayRPC();
        way.send(request, deadlineNanos, new WriteListener() {
            @Override
            public void onWritten() {
                raw.complete(null);
            }

            @Override
            public void onFailure(RemotingException cause) {
                raw.completeExceptionally(cause);
            }
        });
        return raw;
    }

    /** Every raw call ends by itself at its deadline at the latest, so this wait needs no end of its own. */
    private static <T> T await(CompletableFuture<T> raw) throws InterruptedException, RemotingException {
        try {
            return raw.get();
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
        } catch (RejectedExecutionException e) {
            // Ours has ended with the service: whoever still waits is told on this thread rather than never.
            completion.run();
        }
    }
}
