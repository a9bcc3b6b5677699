package io.longlink.remoting.stress;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call: what was planned, how often it ran and how it ended. Thread-safe.
 *
 * <p>Its body begins with its number, that of its answer with the complement of it.
 */
final class Call {

    /** Who is asked, and what its processor does. */
    enum Kind {
        /** Answered by the processor, on the shared executor of the library. */
        ECHO(100),
        /** Answered by the processor, on the event loop. */
        ON_LOOP(101),
        /** Answered by the processor after a while, on an executor of the test. */
        HELD(102),
        /** Answered by another thread, after the processor has returned or just before. */
        DEFERRED(103),
        /** Parked; runs when a drain hook or the end of the round answers it. */
        PARKED(104),
        ONEWAY(105),
        /** Asked by the server, answered by the client's processor. */
        BACK(200),
        /** Asked by the server, answered by another thread of the client. */
        BACK_DEFERRED(201),
        BACK_ONEWAY(202);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        boolean isOneway() {
            return this == ONEWAY || this == BACK_ONEWAY;
        }

        boolean isFromServer() {
            return code >= BACK.code;
        }
    }

    /** The methods of the API. */
    enum Shape { BLOCKING, CALLBACK, FUTURE }

    /** What a call may expect. */
    enum Promise {
        /** It succeeds, and runs exactly once. */
        KEPT,
        /** As above, or it fails as NOT_SENT, for its own side takes no more calls. */
        KEPT_OR_NOT_SENT,
        /** It may fail, and its outcome says truly whether it may have run. */
        TRUTH
    }

    /**
     * What was planned.
     *
     * @param client index of the client that asks, or is asked
     * @param pauseMicros how long its processor, or whoever answers it, takes
     * @param answeredTwice whether a deferred answer is given by two threads
     * @param refusedByHook whether a drain hook that finds it parked refuses it
     * @param bytes of its body and of that of its answer
     */
    record Plan(
            Kind kind,
            Shape shape,
            int client,
            long pauseMicros,
            boolean answeredTwice,
            boolean refusedByHook,
            int bytes,
            long timeoutMillis,
            Promise promise) {}

    private final long number;
    private final Plan plan;
    private final Story story;
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    // Written once, by the thread that completes `ended`, before it does.
    private volatile boolean succeeded;
    private volatile @Nullable Outcome outcome;

    Call(long number, Plan plan, Story story) {
        this.number = number;
        this.plan = plan;
        this.story = story;
    }

    long number() {
        return number;
    }

    Plan plan() {
        return plan;
    }

    CompletableFuture<Void> ended() {
        return ended;
    }

    /** How it ended: a word for the statistics. */
    String verdict() {
        Outcome failed = outcome;
        return !ended.isDone() ? "OPEN" : succeeded ? "SUCCESS" : failed == null ? "NOT_CALLED" : failed.name();
    }

    // ---------------------------------------------------------------- commands

    RemotingCommand request() {
        RemotingCommand request = RemotingCommand.createRequestCommand(plan.kind().code(), null);
        request.setBody(body(number));
        return request;
    }

    RemotingCommand response(RemotingCommand request) {
        RemotingCommand response = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
        response.setOpaque(request.getOpaque());
        response.setBody(body(~number));
        return response;
    }

    private byte[] body(long first) {
        return ByteBuffer.allocate(plan.bytes()).putLong(first).array();
    }

    /** The number of the call that a request belongs to. */
    static long numberOf(RemotingCommand request) {
        byte[] body = request.getBody();
        return body == null ? -1 : ByteBuffer.wrap(body).getLong();
    }

    // ---------------------------------------------------------------- what becomes of it

    void tell(String what) {
        story.add(this + " " + what);
    }

    /** A processor has begun to do what it asks for. */
    void ran(String where) {
        int times = runs.incrementAndGet();
        tell("runs " + where + (times == 1 ? "" : ", for the time " + times));
    }

    int runs() {
        return runs.get();
    }

    /** There was nobody to be asked. */
    void notCalled() {
        tell("is not called, nobody is there");
        ends.incrementAndGet();
        ended.complete(null);
    }

    void wrong(String what) {
        tell("WRONG: " + what);
        wrongs.add(what);
    }

    /** The caller was told; {@code response} is {@code null} for a one-way call that was written. */
    void end(@Nullable RemotingCommand response, @Nullable Throwable failure) {
        if (ends.incrementAndGet() > 1) {
            wrong("it ended twice");
            return;
        }
        if (failure == null) {
            succeeded = true;
            checkAnswer(response);
            tell("succeeded");
        } else if (failure instanceof RemotingException why) {
            outcome = why.outcome();
            tell("failed as " + why.outcome() + ": " + why);
        } else {
            wrong("it failed with " + failure);
        }
        ended.complete(null);
    }

    private void checkAnswer(@Nullable RemotingCommand response) {
        if (plan.kind().isOneway()) {
            return;
        }
        if (response == null) {
            wrong("it succeeded without an answer");
        } else if (response.getCode() != ResponseCode.SUCCESS) {
            wrong("it was answered with code " + response.getCode() + " " + response.getRemark());
        } else if (numberOf(response) != ~number || response.getBody() == null || response.getBody().length != plan.bytes()) {
            wrong("it got another one's answer: " + ~numberOf(response));
        }
    }

    // ---------------------------------------------------------------- judgement

    /** Whether it still has to run, which a one-way call may do after it has succeeded. */
    boolean isAwaited() {
        return succeeded && plan.promise() != Promise.TRUTH && runs() == 0;
    }

    /** What is wrong with it, now that it has ended; {@code null} if nothing is. */
    @Nullable String violation() {
        if (!wrongs.isEmpty()) {
            return String.join(", ", wrongs);
        }
        int times = runs();
        if (times > 1) {
            return "it ran " + times + " times";
        }
        if (!ended.isDone()) {
            return "it never ended";
        }
        Outcome failed = outcome;
        if (failed != null) {
            return violationOfFailure(failed, times);
        }
        boolean mustHaveRun = succeeded && (!plan.kind().isOneway() || plan.promise() != Promise.TRUTH);
        return mustHaveRun && times == 0 ? "it succeeded and did not run" : null;
    }

    private @Nullable String violationOfFailure(Outcome failed, int times) {
        if (failed != Outcome.UNKNOWN && times > 0) {
            return "it ran, and its caller was told " + failed;
        }
        boolean allowed = switch (plan.promise()) {
            case KEPT -> false;
            case KEPT_OR_NOT_SENT -> failed == Outcome.NOT_SENT;
            case TRUTH -> true;
        };
        return allowed ? null : "it failed as " + failed + ", and nothing had happened that it may fail of";
    }

    @Override
    public String toString() {
        return plan.kind() + " " + number;
    }
}
