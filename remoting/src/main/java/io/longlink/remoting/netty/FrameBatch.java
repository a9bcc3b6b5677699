package io.longlink.remoting.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Arrays;

/**
 * Frames that leave in one buffer, and the promise of each. When the write of the buffer fails half way, those whose last byte the socket
 * has taken have left all the same: to call them unsent would have them sent twice. Event loop only.
 */
final class FrameBatch implements ChannelFutureListener {
    private final ByteBuf bytes;
    private ChannelPromise[] promises = new ChannelPromise[1];
    private int[] ends = new int[1];
    private int count;

    /** @param bytes direct, so that the socket takes it as it is and moves its reader index */
    FrameBatch(ByteBuf bytes) {
        this.bytes = bytes;
    }

    ByteBuf bytes() {
        return bytes;
    }

    /** A frame has been added to the bytes. */
    void add(ChannelPromise promise) {
        if (count == promises.length) {
            // Most hold one frame, or many.
            promises = Arrays.copyOf(promises, Math.max(64, count * 2));
            ends = Arrays.copyOf(ends, Math.max(64, count * 2));
        }
        promises[count] = promise;
        ends[count++] = bytes.writerIndex();
    }

    /** Hands the bytes on. */
    void write(ChannelHandlerContext ctx) {
        if (count == 1) {
            ctx.write(bytes, promises[0]);
        } else {
            // To be looked at when the write has ended.
            bytes.retain();
            ctx.write(bytes).addListener(this);
        }
    }

    /** Nothing of it was handed on. */
    void fail(Throwable cause) {
        bytes.release();
        for (int i = 0; i < count; i++) {
            promises[i].tryFailure(cause);
        }
    }

    @Override
    public void operationComplete(ChannelFuture write) {
        int left = write.isSuccess() ? Integer.MAX_VALUE : bytes.readerIndex();
        bytes.release();
        for (int i = 0; i < count; i++) {
            if (ends[i] <= left) {
                promises[i].trySuccess();
            } else {
                promises[i].tryFailure(write.cause());
            }
        }
    }
}
