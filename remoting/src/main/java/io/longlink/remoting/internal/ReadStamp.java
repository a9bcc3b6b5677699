package io.longlink.remoting.internal;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Notes when bytes came in last, whole frame or not; first in the pipeline. Event loop only. */
final class ReadStamp extends ChannelInboundHandlerAdapter {
    private long lastReadNanos;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastReadNanos = ctx.executor().ticker().nanoTime();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastReadNanos = ctx.executor().ticker().nanoTime();
        ctx.fireChannelRead(message);
    }

    /** On the event loop's ticker. */
    long lastReadNanos() {
        return lastReadNanos;
    }
}
