package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.Connection;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CompletableFuture;

/** A call that sends nothing: it tells whether it could have. */
final class Probe implements WaitingCall {
    private final CompletableFuture<Boolean> reachable = new CompletableFuture<>();
    private final long begunNanos = Ticker.systemTicker().nanoTime();
    private final long deadlineNanos;

    Probe(long timeoutNanos) {
        this.deadlineNanos = begunNanos + timeoutNanos;
    }

    /** Completes at its deadline at the latest. */
    CompletableFuture<Boolean> reachable() {
        return reachable;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public long begunNanos() {
        return begunNanos;
    }

    @Override
    public long bodyBytes() {
        return 0;
    }

    @Override
    public boolean wasRefused() {
        return false;
    }

    @Override
    public void sendOn(ChannelWrapper slot, Connection connection) {
        reachable.complete(true);
    }

    @Override
    public void fail(RemotingException cause) {
        reachable.complete(false);
    }
}
