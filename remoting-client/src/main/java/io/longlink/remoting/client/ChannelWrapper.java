package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
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
import io.longlink.remoting.internal.FlightEvents;
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
 * reconnecting. Everything but what says "any thread" belongs to one event loop, on which all its connections live too.
 *
 * <pre>
 *   IDLE ---call---> CONNECTING ---> READY ---GO_AWAY---> BACKOFF (gone away: calls wait, attempts go on)
 *    |                   |             |                     |
 *    |                   |             +------lost-----------+--> BACKOFF (the next call, or a delay) ---> CONNECTING
 *    |                   +--failed---> BACKOFF (dead: calls fail at once), or IDLE if nobody has wanted it for a minute or the policy gives up
 *    +--not wanted, nothing left--> evicted
 * </pre>
 *
 * <p>An evicted slot is out of the table and stays IDLE for ever; a call that was on its way to it is passed on to the slot that the table
 * has now.
 */
final class ChannelWrapper implements ConnectionOwner, ConnectAttempt.Listener {

    /** The table the slot is in. */
    interface Host {
        /** Whether the address is wanted whether anybody uses it or not. Any thread. */
        boolean isListed(String address);

        /** The slot made the transition just now. On the slot's loop: must neither block nor call the slot. */
        void onState(String address, AddressState before, AddressState after);

        /**
         * A connection that was READY went away or broke, or none could be made to an address that was not known to be dead. On the slot's
         * loop, after the transition: must not block.
         */
        void onLost(String address);

        /** The slot of the address, another one if this one was evicted. */
        ChannelWrapper get(String address);

        /** Forgets the slot. */
        void evict(ChannelWrapper slot);
    }

    /** An address that was used within this time is reconnected to without being asked (DESIGN 3.3.4). */
    private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** How long one attempt may take where a machine may have vanished: an address expected back any moment, or one that broke off. */
    private static final int MISSED_CONNECT_MILLIS = 1_000;

    /** A stock server that leaves refuses a request before any processor sees it; whoever keeps one for so long stays. */
    private static final long DOUBT_MILLIS = 500;

    /** A connection that was READY for so long makes the next loss a first one. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger log = LoggerFactory.getLogger(ChannelWrapper.class);

    private final String address;
    private final EventLoop loop;
    private final RemotingEndpoint endpoint;
    private final Connector connector;
    private final ClientSettings settings;
    private final RandomGenerator random;
    private final Host host;
    private final InUseCount openConnections;

    // Written on the loop only.
    private volatile @Nullable Connection current;
    private volatile AddressState state = AddressState.IDLE;

    // Everything below: event loop only.
    private final Set<Connection> connections = new HashSet<>();
    private final WaitingLine line;
    private final GoAwayDelays goAwayDelays;
    private final HelloMemory helloMemory = new HelloMemory();
    private @Nullable ConnectAttempt attempt;
    private ReconnectPolicy.@Nullable Schedule schedule;
    private @Nullable Future<?> reconnectTimer;
    private @Nullable Future<?> evictionTimer;
    private @Nullable Future<?> lineTimer;
    private long lineTimerNanos;
    private boolean goneAway;
    private long goneAwayUntilNanos;
    private long readySinceNanos;
    private boolean awaitedAttempt;
    // READY behind a GO_AWAY, at a stock peer: it may still be the one that leaves, and says so only when it gets a two-way request.
    private boolean doubtful;
    // One has been sent, and the others wait for what becomes of it.
    private boolean asked;
    private boolean lineGoes;
    // It was READY and broke off, and nobody has tried to connect since.
    private boolean untried;
    private long lastUsedNanos;
    private boolean gaveUp;
    private boolean evicted;
    private @Nullable Throwable lastFailure;

    ChannelWrapper(
            String address,
            EventLoop loop,
            RemotingEndpoint endpoint,
            Connector connector,
            ClientSettings settings,
            RandomGenerator random,
            Host host,
            InUseCount openConnections) {
        this.address = address;
        this.loop = loop;
        this.endpoint = endpoint;
        this.connector = connector;
        this.settings = settings;
        this.random = random;
        this.host = host;
        this.openConnections = openConnections;
        this.line = new WaitingLine(settings.maxWaitingRequests(), settings.maxWaitingBytes());
        this.goAwayDelays = new GoAwayDelays(random);
        this.lastUsedNanos = loop.ticker().nanoTime();
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    /** The connection new calls go to, or {@code null}. Any thread; it may be another one by the time you look. */
    @Nullable Connection current() {
        return current;
    }

