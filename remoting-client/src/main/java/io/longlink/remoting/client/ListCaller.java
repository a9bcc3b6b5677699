package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Caller;
import io.longlink.remoting.internal.InUseCount;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Leads calls through the name-server list. Each address is a call of its own for the {@link Caller}, with its own hooks; all have the same
 * deadline. Thread-safe.
 */
final class ListCaller {

    /** How to send to the addresses of a round. */
    interface Ways {
        /** Asked once per call: one that was taken is owed all its tries, even when a shutdown begins meanwhile. */
        void checkTakesCalls() throws RemotingSendRequestException;

        Caller.TwoWay twoWay(AddressRound round);

        Caller.OneWay oneWay(AddressRound round);
    }

    /** One try. */
    private interface Try<T> {
        CompletableFuture<T> at(String addr);
    }

    private final Caller caller;
    private final NameServers servers;
    private final Ways ways;

    // Each over all its tries, so that a shutdown does not end between two of them.
    private final InUseCount calls = new InUseCount();

    ListCaller(Caller caller, NameServers servers, Ways ways) {
        this.caller = caller;
        this.servers = servers;
        this.ways = ways;
    }

    /** The calls that have begun and not ended. */
    InUseCount calls() {
        return calls;
    }

    private AddressRound newRound(RemotingCommand request, long timeoutMillis) {
        return new AddressRound(servers, request, Caller.deadline(request, timeoutMillis));
    }

    private String start(AddressRound round) throws RemotingSendRequestException, RemotingConnectException {
        ways.checkTakesCalls();
        return round.start();
    }

    RemotingCommand invokeSync(RemotingCommand request, long timeoutMillis) throws InterruptedException, RemotingException {
        AddressRound round = newRound(request, timeoutMillis);
        calls.begin();
        try {
            String addr = start(round);
            while (true) {
                try {
                    return caller.invokeSync(addr, round.request(), timeoutMillis, ways.twoWay(round));
                } catch (RemotingException e) {
                    addr = orThrow(round.next(e), e);
                }
            }
        } finally {
            calls.end();
        }
    }

    void invokeOneway(RemotingCommand request, long timeoutMillis) throws InterruptedException, RemotingException {
        AddressRound round = newRound(request, timeoutMillis);
        calls.begin();
        try {
            String addr = start(round);
            while (true) {
                try {
                    caller.invokeOneway(addr, round.request(), timeoutMillis, ways.oneWay(round));
                    return;
                } catch (RemotingException e) {
                    addr = orThrow(round.next(e), e);
                }
            }
        } finally {
            calls.end();
        }
    }

    private static String orThrow(@Nullable String next, RemotingException failure) throws RemotingException {
        if (next == null) {
            throw failure;
        }
        return next;
    }

    /** The future completes on the callback executor. */
    void invoke(RemotingCommand request, long timeoutMillis, CompletableFuture<RemotingCommand> result) {
        AddressRound round = newRound(request, timeoutMillis);
        begin(round, addr -> caller.invoke(addr, round.request(), timeoutMillis, ways.twoWay(round)), result);
    }

    /** The future completes on the callback executor. */
    void invokeOneway(RemotingCommand request, long timeoutMillis, CompletableFuture<@Nullable Void> result) {
        AddressRound round = newRound(request, timeoutMillis);
        begin(round, addr -> caller.invokeOnewayAsync(addr, round.request(), timeoutMillis, ways.oneWay(round)), result);
    }

    private <T extends @Nullable Object> void begin(AddressRound round, Try<T> attempt, CompletableFuture<T> result) {
        calls.begin();
        result.whenComplete((value, failure) -> calls.end());
        String addr;
        try {
            addr = start(round);
        } catch (RemotingSendRequestException | RemotingConnectException e) {
            caller.handOver(() -> result.completeExceptionally(e));
            return;
        }
        go(addr, round, attempt, result);
    }

    /** The next try begins where the last one completed: on the callback executor, where hooks may run. */
    private static <T extends @Nullable Object> void go(
            String addr, AddressRound round, Try<T> attempt, CompletableFuture<T> result) {
        CompletableFuture<T> tried;
        try {
            tried = attempt.at(addr);
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
            return;
        }
        tried.whenComplete((value, failure) -> {
            String next = failure instanceof RemotingException cause ? round.next(cause) : null;
            if (next != null) {
                go(next, round, attempt, result);
            } else if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(value);
            }
        });
    }
}
