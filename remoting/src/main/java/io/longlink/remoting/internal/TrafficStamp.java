package io.longlink.remoting.internal;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Ticker;

/** Notes when bytes came in and when bytes went out last, whole frames or not; first in the pipeline. Event loop only. */
final class TrafficStamp extends ChannelDuplexHandler {
    private long lastReadNanos;
    private long lastWriteNanos;
    private long lastProgressNanos;
    private boolean unflushed;
    private boolean flushing;
    private long batchNanos;
    private boolean batchKnown;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
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
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        lastProgressNanos = now(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        unflushed = true;
        ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        // Once per batch, not once per write.
        batchKnown = false;
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

    /** The time, looked at once for all that leaves with one flush: for those who ask at every frame, and to whom that is near enough. */
    long batchNanos(Ticker ticker) {
        if (!batchKnown) {
            batchKnown = true;
            batchNanos = ticker.nanoTime();
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

    /** When bytes were last given to the socket; they may still wait there. */
    long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** When bytes that had piled up were last seen to leave, so that there was room again, or to pile up. */
    long lastProgressNanos() {
        return lastProgressNanos;
    }
}