    /** Where the slot stands; it may have moved on when you read this. READY if and only if {@link #current()} is set. Any thread. */
    AddressState state() {
        return state;
    }

    String address() {
        return address;
    }

    /** The one transition method. Everything else has been set when it is called, for others look as soon as they hear of it. */
    private void moveTo(AddressState next) {
        AddressState before = state;
        if (before == AddressState.SHUTDOWN) {
            throw new IllegalStateException(address + " cannot become " + next + " any more");
        }
        if (before != next) {
            state = next;
            FlightEvents.addressMoved(address, before, next);
            host.onState(address, before, next);
        }
    }

    // ---------------------------------------------------------------- calls

    /** Sends a call, now or when there is a connection. Any thread. */
    void submit(WaitingCall call) {
        if (loop.inEventLoop()) {
            sendOrWait(call);
            return;
        }
        try {
            loop.execute(call.wayTo(this));
        } catch (RejectedExecutionException e) {
            call.fail(new RemotingSendRequestException("the client has ended", e, outcomeOfWaiting(call)));
        }
    }

    /**
     * A call failed on one connection. If that only means that it was not sent because the connection is going or gone, it goes another
     * way if there is one, and otherwise fails as every call does to an address that is dead.
     */
    void failedOn(@Nullable Connection connection, WaitingCall call, RemotingException why) {
        assert loop.inEventLoop();
        boolean connectionIsToBlame =
                why.outcome() == Outcome.NOT_SENT && !(why instanceof RemotingCommandException) && connection != current;
        if (!connectionIsToBlame || state == AddressState.SHUTDOWN) {
            call.fail(why);
        } else if (state == AddressState.BACKOFF && !isExpectedBack() && !untried) {
            call.fail(new RemotingConnectException("cannot connect to " + address + ": " + why.getMessage(), why, outcomeOfWaiting(call)));
        } else {
            sendOrWait(call);
        }
        if (doubtful && connection == current && call.canBeRefused()) {
            asked = false;
            letLineGo();
        }
    }

    /** The connection did not tell a call to go away: the server stays. */
    void served(@Nullable Connection connection) {
        assert loop.inEventLoop();
        if (doubtful && connection == current) {
            doubtful = false;
            goneAway = false;
            letLineGo();
        }
    }

    /** Event loop only. */
    void sendOrWait(WaitingCall call) {
        if (evicted) {
            host.get(address).submit(call);
            return;
        }
        lastUsedNanos = now();
        if (call.deadlineNanos() - lastUsedNanos <= 0) {
            call.fail(timedOut(call));
            return;
        }
        switch (state) {
            case READY -> {
                Connection connection = current;
                if (connection != null && line.isEmpty() && !isAsking() && connection.channel().isWritable()) {
                    send(call, connection);
                } else {
                    enterLine(call);
                }
            }
            case IDLE -> {
                enterLine(call);
                connectAwaited();
            }
            case CONNECTING -> {
                // A dead address that is tried again fails its calls meanwhile: it may be a long try, and callers have other addresses.
                if (isExpectedBack() || awaitedAttempt) {
                    enterLine(call);
                } else {
                    call.fail(dead(call));
                }
            }
            case BACKOFF -> {
                if (isExpectedBack()) {
                    boolean first = line.isEmpty();
                    enterLine(call);
                    if (first && !line.isEmpty()) {
                        hurry();
                    }
                } else if (untried) {
                    // Not known to be dead: whoever broke off may be one of many behind this address.
                    enterLine(call);
                    if (!line.isEmpty()) {
                        connectAwaited();
                    }
                } else {
                    call.fail(dead(call));
                }
            }
            case SHUTDOWN -> call.fail(new RemotingSendRequestException("the client has ended", null, outcomeOfWaiting(call)));
            default -> throw new AssertionError(state);
        }
    }

