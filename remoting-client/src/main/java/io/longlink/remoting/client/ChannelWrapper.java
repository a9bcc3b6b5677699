package io.longlink.remoting.client;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.GoAwayNotice;
import io.longlink.remoting.internal.InUseCount;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.netty.NettyEvent;
import io.longlink.remoting.netty.NettyEventType;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slot of one address: at most one current connection, those that were told to go away and finish, the calls that wait, and the
 * reconnecting. Everything but {@link #current()} and {@link #submit} belongs to one event loop, on which all its connections live too.
 *
 * <pre>
 *   IDLE ---call---> CONNECTING ---> READY ---GO_AWAY---> BACKOFF (gone away: calls wait, attempts every 50 to 250 ms)
 *                        |             |                     |
 *                        |             +------lost-----------+--> BACKOFF (dead: calls fail at once) --delay--> CONNECTING
 *                        +--failed---> BACKOFF, or IDLE if nobody has wanted the address for a minute
 * </pre>
 */
final class ChannelWrapper implements ConnectionOwner, ConnectAttempt.Listener {

    /** Where the slot stands; {@link #current} is set in READY and only there. */
    private enum State {
        IDLE,
        CONNECTING,
        READY,
        BACKOFF,
        SHUTDOWN
    }

    /** An address that was used within this time is reconnected to without being asked (DESIGN 3.3.4). */
    private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** How long one attempt may take while the address is expected back any moment, and its machine may have vanished meanwhile. */
    private static final int GONE_AWAY_CONNECT_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(ChannelWrapper.class);

    private final String address;
    private final EventLoop loop;
    private final RemotingEndpoint endpoint;
    private final Connector connector;
    private final ClientSettings settings;
    private final InUseCount openConnections;

    // Written on the loop only.
    private volatile @Nullable Connection current;

    // Everything below: event loop only.
    private final Set<Connection> connections = new HashSet<>();
    private final WaitingLine line;
    private final ReconnectBackoff backoff;
    private final HelloMemory helloMemory = new HelloMemory();
    private State state = State.IDLE;
    private @Nullable ConnectAttempt attempt;
    private @Nullable Future<?> reconnectTimer;
    private @Nullable Future<?> lineTimer;
    private long lineTimerNanos;
    private boolean goneAway;
    private long goneAwayUntilNanos;
    private long readySinceNanos;
    private boolean awaitedAttempt;
    private long lastUsedNanos;
    private @Nullable Throwable lastFailure;

    ChannelWrapper(
            String address,
            EventLoop loop,
            RemotingEndpoint endpoint,
            Connector connector,
            ClientSettings settings,
            RandomGenerator random,
            InUseCount openConnections) {
        this.address = address;
        this.loop = loop;
        this.endpoint = endpoint;
        this.connector = connector;
        this.settings = settings;
        this.openConnections = openConnections;
        this.line = new WaitingLine(settings.maxWaitingRequests(), settings.maxWaitingBytes());
        this.backoff = new ReconnectBackoff(random);
        this.lastUsedNanos = loop.ticker().nanoTime();
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    /** The connection new calls go to, or {@code null}. Any thread; it may be another one by the time you look. */
    @Nullable Connection current() {
        return current;
    }

    // ---------------------------------------------------------------- calls

    /** Sends a call, now or when there is a connection. Any thread. */
    void submit(WaitingCall call) {
        if (loop.inEventLoop()) {
            sendOrWait(call);
            return;
        }
        try {
            loop.execute(() -> sendOrWait(call));
        } catch (RejectedExecutionException e) {
            call.fail(new RemotingSendRequestException("the client has ended", e, outcomeOfWaiting(call)));
        }
    }

    /**
     * A call failed on one connection. If that only means that it was not sent because the connection is going or gone, and there is
     * another way, it goes that way; otherwise it fails.
     */
    void failedOn(@Nullable Connection connection, WaitingCall call, RemotingException why) {
        assert loop.inEventLoop();
        boolean connectionIsToBlame =
                why.outcome() == Outcome.NOT_SENT && !(why instanceof RemotingCommandException) && connection != current;
        boolean dead = state == State.SHUTDOWN || (state == State.BACKOFF && !goneAway);
        if (connectionIsToBlame && !dead) {
            sendOrWait(call);
        } else {
            call.fail(why);
        }
    }

    private void sendOrWait(WaitingCall call) {
        lastUsedNanos = now();
        if (call.deadlineNanos() - lastUsedNanos <= 0) {
            call.fail(timedOut(call));
            return;
        }
        switch (state) {
            case READY -> {
                Connection connection = current;
                if (connection != null && line.isEmpty() && connection.channel().isWritable()) {
                    call.sendOn(connection);
                } else {
                    enterLine(call);
                }
            }
            case IDLE -> {
                enterLine(call);
                connect();
                awaitedAttempt = true;
            }
            case CONNECTING -> {
                // A dead address that is tried again fails its calls meanwhile: it may be a long try, and callers have other addresses.
                if (goneAway || awaitedAttempt) {
                    enterLine(call);
                } else {
                    call.fail(dead(call));
                }
            }
            case BACKOFF -> {
                if (goneAway) {
                    boolean first = line.isEmpty();
                    enterLine(call);
                    if (first) {
                        hurry();
                    }
                } else {
                    call.fail(dead(call));
                }
            }
            case SHUTDOWN -> call.fail(new RemotingSendRequestException("the client has ended", null, outcomeOfWaiting(call)));
            default -> throw new AssertionError(state);
        }
    }

    private void enterLine(WaitingCall call) {
        if (!line.tryAdd(call)) {
            call.fail(new RemotingTooMuchRequestException("not sent: too many requests wait for " + address + " already"));
            return;
        }
        armLineTimer(call.deadlineNanos());
    }

    private void armLineTimer(long deadlineNanos) {
        Future<?> armed = lineTimer;
        if (armed != null) {
            if (deadlineNanos - lineTimerNanos >= 0) {
                return;
            }
            armed.cancel(false);
        }
        lineTimerNanos = deadlineNanos;
        lineTimer = loop.schedule(this::expireLine, Math.max(0, deadlineNanos - now()), TimeUnit.NANOSECONDS);
    }

    private void expireLine() {
        lineTimer = null;
        for (WaitingCall call : line.takeExpired(now())) {
            call.fail(timedOut(call));
        }
        if (!line.isEmpty()) {
            armLineTimer(line.earliestDeadlineNanos(0));
        }
    }

    private RemotingTimeoutException timedOut(WaitingCall call) {
        return new RemotingTimeoutException(
                "no connection to " + address + " in time" + (call.wasRefused() ? ", after a refusal" : ""), outcomeOfWaiting(call));
    }

    private RemotingConnectException dead(WaitingCall call) {
        return new RemotingConnectException("cannot connect to " + address, lastFailure, outcomeOfWaiting(call));
    }

    private static Outcome outcomeOfWaiting(WaitingCall call) {
        return call.wasRefused() ? Outcome.REFUSED : Outcome.NOT_SENT;
    }

    private void letLineGo() {
        line.drain(this::isWayFree, call -> {
            Connection connection = current;
            if (call.deadlineNanos() - now() <= 0) {
                call.fail(timedOut(call));
            } else if (connection == null) {
                sendOrWait(call);
            } else {
                call.sendOn(connection);
            }
        });
    }

    private boolean isWayFree() {
        Connection connection = current;
        return connection != null && connection.channel().isWritable();
    }

    private void failLine(String why, @Nullable Throwable cause) {
        WaitingCall call = line.poll();
        while (call != null) {
            call.fail(new RemotingConnectException("cannot connect to " + address + ": " + why, cause, outcomeOfWaiting(call)));
            call = line.poll();
        }
    }

    // ---------------------------------------------------------------- connecting

    private void connect() {
        cancelReconnect();
        state = State.CONNECTING;
        awaitedAttempt = false;
        ConnectAttempt next = new ConnectAttempt(address, loop, connector, endpoint, settings, helloMemory, this, this);
        attempt = next;
        next.start(goneAway ? Math.min(GONE_AWAY_CONNECT_MILLIS, settings.connectTimeoutMillis()) : settings.connectTimeoutMillis());
    }

    private void connectIn(long delayNanos) {
        cancelReconnect();
        state = State.BACKOFF;
        reconnectTimer = loop.schedule(this::reconnect, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void reconnect() {
        if (state == State.BACKOFF) {
            connect();
        }
    }

    private void cancelReconnect() {
        Future<?> timer = reconnectTimer;
        reconnectTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Somebody waits now: the replacement must not come later than within 100 ms. */
    private void hurry() {
        Future<?> timer = reconnectTimer;
        long soon = backoff.replacement(true);
        if (timer instanceof ScheduledFuture<?> scheduled
                && scheduled.getDelay(TimeUnit.NANOSECONDS) <= soon) {
            return;
        }
        connectIn(soon);
    }

    private boolean isWanted() {
        return now() - lastUsedNanos < WANTED_NANOS;
    }

    private boolean isExpectedBack() {
        if (goneAway && now() - goneAwayUntilNanos >= 0) {
            goneAway = false;
        }
        return goneAway;
    }

    private void expectBack(long graceMillis) {
        goneAway = true;
        goneAwayUntilNanos = now() + TimeUnit.MILLISECONDS.toNanos(Math.max(graceMillis, settings.goAwayHoldMillis()));
    }

    @Override
    public void onReady(ConnectAttempt ended, Connection connection) {
        assert loop.inEventLoop();
        attempt = null;
        state = State.READY;
        goneAway = false;
        lastFailure = null;
        readySinceNanos = now();
        current = connection;
        letLineGo();
    }

    @Override
    public void onFailed(ConnectAttempt ended, Throwable cause, boolean goAway) {
        assert loop.inEventLoop();
        attempt = null;
        lastFailure = cause;
        endpoint.counters().increment(Counter.CONNECT_FAILURES);
        if (!ended.isConnected()) {
            endpoint.events().putNettyEvent(new NettyEvent(NettyEventType.EXCEPTION, address, null));
        }
        log.debug("no connection to {}: {}", address, cause.toString());
        if (goAway && !goneAway) {
            expectBack(GoAwayNotice.DEFAULT_GRACE_MILLIS);
        }
        if (isExpectedBack()) {
            connectIn(backoff.whileGoneAway());
            return;
        }
        die(cause);
    }

    /** The address is not expected: those who wait fail now, and we go on trying only if it is wanted. */
    private void die(@Nullable Throwable cause) {
        if (isWanted()) {
            connectIn(backoff.next());
        } else {
            cancelReconnect();
            state = State.IDLE;
        }
        failLine(cause == null ? "the connection was lost" : String.valueOf(cause.getMessage()), cause);
    }

    // ---------------------------------------------------------------- connections

    @Override
    public void onConnected(Connection connection) {
        assert loop.inEventLoop();
        connections.add(connection);
        openConnections.begin();
        ConnectAttempt waiting = attempt;
        if (waiting == null) {
            connection.close(null);
        } else {
            waiting.onConnected(connection);
        }
    }

    @Override
    public int pingStretch() {
        return helloMemory.pingStretch();
    }

    @Override
    public void onUnusable(Connection connection, @Nullable GoAwayNotice goAway) {
        assert loop.inEventLoop();
        if (goAway != null && goAway.reason().equals(GoAwayNotice.REASON_TOO_MANY_PINGS)) {
            helloMemory.onTooManyPings();
        }
        ConnectAttempt making = attempt;
        if (making != null && making.owns(connection)) {
            making.onUnusable(goAway != null);
            return;
        }
        if (connection != current) {
            return;
        }
        current = null;
        backoff.wasReadyFor(now() - readySinceNanos);
        if (state == State.SHUTDOWN) {
            return;
        }
        if (goAway == null) {
            lastFailure = null;
            die(null);
        } else if (goAway.reason().equals(GoAwayNotice.REASON_IDLE) && line.isEmpty()) {
            // Nobody needed it, and the address is as good as ever.
            state = State.IDLE;
        } else {
            expectBack(goAway.graceMillis());
            connectIn(backoff.replacement(!line.isEmpty() || settings.sessionRestorer() != null));
        }
    }

    @Override
    public void onWritable(Connection connection) {
        if (connection == current) {
            letLineGo();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        assert loop.inEventLoop();
        if (connections.remove(connection)) {
            openConnections.end();
        }
    }

    // ---------------------------------------------------------------- the end

    /** Takes no calls any more, ends the line, and lets each connection finish. Any thread. */
    void shutdown(DrainTally tally, long graceMillis) {
        loop.execute(() -> {
            state = State.SHUTDOWN;
            cancelReconnect();
            ConnectAttempt making = attempt;
            attempt = null;
            if (making != null) {
                making.cancel();
            }
            failLine("the client has ended", null);
            for (Connection connection : Set.copyOf(connections)) {
                connection.retire(tally, graceMillis);
            }
        });
    }

    /** Ends what is left: with {@code orderly} flushed and half-closed, otherwise at once. Any thread. */
    void end(boolean orderly) {
        loop.execute(() -> {
            for (Connection connection : Set.copyOf(connections)) {
                if (orderly) {
                    connection.force();
                } else {
                    connection.close(null);
                }
            }
        });
    }
}
