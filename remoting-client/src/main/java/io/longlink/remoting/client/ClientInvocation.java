package io.longlink.remoting.client;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.Counters;
import io.longlink.remoting.internal.FlightEvents;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * One two-way call, however often it is sent: a refused request is sent again as a whole copy under a new opaque, within the one deadline
 * (DESIGN 3.3.2); what was not sent goes where the slot sends it; what may have run is never sent again. Event loop only, after it was
 * submitted.
 */
final class ClientInvocation extends ClientCall implements ReplyListener {
    private final Counters counters;
    private final int originalOpaque;
    private final ReplyListener caller;

    private RemotingCommand toSend;
    private boolean refused;
    private boolean retrying;

    /** @param round the call's way through the name-server list; {@code null} if its address was given */
    ClientInvocation(
            Counters counters,
            RemotingCommand request,
            long deadlineNanos,
            ReplyListener caller,
            @Nullable AddressRound round) {
        super(request, deadlineNanos, round);
        this.counters = counters;
        this.originalOpaque = request.getOpaque();
        this.caller = caller;
        this.toSend = request;
        this.refused = round != null && round.wasRefused();
        this.retrying = refused;
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
    void send(Connection connection) {
        if (retrying) {
            retrying = false;
            counters.increment(Counter.RETRIES);
            FlightEvents.retried(connection, toSend.getCode(), originalOpaque, toSend.getOpaque(), begunNanos());
        }
        connection.send(toSend, deadlineNanos(), this);
    }

    @Override
    public void onResponse(RemotingCommand response) {
        if (response.getCode() != ResponseCode.GO_AWAY) {
            response.setOpaque(originalOpaque);
            slot().served(sentOn());
            caller.onResponse(response);
            return;
        }
        // The connection has let go of its slot already: what is submitted now goes to the replacement.
        refused = true;
        if (deadlineNanos() - sentOn().nanoTime() <= 0) {
            caller.onFailure(new RemotingGoAwayException("refused, and no time is left to send it again: " + response.getRemark()));
            return;
        }
        toSend = request.copyForRetry();
        retrying = true;
        slot().submit(this);
    }

    @Override
    public void fail(RemotingException cause) {
        caller.onFailure(cause);
    }
}