    /** Whether those who wait had better go to another address that is READY. */
    private boolean mayLeave() {
        return state != AddressState.READY || isAsking();
    }

    /** Whether all others wait for what becomes of one: a stock server that leaves drops one-way requests without a word. */
    private boolean isAsking() {
        return doubtful && asked;
    }

    private void send(WaitingCall call, Connection connection) {
        if (doubtful && call.canBeRefused()) {
            asked = true;
            loop.schedule(() -> served(connection), DOUBT_MILLIS, TimeUnit.MILLISECONDS);
        }
        call.sendOn(this, connection);
    }

    private void enterLine(WaitingCall call) {
        if (mayLeave() && call.tryLeave(null)) {
            return;
        }
        if (!line.tryAdd(call)) {
            call.fail(new RemotingTooMuchRequestException("not sent: too many requests wait for " + address + " already"));
            return;
        }
        armLineTimer(call.deadlineNanos());
    }

    private void armLineTimer(long deadlineNanos) {
        if (lineTimer != null && deadlineNanos - lineTimerNanos >= 0) {
            return;
        }
        cancelLineTimer();
        lineTimerNanos = deadlineNanos;
        lineTimer = loop.schedule(this::expireLine, Math.max(0, deadlineNanos - now()), TimeUnit.NANOSECONDS);
    }

