package io.longlink.remoting.internal;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Notes when bytes came in and when bytes went out last, whole frames or not; and has what is written while the loop reads, or by the tasks
 * that wait for it now, go out with one flush. Between the codec's two halves: the encoder gathers what one flush lets go. Event loop only.
 */
final class Traffic extends ChannelDuplexHandler implements Runnable {
    /** More flushes are not made one, so that the peer has something to do meanwhile. */
    private static final int FLUSHES_AT_ONCE = 256;

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
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastReadNanos = now(ctx);
        // What is written from here on is younger than these bytes, and must not look older.
        batchKnown = false;
        reading = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        endReading();
        ctx.fireChannelReadComplete();
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
        unflushed = true;
        ctx.write(message, promise);
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
        ctx.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        flushIfAsked();
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
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        if (!unflushed) {
            ctx.flush();
            return;
        }
        unflushed = false;
        lastWriteNanos = now(ctx);
        flushing = true;
        try {
            ctx.flush();
        } finally {
            flushing = false;
        }
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
            batchNanos = now(Objects.requireNonNull(context));
        }
        return batchNanos;
    }

    /** Whether what has left now left at {@link #lastWriteNanos}: most does, and need not look at the clock. */
    boolean isFlushing() {
        return flushing;
    }

    /** Whether something was written that the socket has not been given yet. */
    boolean hasUnflushed() {
        return unflushed;
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
