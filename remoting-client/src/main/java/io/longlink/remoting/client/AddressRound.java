package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.util.concurrent.Ticker;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call through the name-server list: each address once, unless the call left it to wait no longer or it has become READY
 * since, and only while the request provably did not run (DESIGN 6). One deadline for all. Not thread-safe: it goes from thread to thread
 * with the call.
 */
final class AddressRound {
    private final NameServers servers;
    private final RemotingCommand original;
    private final RemotingCommand untouched;
    private final long begunNanos = Ticker.systemTicker().nanoTime();
    private final long deadlineNanos;
    private final int turn;
    private final Set<String> tried = new HashSet<>();

    private @Nullable String current;
    private boolean left;
    private @Nullable RemotingException lastFailure;

    AddressRound(NameServers servers, RemotingCommand request, long deadlineNanos) {
        this.servers = servers;
        this.original = request;
        // Before the first hook has added its signature.
        this.untouched = request.copyForRetry();
        this.deadlineNanos = deadlineNanos;
        this.turn = servers.takeTurn();
    }

    long begunNanos() {
        return begunNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether the server before refused it. */
    boolean wasRefused() {
        RemotingException last = lastFailure;
        return last != null && last.outcome() == Outcome.REFUSED;
    }

    /** The address to try now. The first one. */
    String start() throws RemotingConnectException {
        String next = advance();
        if (next == null) {
            throw new RemotingConnectException("not sent: the name-server list is empty", null, Outcome.NOT_SENT);
        }
        return next;
    }

    private @Nullable String advance() {
        String next = servers.choose(turn, tried);
        if (next != null) {
            tried.add(next);
        }
        current = next;
        return next;
    }

    /** After a failure: the address to try next, or {@code null} if that was the end. */
    @Nullable String next(RemotingException failure) {
        lastFailure = failure;
        boolean over = failure.outcome() == Outcome.UNKNOWN
                || failure instanceof RemotingCommandException
                || failure instanceof RemotingTimeoutException
                || deadlineNanos - Ticker.systemTicker().nanoTime() <= 0;
        if (over) {
            return null;
        }
        if (left) {
            // It did not fail there, so it may go back, if only to wait.
            left = false;
            tried.remove(current);
        }
        return advance();
    }

    /** What to send now: the request itself, or a copy as it was before anybody touched it. */
    RemotingCommand request() {
        if (lastFailure == null) {
            return original;
        }
        RemotingCommand copy = untouched.copyForRetry();
        copy.setOpaque(original.getOpaque());
        return copy;
    }

    /**
     * Whether the call, which would have to wait at its current address, has a better one; then its try here has to fail, so that it goes
     * there.
     *
     * @param justReady has become READY right now, so it may be tried once more; {@code null} if nothing has changed
     */
    boolean tryLeave(@Nullable String justReady) {
        if (justReady != null && !justReady.equals(current)) {
            tried.remove(justReady);
        }
        left = servers.addresses().stream().anyMatch(address -> !tried.contains(address) && servers.isReady(address));
        return left;
    }
}
