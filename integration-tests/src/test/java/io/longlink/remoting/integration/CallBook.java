package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The calls of one client to one address, to be judged when all is over. One thread makes and judges them. */
final class CallBook {

    /** How a call ended, as its caller saw it. */
    private record End(@Nullable RemotingCommand answer, @Nullable RemotingException failure, long nanos) {}

    /** One call, by the body of its request. */
    static final class Call {
        private final String id;
        private final boolean oneway;
        private final long begunNanos;
        private final CompletableFuture<End> end;

        private Call(String id, boolean oneway, long begunNanos, CompletableFuture<? extends @Nullable RemotingCommand> result) {
            this.id = id;
            this.oneway = oneway;
            this.begunNanos = begunNanos;
            this.end = result.handle((answer, thrown) -> new End(answer, failure(thrown), System.nanoTime()));
        }

        private static @Nullable RemotingException failure(@Nullable Throwable thrown) {
            Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            return cause == null ? null : assertInstanceOf(RemotingException.class, cause);
        }

        String id() {
            return id;
        }

        boolean hasEnded() {
            return end.isDone();
        }

        boolean hasSucceeded() {
            return hasEnded() && end.join().failure == null;
        }

        /** How its failure says it went; {@code null} if it has not failed. */
        @Nullable Outcome outcome() {
            RemotingException failure = hasEnded() ? end.join().failure : null;
            return failure == null ? null : failure.outcome();
        }

        long begunNanos() {
            return begunNanos;
        }

        long endedNanos() {
            return end.join().nanos;
        }

        @Override
        public String toString() {
            return id + ": " + (hasEnded() ? end.join() : "pending");
        }
    }

    private final NettyRemotingClient client;
    private final String address;
    private final List<Call> calls = new ArrayList<>();

    CallBook(NettyRemotingClient client, String address) {
        this.client = client;
        this.address = address;
    }

    Call twoWay(int code, String id, long timeoutMillis) {
        long begunNanos = System.nanoTime();
        return noted(new Call(id, false, begunNanos, client.invoke(address, Services.request(code, id), timeoutMillis)));
    }

    Call oneWay(int code, String id, long timeoutMillis) {
        long begunNanos = System.nanoTime();
        CompletableFuture<RemotingCommand> written =
                client.invokeOnewayAsync(address, Services.request(code, id), timeoutMillis).thenApply(nothing -> null);
        return noted(new Call(id, true, begunNanos, written));
    }

    private Call noted(Call call) {
        calls.add(call);
        return call;
    }

    long count(@Nullable Outcome outcome) {
        return calls.stream().filter(call -> call.outcome() == outcome).count();
    }

    /** Asserts that every call has ended, and truly; that nothing ran twice, and nothing that nobody had asked. */
    void judge(Executions executions) {
        int ran = 0;
        for (Call call : calls) {
            int times = executions.of(call.id);
            ran += times;
            assertTrue(call.hasEnded(), call::toString);
            assertTrue(times <= 1, () -> "ran " + times + " times: " + call);
            if (call.outcome() == Outcome.NOT_SENT || call.outcome() == Outcome.REFUSED) {
                assertEquals(0, times, () -> "ran, although " + call);
            }
            if (call.hasSucceeded() && !call.oneway) {
                assertEquals(1, times, () -> "never ran, although " + call);
                RemotingCommand answer = call.end.join().answer;
                assertEquals(call.id, answer == null ? null : Services.text(answer));
            }
        }
        assertEquals(ran, executions.total(), "ran without being asked");
    }
}
