package io.longlink.remoting.client;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.Counters;
import io.longlink.remoting.internal.FlightEvents;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.util.concurrent.Ticker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One two-way call, however often it is sent: a refused request is sent again as a whole copy under a new opaque, within the one deadline
 * (DESIGN 3.3.2); what was not sent goes where the slot sends it; what may have run is never sent again. Event loop only, after it was
 * submitted.
 */
final class ClientInvocation implements WaitingCall, ReplyListener, Runnable {
    private final Counters counters;
    private final RemotingCommand original;
    private final int originalOpaque;
    private final @Nullable AddressRound round;
    private final long begunNanos;
    private final long deadlineNanos;
    private final ReplyListener caller;

    private RemotingCommand toSend;
    private @Nullable ChannelWrapper slot;
    private @Nullable Connection sentOn;
    private boolean refused;
    private boolean retrying;

    /** @param round the call's way through the name-server list; {@code null} if its address was given */
    ClientInvocation(
            Counters counters,
            RemotingCommand request,
            long deadlineNanos,
            ReplyListener caller,
            @Nullable AddressRound round) {
        this.counters = counters;
        this.original = request;
        this.originalOpaque = request.getOpaque();
        this.deadlineNanos = deadlineNanos;
        this.caller = caller;
        this.toSend = request;
        this.round = round;
        this.begunNanos = round == null ? Ticker.systemTicker().nanoTime() : round.begunNanos();
        this.refused = round != null && round.wasRefused();
        this.retrying = refused;
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
        byte[] body = original.getBody();
        return body == null ? 0 : body.length;
    }

    @Override
    public boolean wasRefused() {
        return refused;
    }

    @Override
    public boolean canBeRefused() {
        return true;
    }

    @Override
    public Runnable wayTo(ChannelWrapper to) {
        slot = to;
        return this;
    }

    /** On the event loop of the slot that it is on its way to. */
    @Override
    public void run() {
        Objects.requireNonNull(slot).sendOrWait(this);
    }

    @Override
    public void sendOn(ChannelWrapper from, Connection connection) {
        if (retrying) {
            retrying = false;
            counters.increment(Counter.RETRIES);
            FlightEvents.retried(connection, toSend.getCode(), originalOpaque, toSend.getOpaque(), begunNanos);
        }
        slot = from;
        sentOn = connection;
        connection.send(toSend, deadlineNanos, this);
    }

    @Override
    public void onResponse(RemotingCommand response) {
        if (response.getCode() != ResponseCode.GO_AWAY) {
            response.setOpaque(originalOpaque);
            Objects.requireNonNull(slot).served(sentOn);
            caller.onResponse(response);
            return;
        }
        // The connection has let go of its slot already: what is submitted now goes to the replacement.
        refused = true;
        if (deadlineNanos - Objects.requireNonNull(sentOn).nanoTime() <= 0) {
            caller.onFailure(new RemotingGoAwayException("refused, and no time is left to send it again: " + response.getRemark()));
            return;
        }
        toSend = original.copyForRetry();
        retrying = true;
        Objects.requireNonNull(slot).submit(this);
    }

    @Override
    public void onFailure(RemotingException cause) {
        Objects.requireNonNull(slot).failedOn(sentOn, this, cause);
    }

    @Override
    public boolean tryLeave(@Nullable String justReady) {
        if (round == null || !round.tryLeave(justReady)) {
            return false;
        }
        caller.onFailure(new RemotingSendRequestException(
                "another address of the list is ready", null, refused ? Outcome.REFUSED : Outcome.NOT_SENT));
        return true;
    }

    @Override
    public void fail(RemotingException cause) {
        caller.onFailure(cause);
    }
}
