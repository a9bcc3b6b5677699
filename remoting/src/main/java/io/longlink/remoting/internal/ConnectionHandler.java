package io.longlink.remoting.internal;

import io.longlink.remoting.ConnectionState;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.internal.DrainTally.End;
import io.longlink.remoting.netty.NettyEvent;
import io.longlink.remoting.netty.NettyEventType;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from its first to its last moment: matches responses to requests, leads requests to processors, obeys or announces
 * GO_AWAY, and closes without losing what is on the way. Event loop only, but for what says otherwise.
 *
 * <p>How a connection ends (DESIGN 3.2.4, 3.2.5). Ending our output is a FIN behind everything written; ending the connection is a close.
 * A close with bytes unread would make the kernel send RST and throw away what the peer has not read, so whoever ends first half-closes,
 * reads to the other's end of stream, and closes then:
 * <pre>
 *   client moved away     nothing pending -> end output -> read one-ways ... end of stream -> close
 *   server sees that      end of stream -> running handlers answer -> flush -> close
 *   server itself         end output -> read one-ways, drop two-ways, at most 2 s or to end of stream -> close
 *   client sees that      end of stream -> owner lets go, pending fail -> flush -> close
 * </pre>
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter
        implements Traffic.Outlet, PendingRequests.Listener, InboundRequests.Listener {
    /** How long we read on after ending our output, when the end was our own idea (DESIGN 3.2.5). */
    static final long LINGER_MILLIS = 2_000;

    /** How long the forced end of a stock peer's connection waits for a good moment. */
    static final long REST_MILLIS = 250;

    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

    private final RemotingEndpoint endpoint;
    private final Side side;
    private final ConnectionOwner owner;
    private final Connection connection;
    private final Counters counters;
    private final ConnectionLifecycle lifecycle = new ConnectionLifecycle();
    private final ConnectionGate gate = new ConnectionGate();
    private final DeadlineQueue deadlines;
    private final PendingRequests pending;
    private final InboundRequests inbound;
    private final AnswerWriter answers;
    private final Traffic traffic;
    private final LivenessWatch watch;

    // Everything below: event loop only.
    private @Nullable ChannelHandlerContext context;

    // Once a read has ended within a frame.
    private @Nullable FrameWatch frames;
    private boolean connected;
    private long openedNanos;
    private boolean firstFrameSeen;
    private boolean helloPeer;
    private boolean toldToGo;
    private boolean unusableTold;
    private boolean exceptionTold;
    private boolean closeTold;
    private long lastFrameNanos;
    private long lastUseNanos;
    private @Nullable DrainTally tally;
    private long graceMillis = GoAwayNotice.DEFAULT_GRACE_MILLIS;
    private boolean atRestEnd;
    private boolean outputEnding;
    private boolean peerEnded;
    private boolean peerEndedFirst;
    private boolean lastFlush;
    private boolean silent;
    private End endIfOurs = End.QUIET;

    ConnectionHandler(
            RemotingEndpoint endpoint,
            Side side,
            ConnectionOwner owner,
            Channel channel,
            @Nullable String remoteAddress) {
        this.endpoint = endpoint;
        this.side = side;
        this.owner = owner;
        this.counters = endpoint.counters();
        this.connection = new Connection(channel, side, remoteAddress, this);
        this.traffic = new Traffic(endpoint.settings().frameMaxLength(), this);
        this.deadlines = new ConnectionDeadlines(endpoint.deadlines(channel.eventLoop()));
        this.pending = new PendingRequests(deadlines, this);
        this.inbound = new InboundRequests(deadlines, this);
        this.answers = new AnswerWriter(this, inbound);
        this.watch = new LivenessWatch(this, side, endpoint.random());
    }

    Connection connection() {
        return connection;
    }

    /** The handler between this one and the socket. */
    Traffic traffic() {
        return traffic;
    }

    DeadlineQueue deadlines() {
        return deadlines;
    }

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    private Channel channel() {
        return connection.channel();
    }

    private EventLoop loop() {
        return channel().eventLoop();
    }

    EndpointSettings settings() {
        return endpoint.settings();
    }

    Counters counters() {
        return counters;
    }

    ConnectionState state() {
        return lifecycle.state();
    }

    // ---------------------------------------------------------------- the channel's life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            onConnected();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        onConnected();
        ctx.fireChannelActive();
    }

    private void onConnected() {
        if (connected) {
            return;
        }
        connected = true;
        openedNanos = now();
        lastFrameNanos = openedNanos;
        lastUseNanos = openedNanos;
        watch.start();
        counters.increment(Counter.CONNECTIONS_OPENED);
        counters.increment(Counter.CONNECTIONS_OPEN);
        log.debug("{} established", connection);
        FlightEvents.opened(connection);
        if (side == Side.SERVER) {
            lifecycle.tryReady();
        }
        tell(NettyEventType.CONNECT);
        if (side == Side.SERVER) {
            tellReady();
        }
        owner.onConnected(connection);
    }

    boolean tryReady() {
        assert loop().inEventLoop();
        boolean ready = lifecycle.tryReady();
        if (ready) {
            tellReady();
        }
        return ready;
    }

    private void tellReady() {
        FlightEvents.ready(connection, openedNanos);
        tell(NettyEventType.ACTIVE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(null);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            counters.increment(Counter.PROTOCOL_ERRORS);
            Throwable reason = cause.getCause() == null ? cause : cause.getCause();
            log.warn("closing connection {}: {} sent what is no frame: {}", channel().id(), remoteAddress(), reason.getMessage());
        } else if (cause instanceof IOException) {
            log.debug("connection {} with {} broke: {}", channel().id(), remoteAddress(), cause.toString());
        } else {
            log.error("closing connection {} with {} after an unexpected failure", channel().id(), remoteAddress(), cause);
        }
        tellException();
        close(cause);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = channel().isWritable();
        if (side == Side.SERVER) {
            channel().config().setAutoRead(writable || outputEnding);
            FrameWatch watched = frames;
            if (watched != null) {
                watched.onReading();
            }
        }
        if (writable && lifecycle.state() == ConnectionState.READY) {
            // Not now: this may be within the write or flush of somebody who has more to write.
            onLoopIfAlive(this::tellWritable);
        }
        ctx.fireChannelWritabilityChanged();
    }

    private void tellWritable() {
        if (lifecycle.state() == ConnectionState.READY && channel().isWritable()) {
            owner.onWritable(connection);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            onPeerEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    /** Closes at once. Transition, then the owner, then those who wait, then the listener. */
    void close(@Nullable Throwable cause) {
        if (beginClose()) {
            endClose(cause);
        }
    }

    private boolean beginClose() {
        assert loop().inEventLoop();
        if (!lifecycle.tryClose()) {
            return false;
        }
        tellUnusable(null);
        return true;
    }

    private void endClose(@Nullable Throwable cause) {
        channel().close();
        pending.failAll(cause == null ? "the connection was closed" : "the connection broke: " + cause, cause, true);
        int unanswered = inbound.abandon();
        for (int i = 0; i < unanswered; i++) {
            onUnansweredCount();
        }
        deadlines.clear();
        DrainTally counting = tally;
        if (counting != null) {
            counting.ended(howItEnded());
        }
        if (connected) {
            counters.decrement(Counter.CONNECTIONS_OPEN);
            log.debug("{} has ended", connection);
            FlightEvents.closed(connection, openedNanos, whatEndedIt(cause), cause, pending.abandoned(), unanswered);
            tell(NettyEventType.CLOSE);
        }
        closeTold = true;
        owner.onClosed(connection);
        connection.onEnded();
    }

    private End howItEnded() {
        if (peerEndedFirst) {
            return End.CLOSED_BY_PEER;
        }
        return outputEnding ? endIfOurs : End.BROKEN;
    }

    /** As {@link #howItEnded}, and two ways that a drain does not tell apart. */
    private String whatEndedIt(@Nullable Throwable cause) {
        End end = howItEnded();
        if (silent) {
            return "SILENT";
        }
        return end == End.BROKEN && cause == null ? "LOCAL" : end.name();
    }

    /** At most one EXCEPTION, and before the CLOSE; while that is under way, an attempt that fails by it may still tell its own. */
    void tellException() {
        if (!exceptionTold && !closeTold) {
            exceptionTold = true;
            tell(NettyEventType.EXCEPTION);
        }
    }

    /**
     * Ends the connection because the peer was silent for too long: IDLE, then CLOSE. A client has a better connection to make, at once;
     * a server half-closes, for a peer that slept reads it when it wakes, and does not wait for it.
     */
    void closeSilent() {
        counters.increment(Counter.IDLE_CLOSED);
        silent = true;
        tell(NettyEventType.IDLE);
        if (side == Side.CLIENT) {
            close(new IOException("not a byte came for too long"));
            return;
        }
        tryDrain("silent");
        after(LINGER_MILLIS, () -> close(null));
        endOutput(isIdle() ? End.QUIET : End.BROKEN);
    }

    private void tellUnusable(@Nullable GoAwayNotice notice) {
        if (!unusableTold) {
            unusableTold = true;
            owner.onUnusable(connection, notice);
        }
    }

    private void tell(NettyEventType type) {
        if (endpoint.events().isHeard()) {
            endpoint.events().putNettyEvent(new NettyEvent(type, remoteAddress(), channel()));
        }
    }

    // ---------------------------------------------------------------- what we ask

    void send(RemotingCommand request, long deadlineNanos, ReplyListener listener, boolean opening) {
        assert loop().inEventLoop();
        RemotingException no = whyNotSend(opening, false);
        if (no != null) {
            listener.onFailure(no);
            return;
        }
        // Its opaque may be somebody else's, as of a forwarded request; the listener gets the response with the one it asked with.
        RemotingCommand onWire = withFreeOpaque(stamped(request));
        PendingRequests.Entry entry = pending.add(onWire, deadlineNanos, request.getOpaque(), listener);
        countSent(request);
        entry.onWriting(lastUseNanos);
        traffic.writeAndFlush(onWire, new RequestPromise(channel(), entry));
    }

    @Override
    public void onWriteEnd(PendingRequests.Entry entry, @Nullable Throwable failure) {
        if (failure == null) {
            entry.onWritten(traffic.isFlushing() ? traffic.lastWriteNanos() : now());
        } else {
            onWriteFailed(failure, toTell -> pending.fail(entry, toTell));
            finishIfDone();
        }
    }

    private RemotingCommand withFreeOpaque(RemotingCommand request) {
        RemotingCommand free = request;
        while (pending.has(free.getOpaque())) {
            free = free.copyForRetry();
        }
        return free;
    }

    /** Sends a PING and tells when it has left, and what becomes of it. */
    void ping(Runnable onWritten, ReplyListener answer) {
        RemotingCommand ping = withFreeOpaque(stamped(RemotingCommand.createRequestCommand(RequestCode.PING, null)));
        PendingRequests.Entry entry = pending.add(ping, now() + TimeUnit.MINUTES.toNanos(1), ping.getOpaque(), answer);
        counters.increment(Counter.PINGS_SENT);
        entry.onWriting(now());
        traffic.writeAndFlush(ping, new RequestPromise(channel(), failure -> {
            if (failure == null) {
                entry.onWritten(now());
                onWritten.run();
            }
        }));
    }

    void sendOneway(RemotingCommand request, long deadlineNanos, WriteListener listener, boolean opening) {
        assert loop().inEventLoop();
        RemotingException no = whyNotSend(opening, true);
        if (no != null) {
            listener.onFailure(no);
            return;
        }
        countSent(request);
        OnewayWrite write = new OnewayWrite(this, deadlineNanos, listener);
        traffic.writeAndFlush(stamped(request), new RequestPromise(channel(), write));
        if (!write.isOver()) {
            deadlines.add(write);
        }
    }

    void onWriteEnd(OnewayWrite oneway, @Nullable Throwable failure) {
        deadlines.remove(oneway);
        if (failure == null) {
            oneway.succeed();
        } else {
            onWriteFailed(failure, oneway::fail);
        }
    }

    private @Nullable RemotingException whyNotSend(boolean opening, boolean oneway) {
        ConnectionState now = lifecycle.state();
        boolean open = switch (now) {
            case READY -> true;
            case OPENING -> opening;
            // A server still has one-ways to tell while its clients move away (DESIGN 3.2.4).
            case DRAINING -> oneway && side == Side.SERVER && !peerEnded;
            case CLOSED -> false;
        };
        if (open && !outputEnding) {
            // A client's calls wait in line where there is no room; a server has no line, and must not gather what nobody reads.
            return side == Side.CLIENT || channel().isWritable()
                    ? null
                    : new RemotingTooMuchRequestException("not sent: " + remoteAddress() + " does not read what is waiting for it already");
        }
        return new RemotingSendRequestException(
                "the connection with " + remoteAddress() + " takes no new requests, it is " + now, null, Outcome.NOT_SENT);
    }

    /** A write that failed left no complete frame, so whatever was being written did not run. */
    private void onWriteFailed(Throwable cause, Consumer<RemotingException> fail) {
        if (cause instanceof RemotingCommandException unencodable) {
            fail.accept(unencodable);
            return;
        }
        boolean first = beginClose();
        fail.accept(new RemotingSendRequestException("could not write to " + remoteAddress() + ": " + cause, cause, Outcome.NOT_SENT));
        if (first) {
            // Later: the writes behind this one fail one by one, and none of them was sent either.
            onLoopIfAlive(() -> endClose(cause));
        }
    }

    private RemotingCommand stamped(RemotingCommand command) {
        command.applyDefaults(endpoint.settings().version(), endpoint.settings().serializeType());
        return command;
    }

    private void countSent(RemotingCommand request) {
        lastUseNanos = traffic.batchNanos();
        if (!RequestCode.isOwn(request.getCode())) {
            counters.increment(Counter.REQUESTS_SENT);
        }
    }

    // ---------------------------------------------------------------- what comes in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof RemotingCommand command)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (lifecycle.state() == ConnectionState.CLOSED) {
            if (command.isOnewayRPC()) {
                counters.increment(Counter.ONEWAYS_DROPPED);
            }
            return;
        }
        lastFrameNanos = traffic.lastReadNanos();
        FrameWatch watched = frames;
        if (watched != null) {
            watched.onFrame();
        }
        boolean first = !firstFrameSeen;
        firstFrameSeen = true;
        if (command.isResponseType()) {
            onResponse(command);
        } else {
            onRequest(command, first);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (traffic.unfinishedBytes() > 0 && lifecycle.state() != ConnectionState.CLOSED) {
            frames().onReadComplete();
        }
        ctx.fireChannelReadComplete();
    }

    private FrameWatch frames() {
        FrameWatch watched = frames;
        if (watched == null) {
            watched = new FrameWatch(this, traffic, deadlines, endpoint.settings().frameTimeoutMillis());
            frames = watched;
        }
        return watched;
    }

    /** The peer has begun a frame and does not go on with it, which is as bad as one that is none. */
    void onFrameTimeout(String what) {
        exceptionCaught(context(), new CorruptedFrameException(what));
    }

    private void onResponse(RemotingCommand response) {
        PendingRequests.Entry asked = pending.take(response.getOpaque());
        if (response.getCode() == ResponseCode.GO_AWAY && side == Side.CLIENT) {
            // Before the one who asked hears of it: he must find the owner without this connection.
            onGoAway(GoAwayNotice.ofRefusal());
        }
        if (asked == null) {
            counters.increment(Counter.LATE_RESPONSES);
        } else {
            if (asked.isUsers()) {
                counters.increment(Counter.RESPONSES_RECEIVED);
            } else {
                onOwnAnswer(asked, response);
            }
            asked.complete(response);
        }
        finishIfDone();
    }

    private void onOwnAnswer(PendingRequests.Entry asked, RemotingCommand response) {
        HelloAnswer told = asked.isHello() ? HelloAnswer.parse(response) : null;
        if (told != null) {
            helloPeer = true;
            watch.onHello(told, owner.pingStretch());
        }
    }

    @Override
    public void onTimedOut(PendingRequests.Entry asked) {
        if (asked.isUsers()) {
            watch.onTimeout(asked.writtenNanos());
        }
        finishIfDone();
    }

    private void onRequest(RemotingCommand request, boolean first) {
        switch (request.getCode()) {
            case RequestCode.GO_AWAY -> onAnnouncement(request);
            case RequestCode.HELLO -> onHello(request, first);
            case RequestCode.PING -> onPing(request);
            default -> onUserRequest(request);
        }
    }

    private void onPing(RemotingCommand ping) {
        counters.increment(Counter.PINGS_RECEIVED);
        answer(ping, ResponseCode.SUCCESS, null);
        if (side == Side.SERVER && watch.onPing()) {
            retireAlone(GoAwayNotice.REASON_TOO_MANY_PINGS);
        }
    }

    private void onUserRequest(RemotingCommand request) {
        counters.increment(Counter.REQUESTS_RECEIVED);
        lastUseNanos = lastFrameNanos;
        if (outputEnding && !request.isOnewayRPC()) {
            // Nobody could hear the answer, so it must not run (DESIGN 3.2.5).
            counters.increment(Counter.UNANSWERED);
            return;
        }
        if (gate.refuses(request)) {
            counters.increment(Counter.GO_AWAYS_ANSWERED);
            DrainTally counting = tally;
            if (counting != null) {
                counting.refused.increment();
            }
            answer(request, ResponseCode.GO_AWAY, "please go away");
            return;
        }
        RemotingCommand instead = endpoint.dispatcher().dispatch(this, context(), request);
        if (instead != null && !request.isOnewayRPC()) {
            counters.increment(Counter.ANSWERED);
            traffic.writeAndFlush(stamped(instead));
        }
    }

    /** Any thread: runs a task on the event loop, now if this is it. */
    void onLoop(Runnable task) {
        if (loop().inEventLoop()) {
            task.run();
        } else {
            onLoopIfAlive(task);
        }
    }

    /** The answer of a processor, from its context. */
    void writeAnswer(ChannelHandlerContext ctx, RemotingCommand response) {
        ctx.writeAndFlush(response, unheard());
    }

    /** For an answer whose way nobody follows: Netty's own void promise, which unlike the pipeline's tells nobody of a failure. */
    ChannelPromise unheard() {
        return channel().unsafe().voidPromise();
    }

    private void answer(RemotingCommand request, int code, @Nullable String remark) {
        if (!request.isOnewayRPC() && !outputEnding) {
            traffic.writeAndFlush(stamped(RequestDispatcher.answer(request, code, remark)));
        }
    }

    InboundRequests.Entry accept(RemotingCommand request) {
        DrainTally counting = tally;
        if (counting != null && gate.isFlipped()) {
            counting.acceptedLater.increment();
        }
        return inbound.add(request, lastFrameNanos + TimeUnit.MILLISECONDS.toNanos(endpoint.settings().deferredTimeoutMillis()));
    }

    /** Undoes {@link #accept}: the executor did not take it, and the caller answers it. */
    void withdraw(InboundRequests.Entry entry) {
        inbound.withdraw(entry);
        DrainTally counting = tally;
        if (counting != null && gate.isFlipped()) {
            counting.acceptedLater.decrement();
        }
    }

    void onewayHandedOver() {
        DrainTally counting = tally;
        if (counting != null && gate.isFlipped()) {
            counting.oneWaysExecuted.increment();
        }
    }

    /** Any thread: the processor returned without an answer. */
    void park(InboundRequests.Entry entry) {
        onLoopIfAlive(() -> {
            inbound.park(entry);
            finishIfDone();
        });
    }

    @Override
    public void onUnanswered() {
        onUnansweredCount();
        finishIfDone();
    }

    /** Counts a request that gets no answer. */
    void onUnansweredCount() {
        counters.increment(Counter.UNANSWERED);
        DrainTally counting = tally;
        if (counting != null) {
            counting.unanswered.increment();
        }
    }

    // ---------------------------------------------------------------- answers on their way out

    @Override
    public void onWrite(Object message, ChannelPromise promise) {
        if (message instanceof RemotingCommand command && !command.isResponseType()) {
            // A void promise reports a failure as one of the whole connection, which an unencodable command is not.
            traffic.write(stamped(command), promise.isVoid() ? traffic.newPromise() : promise);
        } else {
            answers.write(message, promise);
        }
    }

    /** Whether answers can still go out. */
    boolean takesAnswers() {
        return !outputEnding;
    }

    /** An answer goes out. */
    void onAnswer() {
        counters.increment(Counter.ANSWERED);
        lastFrameNanos = traffic.batchNanos();
        lastUseNanos = lastFrameNanos;
        DrainTally counting = tally;
        if (counting != null && gate.isFlipped()) {
            counting.finished.increment();
        }
    }

    /** Whether to say when an answer has left. */
    boolean isLeaving() {
        return gate.isFlipped();
    }

    /**
     * A processor or a drain hook tells the peer to go away, before the gate does. A HELLO peer lets go of the connection and may end it at
     * once: a call to it could cross that end, and nobody would know whether it ran.
     */
    void onRefusalByProcessor() {
        if (side == Side.SERVER && helloPeer) {
            tryDrain("refused by a processor");
        }
    }

    /** An answer has left; the peer cannot have gone on before it has it. */
    void onAnswerLeft() {
        lastFrameNanos = now();
        onAnswerWritten();
    }

    /** An answer, or a part of one, was handed on, or has left; there may be nothing left to do. */
    void onAnswerWritten() {
        if (isEnding()) {
            onLoopIfAlive(this::finishIfDone);
        }
    }

    // ---------------------------------------------------------------- HELLO

    private void onHello(RemotingCommand hello, boolean first) {
        if (hello.isOnewayRPC()) {
            return;
        }
        if (side == Side.CLIENT || !first) {
            answer(hello, ResponseCode.REQUEST_CODE_NOT_SUPPORTED, "HELLO opens a connection, from client to server");
            return;
        }
        HelloResponder.answer(endpoint, connection, hello, response -> onLoop(() -> answerHello(hello, response)));
    }

    private void answerHello(RemotingCommand hello, RemotingCommand response) {
        if (gate.isFlipped()) {
            answer(hello, ResponseCode.GO_AWAY, "please go away");
            return;
        }
        if (!outputEnding && lifecycle.state() != ConnectionState.CLOSED) {
            helloPeer = response.getCode() == ResponseCode.SUCCESS;
            traffic.writeAndFlush(stamped(response));
            if (helloPeer) {
                watch.onHello(endpoint.settings().hello(), 1);
            }
        }
    }

    // ---------------------------------------------------------------- GO_AWAY, as a client

    private void onAnnouncement(RemotingCommand announcement) {
        if (side == Side.CLIENT) {
            onGoAway(GoAwayNotice.of(announcement));
        } else {
            answer(announcement, ResponseCode.REQUEST_CODE_NOT_SUPPORTED, "a client does not tell a server to go away");
        }
    }

    private void onGoAway(GoAwayNotice notice) {
        if (lifecycle.tryDrain()) {
            graceMillis = notice.graceMillis();
            counters.increment(Counter.GO_AWAYS_RECEIVED);
            log.debug("{} says go away ({}) on connection {}", remoteAddress(), notice.reason(), channel().id());
            FlightEvents.goAwayReceived(connection, notice);
            FlightEvents.draining(connection, notice.reason(), pending.size(), inbound.size());
            tellUnusable(notice);
        }
        // Not now: a refused request that comes with this notice is still pending.
        onLoopIfAlive(this::finishIfDone);
    }

    void retire(DrainTally counting, long waitForEndMillis) {
        assert loop().inEventLoop();
        if (lifecycle.state() == ConnectionState.CLOSED || tally != null) {
            return;
        }
        tally = counting;
        counting.connections.increment();
        counting.inFlight.add(inbound.size());
        graceMillis = Math.min(graceMillis, waitForEndMillis);
        gate.tryFlip();
        if (tryDrain("retired")) {
            tellUnusable(null);
        }
        finishIfDone();
    }

    // ---------------------------------------------------------------- the drain, as a server

    void drain(DrainOrder order) {
        assert loop().inEventLoop();
        if (lifecycle.state() == ConnectionState.CLOSED || tally != null) {
            return;
        }
        DrainTally counting = order.tally();
        tally = counting;
        counting.connections.increment();
        counting.inFlight.add(inbound.size());
        tryTellToGo(order.notice(), order.quietMillis());
        if (toldToGo) {
            counting.told.increment();
        }
    }

    /**
     * Lets the peer of this one connection move, for a reason of this connection's own; what is in flight finishes, however long it takes.
     * A drain of the server that comes later counts it as if it had begun then.
     */
    void retireAlone(String reason) {
        assert loop().inEventLoop();
        GoAwayNotice notice = new GoAwayNotice(reason, GoAwayNotice.DEFAULT_GRACE_MILLIS);
        long quietMillis = endpoint.settings().liveness().quietMillis();
        if (tryTellToGo(notice, quietMillis) && toldToGo) {
            // Nobody forces it, so a peer that does not obey is treated like one that does not know better.
            after(notice.graceMillis(), () -> new ServerDrain(this, quietMillis).closeWhenQuiet());
        }
    }

    /** Flips the gate and begins to let the peer go; false if it is going already. */
    private boolean tryTellToGo(GoAwayNotice notice, long quietMillis) {
        watch.onRetired();
        if (lifecycle.state() == ConnectionState.CLOSED || !gate.tryFlip()) {
            return false;
        }
        tryDrain(notice.reason());
        if (isOver()) {
            return false;
        }
        owner.onRetired(connection);
        ServerDrain drain = new ServerDrain(this, quietMillis);
        if (helloPeer) {
            toldToGo = true;
            counters.increment(Counter.GO_AWAYS_TOLD);
            FlightEvents.goAwayTold(connection, notice);
            traffic.write(stamped(notice.toAnnouncement()));
            drain.watchHelloPeer();
            // Now: the loop's other tasks may be to tell ten thousand other peers the same.
            traffic.flushNow();
        } else {
            drain.closeWhenQuiet();
        }
        return true;
    }

    void force() {
        assert loop().inEventLoop();
        if (lifecycle.state() == ConnectionState.CLOSED) {
            return;
        }
        if (outputEnding || peerEnded) {
            after(LINGER_MILLIS, () -> close(null));
            return;
        }
        if (tryDrain("forced")) {
            tellUnusable(null);
        }
        if (side == Side.SERVER && !helloPeer && isReading()) {
            forceAtRest();
            return;
        }
        after(LINGER_MILLIS, () -> close(null));
        endOutput(End.FORCED);
    }

    /**
     * A stock peer was told nothing and goes on asking, and what it asks while our end of stream is on its way is lost. Best is right behind
     * an answer, with nothing left to read: that is when it has least to say.
     */
    private void forceAtRest() {
        atRestEnd = true;
        after(REST_MILLIS, () -> endOutput(End.FORCED));
        after(REST_MILLIS + LINGER_MILLIS, () -> close(null));
    }

    private void endIfAtRest() {
        long answeredNanos = lastFrameNanos;
        soon(() -> {
            if (!isOver() && isIdle() && lastFrameNanos == answeredNanos) {
                endOutput(End.FORCED);
            }
        });
    }

    // ---------------------------------------------------------------- what a drain and the liveness ask

    /** Whether there is nothing left to decide: our output or the peer's is ending, or all is over. */
    boolean isOver() {
        return outputEnding || peerEnded || lifecycle.state() == ConnectionState.CLOSED;
    }

    /** Whether nothing is in flight in either direction. */
    boolean isIdle() {
        return inbound.isEmpty() && pending.isIdle() && !answers.isWithinOne();
    }

    boolean isReading() {
        return channel().config().isAutoRead();
    }

    /** When bytes came last. */
    long lastReadNanos() {
        return traffic.lastReadNanos();
    }

    /** What waits to leave, less what has left of its first message: it changes when bytes leave. */
    long unsentBytes() {
        ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /** When a request of a user's came, went or was answered last. */
    long lastUseNanos() {
        return lastUseNanos;
    }

    /** When a whole frame came, or an answer went, last. */
    long lastFrameNanos() {
        return lastFrameNanos;
    }

    // ---------------------------------------------------------------- the end

    private boolean tryDrain(String why) {
        boolean draining = lifecycle.tryDrain();
        if (draining) {
            FlightEvents.draining(connection, why, pending.size(), inbound.size());
        }
        return draining;
    }

    private boolean isEnding() {
        return peerEnded || lifecycle.state() == ConnectionState.DRAINING;
    }

    /** The one place that decides whether a connection on its way out has anything left to wait for. */
    private void finishIfDone() {
        if (lifecycle.state() == ConnectionState.CLOSED || answers.isWithinOne()) {
            return;
        }
        if (peerEnded) {
            if (!inbound.hasRunning() && !lastFlush) {
                lastFlush = true;
                flushThen(() -> close(null));
            }
        } else if (side == Side.CLIENT
                && lifecycle.state() == ConnectionState.DRAINING
                && !outputEnding
                && pending.isIdle()
                && inbound.isEmpty()) {
            after(Math.max(graceMillis, LINGER_MILLIS), () -> close(null));
            endOutput(End.QUIET);
        } else if (atRestEnd && isIdle()) {
            endIfAtRest();
        }
    }

    /**
     * Half-closes behind everything written, and closes when the peer has ended its stream too. A server gives the peer 2 s for that after
     * the flush; whoever needs an end to the flush as well sets it.
     */
    void endOutput(End end) {
        if (outputEnding) {
            return;
        }
        outputEnding = true;
        endIfOurs = end;
        // From here on nothing is answered, so there is no reason left not to read; the peer's last one-ways are owed.
        channel().config().setAutoRead(true);
        flushThen(() -> {
            if (peerEnded) {
                close(null);
            } else if (lifecycle.state() != ConnectionState.CLOSED && channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
                if (side == Side.SERVER) {
                    after(LINGER_MILLIS, () -> close(null));
                }
            }
        });
    }

    private void onPeerEnded() {
        if (peerEnded) {
            return;
        }
        peerEnded = true;
        peerEndedFirst = !outputEnding;
        if (tryDrain("peer ended")) {
            tellUnusable(null);
        }
        pending.failAll("the peer ended its stream", null, false);
        if (inbound.isEmpty()) {
            finishIfDone();
        } else {
            // An answer may be on its way to this loop.
            onLoopIfAlive(this::finishIfDone);
        }
        if (lifecycle.state() != ConnectionState.CLOSED) {
            // A server's running handlers still answer; on a client nobody is left to hear much.
            after(side == Side.SERVER ? endpoint.settings().deferredTimeoutMillis() : LINGER_MILLIS, () -> close(null));
        }
    }

    /** Runs an action later, unless the connection has closed by then. */
    void after(long millis, Runnable action) {
        deadlines.add(new Deadline(now() + TimeUnit.MILLISECONDS.toNanos(millis)) {
            @Override
            void onDeadline() {
                action.run();
            }
        });
    }

    /** Runs an action in a later turn of the loop, behind what waits to be read now, unless the connection has closed by then. */
    void soon(Runnable action) {
        // Neither execute nor a deadline of ours: both may run before the loop reads again. What is scheduled now runs behind that.
        loop().schedule(() -> {
            if (lifecycle.state() != ConnectionState.CLOSED) {
                action.run();
            }
        }, 1, TimeUnit.NANOSECONDS);
    }

    /** Runs an action when everything written before has left, or can leave no more: now, if that is so. */
    void flushThen(Runnable next) {
        ChannelFuture flushed = traffic.write(Unpooled.EMPTY_BUFFER);
        traffic.flushNow();
        flushed.addListener(done -> next.run());
    }

    private void onLoopIfAlive(Runnable command) {
        try {
            loop().execute(command);
        } catch (RejectedExecutionException e) {
            log.debug("the event loop of {} has ended, nothing left to do there", remoteAddress());
        }
    }

    long now() {
        return loop().ticker().nanoTime();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }
}
