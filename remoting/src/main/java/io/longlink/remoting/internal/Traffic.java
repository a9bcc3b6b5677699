package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.netty.NettyDecoder;
import io.longlink.remoting.netty.NettyEncoder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The socket's side of one connection: bytes that come in become commands, and commands that go out become bytes. Notes when bytes came in
 * and when bytes went out last, whole frames or not; and has what is written while the loop reads, or by the tasks that wait for it now, go
 * out with one flush: the encoder gathers what one flush lets go. Event loop only.
 *
 * <p>Decoder and encoder are handlers that live in this one's context: thousands of idle connections need no context for each.
 */
final class Traffic extends ChannelDuplexHandler implements Runnable {
    /** More flushes are not made one, so that the peer has something to do meanwhile. */
    private static final int FLUSHES_AT_ONCE = 256;

    /** Hears of everything that anybody writes to the channel, and says what of it goes out: by {@link #write(Object, ChannelPromise)}. */
    interface Outlet {
        void onWrite(Object message, ChannelPromise promise);
    }

    private final NettyDecoder decoder;
    private final NettyEncoder encoder;
    private final Outlet outlet;
    private @Nullable ChannelHandlerContext context;
    private long lastReadNanos;
    private long lastWriteNanos;
    private long lastProgressNanos;
    private boolean unflushed;
    private boolean flushing;
    private long batchNanos;
    private boolean batchKnown;
    private boolean reading;
    private boolean scheduled;
    private int flushesAsked;

    /** @param maxFrameLength of both directions, in bytes */
    Traffic(int maxFrameLength, Outlet outlet) {
        this.decoder = new NettyDecoder(maxFrameLength);
        this.encoder = new NettyEncoder(maxFrameLength);
        this.outlet = outlet;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        begin(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    private void begin(ChannelHandlerContext ctx) {
        lastReadNanos = now(ctx);
        lastWriteNanos = lastReadNanos;
        lastProgressNanos = lastReadNanos;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        lastReadNanos = now(ctx);
        // What is written from here on is younger than these bytes, and must not look older.
        batchKnown = false;
        reading = true;
        decoder.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        endReading();
        decoder.channelReadComplete(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        decoder.userEventTriggered(ctx, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        decoder.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        endReading();
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        lastProgressNanos = now(ctx);
        if (!ctx.channel().isWritable()) {
            // What has piled up should not wait.
            flushIfAsked();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        outlet.onWrite(message, promise);
    }

    /** Lets a message out. */
    void write(Object message, ChannelPromise promise) {
        unflushed = true;
        encoder.write(context(), message, promise);
    }

    /** As {@link #write(Object, ChannelPromise)}, and returns how that ends. */
    ChannelFuture write(Object message) {
        ChannelPromise promise = newPromise();
        write(message, promise);
        return promise;
    }

    /** Lets a message out and has it flushed, with others, soon. */
    void writeAndFlush(Object message, ChannelPromise promise) {
        write(message, promise);
        flush(context());
    }

    /** As {@link #writeAndFlush(Object, ChannelPromise)}, for whom it does not matter how that ends. */
    void writeAndFlush(Object message) {
        writeAndFlush(message, newPromise());
    }

    /** Why an answer that was written with a void promise could not be encoded; {@code null} if it could. */
    @Nullable RemotingCommandException takeFailure() {
        return encoder.takeFailure();
    }

    ChannelPromise newPromise() {
        return context().newPromise();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        flushesAsked++;
        if (flushesAsked == FLUSHES_AT_ONCE) {
            flushNow();
        } else if (!reading && !scheduled) {
            scheduled = true;
            ctx.channel().eventLoop().execute(this);
        }
    }

    /** The tasks that waited before this one have run. */
    @Override
    public void run() {
        scheduled = false;
        if (!reading) {
            flushIfAsked();
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        endReading();
        encoder.close(ctx, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
        flushIfAsked();
        encoder.handlerRemoved(ctx);
        decoder.handlerRemoved(ctx);
    }

    private void endReading() {
        reading = false;
        flushIfAsked();
    }

    private void flushIfAsked() {
        if (flushesAsked > 0) {
            flushNow();
        }
    }

    /** Flushes in this moment. */
    void flushNow() {
        flushesAsked = 0;
        batchKnown = false;
        ChannelHandlerContext ctx = context();
        if (!unflushed) {
            encoder.flush(ctx);
            return;
        }
        unflushed = false;
        lastWriteNanos = now(ctx);
        flushing = true;
        try {
            encoder.flush(ctx);
        } finally {
            flushing = false;
        }
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "not in a pipeline yet");
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    /**
     * The time, looked at once for all that is written between a read and the next, or the flush: for those who ask at every frame, and to
     * whom that is near enough.
     */
    long batchNanos() {
        if (!batchKnown) {
            batchKnown = true;
            batchNanos = now(context());
        }
        return batchNanos;
    }

    /** Bytes that had piled up were seen to leave. */
    void onProgress(long nowNanos) {
        lastProgressNanos = nowNanos;
    }

    /** Whether what has left now left at {@link #lastWriteNanos}: most does, and need not look at the clock. */
    boolean isFlushing() {
        return flushing;
    }

    /** Whether something was written that the socket has not been given yet. */
    boolean hasUnflushed() {
        return unflushed;
    }

    /** How much has come of a frame whose rest has not, in bytes. */
    int unfinishedBytes() {
        return decoder.unfinishedBytes();
    }

    /** On the event loop's ticker, as all times here. */
    long lastReadNanos() {
        return lastReadNanos;
    }

    /** When what was written was last given to the socket; it may still wait there. A command that could not be encoded counts, too. */
    long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** When bytes that had piled up were last seen to leave, so that there was room again, or to pile up. */
    long lastProgressNanos() {
        return lastProgressNanos;
    }
}
