package io.longlink.remoting.internal;

import io.longlink.remoting.ConnectionState;
import io.longlink.remoting.RemotingHelper;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one connection. Thread-safe: what is asked on another thread than the connection's event loop hops there, here and nowhere
 * else.
 */
public final class Connection {
    private final Channel channel;
    private final Side side;

    // Whoever asks first makes it, on any thread; all make the same.
    private volatile @Nullable String remoteAddress;

    // Written on the event loop only; null behind the end.
    private volatile @Nullable ConnectionHandler handler;

    Connection(Channel channel, Side side, @Nullable String remoteAddress, ConnectionHandler handler) {
        this.channel = channel;
        this.side = side;
        this.remoteAddress = remoteAddress;
        this.handler = handler;
        // Netty remembers what was asked while there was an answer.
        channel.remoteAddress();
    }

    /**
     * Lets go of everything that a connection needs only as long as it is open: a CLOSE that waits for a slow listener, or a user, may keep
     * its channel for long. Event loop only.
     */
    void onEnded() {
        handler = null;
    }

    /** The connection behind a channel, or {@code null} if the channel has ended or is not one of this library's. */
    public static @Nullable Connection of(Channel channel) {
        ConnectionHandler open = channel.pipeline().get(ConnectionHandler.class);
        return open == null ? null : open.connection();
    }

    /** The channel. */
    public Channel channel() {
        return channel;
    }

    /** The peer, {@code host:port}, also after the end. */
    public String remoteAddress() {
        String text = remoteAddress;
        if (text == null) {
            text = RemotingHelper.parseChannelRemoteAddr(channel);
            remoteAddress = text;
        }
        return text;
    }

    Side side() {
        return side;
    }

    /** Where it stands; it may have moved on when you read this. */
    public ConnectionState state() {
        ConnectionHandler open = handler;
        return open == null ? ConnectionState.CLOSED : open.state();
    }

    /** The time its deadlines are measured by, in nanoseconds. */
    public long nanoTime() {
        return channel.eventLoop().ticker().nanoTime();
    }

    /**
     * Sends a two-way request.
     *
     * @param deadlineNanos on {@link #nanoTime()}
     * @param listener called once, on the event loop, perhaps before this returns; on the calling thread if the connection or its event
     *     loop has ended
     */
    public void send(RemotingCommand request, long deadlineNanos, ReplyListener listener) {
        ConnectionHandler here = handlerIfOnLoop();
        if (here != null) {
            here.send(request, deadlineNanos, listener, false);
        } else {
            onLoop(there -> there.send(request, deadlineNanos, listener, false), listener::onFailure);
        }
    }

    /** As {@link #send}, also while the connection is OPENING: for HELLO and for restoring a session. */
    public void sendWhileOpening(RemotingCommand request, long deadlineNanos, ReplyListener listener) {
        onLoop(handler -> handler.send(request, deadlineNanos, listener, true), listener::onFailure);
    }

    /** Sends a one-way request; the listener is called as in {@link #send}. */
    public void sendOneway(RemotingCommand request, long deadlineNanos, WriteListener listener) {
        ConnectionHandler here = handlerIfOnLoop();
        if (here != null) {
            here.sendOneway(request, deadlineNanos, listener, false);
        } else {
            onLoop(there -> there.sendOneway(request, deadlineNanos, listener, false), listener::onFailure);
        }
    }

    /** As {@link #sendOneway}, also while the connection is OPENING. */
    public void sendOnewayWhileOpening(RemotingCommand request, long deadlineNanos, WriteListener listener) {
        onLoop(handler -> handler.sendOneway(request, deadlineNanos, listener, true), listener::onFailure);
    }

    /** OPENING to READY; false if it is over already. Event loop only. */
    public boolean tryReady() {
        ConnectionHandler open = handler;
        return open != null && open.tryReady();
    }

    /**
     * Takes no new requests, finishes what is under way, half-closes, reads to the peer's end of stream and closes. Client side; nothing
     * happens if a GO_AWAY began that already, except that what is counted goes to {@code tally}.
     *
     * @param graceMillis how long to wait for the peer's end of stream after ours
     */
    public void retire(DrainTally tally, long graceMillis) {
        onLoop(handler -> handler.retire(tally, graceMillis));
    }

    /** Begins the drain of this connection (DESIGN 3.2.2 to 3.2.5). Server side; a second order changes nothing. */
    public void drain(DrainOrder order) {
        onLoop(handler -> handler.drain(order));
    }

    /** Flushes, half-closes, reads one-ways for up to 2 s more, and closes, whatever is under way. */
    public void force() {
        onLoop(ConnectionHandler::force);
    }

    /** Closes at once because the attempt to make it usable failed: an EXCEPTION, if there was none yet, and a CLOSE. Event loop only. */
    public void fail(Throwable cause) {
        ConnectionHandler open = handler;
        if (open != null) {
            open.tellException();
            open.close(cause);
        }
    }

    /**
     * The attempt to make it usable failed, because the peer has told it to go away: an EXCEPTION, if there was none yet. It ends as every
     * connection that is told so. Event loop only.
     */
    public void failDraining() {
        ConnectionHandler open = handler;
        if (open != null) {
            open.tellException();
        }
    }

    /** Closes at once. What is pending may have run. */
    public void close(@Nullable Throwable cause) {
        onLoop(handler -> handler.close(cause));
    }

    /** A client's call has hopped to this loop already, and most calls are that: no command need be made for it. */
    private @Nullable ConnectionHandler handlerIfOnLoop() {
        return channel.eventLoop().inEventLoop() ? handler : null;
    }

    private void onLoop(Consumer<ConnectionHandler> command) {
        onLoop(command, ended -> {
            // What has ended has nothing left to command; an event loop that has ended has closed its channels.
        });
    }

    private void onLoop(Consumer<ConnectionHandler> command, Consumer<RemotingSendRequestException> ifEnded) {
        ConnectionHandler open = handler;
        if (open == null) {
            ifEnded.accept(
                    new RemotingSendRequestException("the connection with " + remoteAddress() + " has ended", null, Outcome.NOT_SENT));
        } else if (channel.eventLoop().inEventLoop()) {
            command.accept(open);
        } else {
            try {
                channel.eventLoop().execute(() -> command.accept(open));
            } catch (RejectedExecutionException e) {
                ifEnded.accept(
                        new RemotingSendRequestException("the event loop of " + remoteAddress() + " has ended", e, Outcome.NOT_SENT));
            }
        }
    }

    @Override
    public String toString() {
        return "Connection[" + remoteAddress() + ", " + state() + ", " + channel.id() + ']';
    }
}
