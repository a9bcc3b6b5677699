package io.longlink.remoting.client;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an {@link AddressSource} when it is time to, and passes its good answers on. Belongs to one event loop but for what says "any thread".
 */
final class AddressFeed {
    private static final long MIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long REFRESH_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(AddressFeed.class);

    private final AddressSource source;
    private final EventLoop loop;
    private final Executor executor;
    private final Consumer<List<String>> list;

    private boolean running;
    private boolean inCall;
    private boolean awaiting;
    private boolean askAgain;
    private int question;
    private long askedNanos;
    private long retryNanos = MIN_INTERVAL_NANOS;
    private boolean failing;
    private @Nullable Future<?> plan;
    private @Nullable Future<?> limit;

    /**
     * A feed that does not ask yet.
     *
     * @param executor where the source is called
     * @param list takes good answers, on the loop; throws {@link IllegalArgumentException} if they are none
     */
    AddressFeed(AddressSource source, EventLoop loop, Executor executor, Consumer<List<String>> list) {
        this.source = source;
        this.loop = loop;
        this.executor = executor;
        this.list = list;
    }

    /** Asks for the first time. Any thread. */
    void start() {
        onLoop(() -> {
            running = true;
            ask();
        });
    }

    /** Asks no more, and does not hear what was asked before. Any thread. */
    void stop() {
        onLoop(() -> {
            running = false;
            awaiting = false;
            cancel(plan);
            cancel(limit);
        });
    }

    /** A connection was lost, or none is known: the source may know better by now. Any thread. */
    void askSoon() {
        onLoop(() -> {
            if (awaiting) {
                askAgain = true;
            } else {
                planAt(askedNanos + MIN_INTERVAL_NANOS);
            }
        });
    }

    private void planAt(long nanos) {
        if (!running) {
            return;
        }
        long delay = Math.max(0, nanos - loop.ticker().nanoTime());
        cancel(plan);
        plan = loop.schedule(this::ask, delay, TimeUnit.NANOSECONDS);
    }

    private void ask() {
        if (!running || awaiting) {
            return;
        }
        askedNanos = loop.ticker().nanoTime();
        if (inCall) {
            // It blocks a thread of the executor still; it shall not have the others too.
            planAt(askedNanos + LAST_RETRY_NANOS);
            return;
        }
        awaiting = true;
        inCall = true;
        int mine = ++question;
        limit = loop.schedule(() -> onAnswer(mine, null, new TimeoutException("no answer in 10 s")), ANSWER_NANOS, TimeUnit.NANOSECONDS);
        try {
            executor.execute(() -> call(mine));
        } catch (RuntimeException | Error e) {
            // Full, ended, or no thread to be had.
            inCall = false;
            onAnswer(mine, null, e);
        }
    }

    /** On the executor. */
    private void call(int mine) {
        CompletionStage<List<String>> answer;
        try {
            answer = Objects.requireNonNull(source.addresses(), "it returned no stage");
        } catch (RuntimeException | Error e) {
            answer = CompletableFuture.failedFuture(e);
        }
        onLoop(() -> inCall = false);
        answer.whenComplete((addresses, failure) -> onLoop(() -> onAnswer(mine, addresses, failure)));
    }

    private void onAnswer(int answered, @Nullable List<String> addresses, @Nullable Throwable failure) {
        if (!awaiting || answered != question) {
            return;
        }
        awaiting = false;
        cancel(limit);
        Throwable problem = failure == null ? take(addresses) : failure;
        long nextNanos = problem == null ? REFRESH_NANOS : retryNanos;
        retryNanos = problem == null ? MIN_INTERVAL_NANOS : Math.min(LAST_RETRY_NANOS, 2 * retryNanos);
        planAt(askedNanos + (askAgain ? MIN_INTERVAL_NANOS : nextNanos));
        askAgain = false;
        note(problem);
    }

    private @Nullable Throwable take(@Nullable List<String> addresses) {
        try {
            if (addresses == null || addresses.isEmpty()) {
                return new IllegalArgumentException("it knows no address");
            }
            list.accept(addresses);
            return null;
        } catch (RuntimeException | Error e) {
            // The list is the user's, too.
            return e;
        }
    }

    /** One line when it begins to fail. */
    private void note(@Nullable Throwable problem) {
        boolean before = failing;
        failing = problem != null;
        if (problem != null && before) {
            log.debug("the address source still fails: {}", problem.toString());
        } else if (problem != null) {
            log.warn("the address source fails, its last good answer stays in use: {}", problem.toString());
        }
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void onLoop(Runnable command) {
        try {
            loop.execute(command);
        } catch (RejectedExecutionException e) {
            log.debug("the event loop has ended, no address source is asked any more");
        }
    }
}
