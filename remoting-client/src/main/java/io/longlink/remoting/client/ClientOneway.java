package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.util.concurrent.Ticker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One one-way request on its way to a connection that takes it. Event loop only, after it was submitted. */
final class ClientOneway implements WaitingCall, WriteListener, Runnable {
    private final RemotingCommand request;
    private final @Nullable AddressRound round;
    private final long begunNanos;
    private final long deadlineNanos;
    private final WriteListener caller;

    private @Nullable ChannelWrapper slot;
    private @Nullable Connection sentOn;

    /** @param round the call's way through the name-server list; {@code null} if its address was given */
    ClientOneway(RemotingCommand request, long deadlineNanos, WriteListener caller, @Nullable AddressRound round) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
        this.caller = caller;
        this.round = round;
        this.begunNanos = round == null ? Ticker.systemTicker().nanoTime() : round.begunNanos();
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
        byte[] body = request.getBody();
        return body == null ? 0 : body.length;
    }

    @Override
    public boolean wasRefused() {
        return false;
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
        slot = from;
        sentOn = connection;
        connection.sendOneway(request, deadlineNanos, this);
    }

    @Override
    public void onWritten() {
        caller.onWritten();
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
        caller.onFailure(new RemotingSendRequestException("another address of the list is ready", null, Outcome.NOT_SENT));
        return true;
    }

    @Override
    public void fail(RemotingException cause) {
        caller.onFailure(cause);
    }
}