    private void cancelLineTimer() {
        Future<?> timer = lineTimer;
        lineTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
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

    /** Another address of the list has become READY: whoever waits here and may go there goes. Any thread. */
    void onOtherReady(String other) {
        onLoop(() -> {
            if (mayLeave()) {
                letThoseLeaveWhoCan(other);
            }
        });
    }

    /** @param justReady as in {@link WaitingCall#tryLeave} */
    private void letThoseLeaveWhoCan(@Nullable String justReady) {
        line.removeIf(call -> call.tryLeave(justReady));
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
        if (lineGoes) {
            // One of those that go has failed at once; the others go on from where it was let go.
            return;
        }
        lineGoes = true;
        try {
            letAllGoWhoMay();
        } finally {
            lineGoes = false;
        }
    }

    private void letAllGoWhoMay() {
        while (doubtful && !asked && isWayFree()) {
            WaitingCall question = line.takeFirst(WaitingCall::canBeRefused);
            if (question == null) {
                break;
            }
            letGo(question);
        }
        line.drain(() -> isWayFree() && !isAsking(), this::letGo);
    }

    private void letGo(WaitingCall call) {
        Connection connection = current;
        if (call.deadlineNanos() - now() <= 0) {
            call.fail(timedOut(call));
        } else if (connection == null) {
            sendOrWait(call);
        } else {
            send(call, connection);
        }
    }

    private boolean isWayFree() {
        Connection connection = current;
        return connection != null && connection.channel().isWritable();
    }

    private void failLine(String why, @Nullable Throwable cause) {
        for (WaitingCall call : line.takeAll()) {
            call.fail(new RemotingConnectException("cannot connect to " + address + ": " + why, cause, outcomeOfWaiting(call)));
        }
    }

    // ---------------------------------------------------------------- connecting

    /** Begins to connect, if nothing else is going on, because the address is listed. Any thread. */
    void want() {
        onLoop(() -> {
            if (evicted) {
                if (host.isListed(address)) {
                    host.get(address).want();
                }
            } else if (state == AddressState.IDLE) {
                connectAwaited();
            }
        });
    }

    /** An attempt that begins on an address that is not known to be dead, so that calls may wait for it. */
    private void connectAwaited() {
        connect();
        // An attempt can end right here, where looking the address up fails.
        awaitedAttempt = state == AddressState.CONNECTING;
    }

    private void connect() {
        cancelReconnect();
        cancelEviction();
        gaveUp = false;
        awaitedAttempt = false;
        boolean missed = goneAway || untried;
        untried = false;
        moveTo(AddressState.CONNECTING);
        ConnectAttempt next = new ConnectAttempt(address, loop, connector, endpoint, settings, helloMemory, this, this);
        attempt = next;
        next.start(missed ? Math.min(MISSED_CONNECT_MILLIS, settings.connectTimeoutMillis()) : settings.connectTimeoutMillis());
    }

    private void connectIn(long delayNanos) {
        cancelReconnect();
        reconnectTimer = loop.schedule(this::reconnect, delayNanos, TimeUnit.NANOSECONDS);
        moveTo(AddressState.BACKOFF);
    }

    private void reconnect() {
        reconnectTimer = null;
        if (state != AddressState.BACKOFF) {
            return;
        }
        if (!isExpectedBack() && !isWanted() && line.isEmpty()) {
            rest();
        } else if (untried) {
            connectAwaited();
        } else {
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
        long soon = goAwayDelays.replacement(true);
        if (timer instanceof ScheduledFuture<?> scheduled
                && scheduled.getDelay(TimeUnit.NANOSECONDS) <= soon) {
            return;
        }
        connectIn(soon);
    }

    /** A session counts: what it restores, such as a registration, is missed by others. */
    private boolean somebodyWaits() {
        return !line.isEmpty() || settings.sessionRestorer() != null;
    }

    private boolean isWanted() {
        return host.isListed(address) || now() - lastUsedNanos < WANTED_NANOS;
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
        doubtful = isExpectedBack() && !ended.isWelcomed();
        goneAway = doubtful;
        lastFailure = null;
        readySinceNanos = now();
        current = connection;
        moveTo(AddressState.READY);
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
            connectIn(goAwayDelays.again(somebodyWaits()));
        } else {
            die(cause);
        }
        if (awaitedAttempt) {
            awaitedAttempt = false;
            host.onLost(address);
        }
    }

    /** The address is not expected: those who wait fail now, and we go on trying only if it is wanted and the policy says so. */
    private void die(@Nullable Throwable cause) {
        if (isWanted()) {
            long delayNanos = nextDelayNanos();
            if (delayNanos >= 0) {
                connectIn(delayNanos);
            } else {
                giveUp();
            }
        } else {
            rest();
        }
        failLine(cause == null ? "the connection was lost" : String.valueOf(cause.getMessage()), cause);
    }

    private long nextDelayNanos() {
        try {
            ReconnectPolicy.Schedule running = schedule;
            if (running == null) {
                running = settings.reconnectPolicy().newSchedule(random);
                schedule = running;
            }
            return running.nextDelayNanos();
        } catch (RuntimeException | Error e) {
            // Nothing of the user's may break off what a connection does at its end.
            log.error("the reconnect policy failed, giving {} up", address, e);
            return ReconnectPolicy.Schedule.GIVE_UP;
        }
    }

    private void giveUp() {
        gaveUp = true;
        schedule = null;
        log.info("giving up on {} until somebody calls it: {}", address, lastFailure == null ? "connection lost" : lastFailure.toString());
        rest();
        endpoint.events().putNettyEvent(new NettyEvent(NettyEventType.EXCEPTION, address, null));
    }

    // ---------------------------------------------------------------- rest and eviction

    /** To IDLE: nothing more happens without a call. */
    private void rest() {
        cancelReconnect();
        moveTo(AddressState.IDLE);
        evictIfUseless();
    }

    /**
     * Leaves the table when there is nothing left to keep: no connection that still finishes, nobody who wanted the address lately, and no
     * knowledge that it is a peer without HELLO, which is good for ten minutes (DESIGN 3.1). Looks again when that may be so.
     */
    private void evictIfUseless() {
        cancelEviction();
        if (state != AddressState.IDLE || evicted || !connections.isEmpty() || (host.isListed(address) && !gaveUp)) {
            return;
        }
        long now = now();
        long wantedNanos = gaveUp ? 0 : WANTED_NANOS - (now - lastUsedNanos);
        long keepNanos = Math.max(wantedNanos, helloMemory.skipsForNanos(now));
        if (keepNanos > 0) {
            evictionTimer = loop.schedule(this::evictIfUseless, keepNanos, TimeUnit.NANOSECONDS);
        } else {
            evicted = true;
            cancelLineTimer();
            host.evict(this);
        }
    }

    private void cancelEviction() {
        Future<?> timer = evictionTimer;
        evictionTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
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
        letGoOfCurrent();
        if (state == AddressState.SHUTDOWN) {
            return;
        }
        if (goAway == null) {
            lastFailure = null;
            onBrokenOff();
        } else if (goAway.reason().equals(GoAwayNotice.REASON_IDLE) && line.isEmpty() && !isWanted()) {
            // Nobody needed it, and the address is as good as ever.
            rest();
        } else {
            expectBack(goAway.graceMillis());
            connectIn(goAwayDelays.replacement(somebodyWaits()));
            letThoseLeaveWhoCan(null);
        }
        host.onLost(address);
    }

    private void onBrokenOff() {
        if (isExpectedBack()) {
            // The one that was leaving has left.
            connectIn(goAwayDelays.again(somebodyWaits()));
        } else {
            untried = true;
            if (line.isEmpty()) {
                die(null);
            } else {
                connectAwaited();
            }
        }
        letThoseLeaveWhoCan(null);
    }

    private void letGoOfCurrent() {
        current = null;
        doubtful = false;
        asked = false;
        if (now() - readySinceNanos >= STABLE_NANOS) {
            schedule = null;
        }
    }

    /**
     * Lets the connection finish what is pending on it and close; the next call makes another one, and a listed address makes one at once.
     * Any thread.
     */
    void closeConnection() {
        onLoop(() -> {
            Connection leaving = current;
            if (leaving == null || state == AddressState.SHUTDOWN) {
                return;
            }
            letGoOfCurrent();
            if (host.isListed(address) || !line.isEmpty()) {
                connectAwaited();
                letThoseLeaveWhoCan(null);
            } else {
                rest();
            }
            leaving.retire(new DrainTally(), GoAwayNotice.DEFAULT_GRACE_MILLIS);
        });
    }

    /** The address is not in the list any more: its connection finishes, and the slot may be forgotten. Any thread. */
    void unlist() {
        closeConnection();
        onLoop(this::evictIfUseless);
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
        evictIfUseless();
    }

    // ---------------------------------------------------------------- the end

    /** Takes no calls any more, ends the line, and lets each connection finish. Any thread. */
    void shutdown(DrainTally tally, long graceMillis) {
        onLoop(() -> {
            if (state == AddressState.SHUTDOWN) {
                return;
            }
            moveTo(AddressState.SHUTDOWN);
            cancelReconnect();
            cancelEviction();
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
        onLoop(() -> {
            for (Connection connection : Set.copyOf(connections)) {
                if (orderly) {
                    connection.force();
                } else {
                    connection.close(null);
                }
            }
        });
    }

    private void onLoop(Runnable command) {
        try {
            loop.execute(command);
        } catch (RejectedExecutionException e) {
            log.debug("the event loop of {} has ended, nothing left to do there", address);
        }
    }
}
