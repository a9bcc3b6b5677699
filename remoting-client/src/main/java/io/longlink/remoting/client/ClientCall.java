package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.util.concurrent.Ticker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What two-way and one-way calls have in common: when they began and must end, their way to a slot, and out of its line. Event loop only,
 * after it was submitted.
 */
abstract class ClientCall implements WaitingCall, Runnable {
    /** As the user made it. */
    final RemotingCommand request;

    private final @Nullable AddressRound round;
    private final long begunNanos;
    private final long deadlineNanos;

    private @Nullable ChannelWrapper slot;
    private @Nullable Connection sentOn;

    /** @param round the call's way through the name-server list; {@code null} if its address was given */
    ClientCall(RemotingCommand request, long deadlineNanos, @Nullable AddressRound round) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
        this.round = round;
        this.begunNanos = round == null ? Ticker.systemTicker().nanoTime() : round.begunNanos();
    }

    /** Sends it; what becomes of it comes back here. */
    abstract void send(Connection connection);

    @Override
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public final long begunNanos() {
        return begunNanos;
    }

    @Override
    public final long bodyBytes() {
        byte[] body = request.getBody();
        return body == null ? 0 : body.length;
    }

    @Override
    public final Runnable wayTo(ChannelWrapper to) {
        slot = to;
        return this;
    }

    /** On the event loop of the slot that it is on its way to. */
    @Override
    public final void run() {
        slot().sendOrWait(this);
    }

    @Override
    public final void sendOn(ChannelWrapper from, Connection connection) {
        slot = from;
        sentOn = connection;
        send(connection);
    }

    /** The slot that it was sent from, or is on its way to. */
    final ChannelWrapper slot() {
        return Objects.requireNonNull(slot);
    }

    /** The connection that it was sent on. */
    final Connection sentOn() {
        return Objects.requireNonNull(sentOn);
    }

    /** It failed on its connection. */
    public final void onFailure(RemotingException cause) {
        slot().failedOn(sentOn, this, cause);
    }

    @Override
    public final boolean tryLeave(@Nullable String justReady) {
        if (round == null || !round.tryLeave(justReady)) {
            return false;
        }
        fail(new RemotingSendRequestException(
                "another address of the list is ready", null, wasRefused() ? Outcome.REFUSED : Outcome.NOT_SENT));
        return true;
    }
}
