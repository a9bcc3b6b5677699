package io.longlink.remoting.netty;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes each {@link RemotingCommand} as one frame (PROTOCOL section 1); other messages pass unchanged, in their order. One instance per
 * channel; event loop only.
 *
 * <p>Frames gather in one buffer until there is a flush, or 32 KiB of them: to a socket many small buffers cost more than what is in them.
 * A command is encoded when it is written, not when it leaves. Each keeps its own promise, which succeeds when the last byte of its frame
 * has left and not before.
 *
 * <p>A command that cannot be written fails its own write with a {@link RemotingCommandException} whose outcome is NOT_SENT. Not a byte of
 * it has left, so the connection is as good as before and stays open, unlike RocketMQ's. Who writes with a void promise asks for that
 * failure by {@link #takeFailure}.
 *
 * <p>The body is copied into the buffer. A socket wants direct memory, so a wrapped array would be copied later anyway.
 */
public final class NettyEncoder extends ChannelOutboundHandlerAdapter {
    /** A guess that fits most headers without fields; a buffer that is too small grows. */
    private static final int HEADER_ESTIMATE = 192;

    /** A guess for a header object whose fields are not among the ext fields yet. */
    private static final int CUSTOM_HEADER_ESTIMATE = 320;

    /** A batch of so many bytes does not wait for a flush. */
    private static final int BATCH_BYTES = 32 * 1024;

    private static final int MIN_BATCH_BYTES = 256;

    private final int maxFrameLength;

    private @Nullable FrameBatch batch;

    private @Nullable RemotingCommandException failure;

    /** What batches have needed lately. */
    private int usualBytes = MIN_BATCH_BYTES;

    /**
     * Creates an encoder that refuses frames longer than RocketMQ's default limit, {@link
     * NettyDecoder#DEFAULT_MAX_FRAME_LENGTH}.
     */
    public NettyEncoder() {
        this(NettyDecoder.DEFAULT_MAX_FRAME_LENGTH);
    }

    /**
     * Creates an encoder.
     *
     * @param maxFrameLength longest frame to write in bytes, its length word included; should be what the peers take
     * @throws IllegalArgumentException if no frame is that short
     */
    public NettyEncoder(int maxFrameLength) {
        this.maxFrameLength = NettyDecoder.checkMaxFrameLength("maxFrameLength", maxFrameLength);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof RemotingCommand command)) {
            writeBatch(ctx);
            ctx.write(msg, promise);
            return;
        }
        if (!promise.isVoid() && !promise.setUncancellable()) {
            return;
        }
        FrameBatch full = null;
        RemotingCommandException why = null;
        try {
            byte[] body = command.getBody();
            int bodyLength = body == null ? 0 : body.length;
            checkLength(command, bodyLength);
            int estimate = (int) Math.min(maxFrameLength, (long) bodyLength + headerEstimate(command));
            FrameBatch open = batch;
            if (open != null && open.bytes().readableBytes() + estimate > BATCH_BYTES) {
                full = open;
                batch = null;
            }
            addFrame(ctx, command, estimate, promise);
        } catch (RemotingCommandException e) {
            why = e;
        } catch (RuntimeException | Error e) {
            // Of this command only, such as a map that somebody else changes, a field whose text fails, or no memory for a large body.
            String message = "command " + command.getCode() + " cannot be written: " + e;
            why = new RemotingCommandException(message, e, Outcome.NOT_SENT);
        }
        if (full != null) {
            // Only now: the channel may turn unwritable, be flushed and turn writable by this, and what is written then comes behind.
            handOn(ctx, full);
        }
        FrameBatch open = batch;
        if (open != null && open.bytes().readableBytes() >= BATCH_BYTES) {
            writeBatch(ctx);
        }
        if (why != null) {
            // Last: whoever hears of it may write at once.
            fail(promise, why);
        }
    }

    private void fail(ChannelPromise promise, RemotingCommandException why) {
        if (promise.isVoid()) {
            failure = why;
        }
        promise.tryFailure(why);
    }

    /** Why a command that was written with a void promise could not be, since this was asked last; {@code null} if all could. */
    public @Nullable RemotingCommandException takeFailure() {
        RemotingCommandException taken = failure;
        failure = null;
        return taken;
    }

    private void addFrame(ChannelHandlerContext ctx, RemotingCommand command, int estimate, ChannelPromise promise)
            throws RemotingCommandException {
        FrameBatch open = batch;
        // Not ioBuffer, which may be on the heap: then the socket would get a copy, and nobody would know what of it has left.
        FrameBatch frames = open != null ? open : new FrameBatch(ctx.alloc().directBuffer(Math.max(estimate, roundUp(usualBytes))));
        ByteBuf bytes = frames.bytes();
        int start = bytes.writerIndex();
        boolean complete = false;
        try {
            command.encode(bytes);
            checkLength(command, bytes.writerIndex() - start);
            frames.add(promise);
            batch = frames;
            complete = true;
        } finally {
            if (!complete) {
                bytes.writerIndex(start);
                if (open == null) {
                    bytes.release();
                }
            }
        }
    }

    /** To a power of two: batches differ in length, and one that outgrows its buffer by a little is copied whole. */
    private static int roundUp(int bytes) {
        return Integer.highestOneBit(bytes - 1) << 1;
    }

    private void writeBatch(ChannelHandlerContext ctx) {
        FrameBatch open = batch;
        if (open != null) {
            batch = null;
            handOn(ctx, open);
        }
    }

    private void handOn(ChannelHandlerContext ctx, FrameBatch frames) {
        int bytes = Math.min(frames.bytes().readableBytes(), BATCH_BYTES);
        usualBytes = Math.max(MIN_BATCH_BYTES, Math.max(bytes, usualBytes - usualBytes / 8));
        frames.write(ctx);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        writeBatch(ctx);
        ctx.flush();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        // It fails with everything else that was not flushed.
        writeBatch(ctx);
        ctx.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        FrameBatch left = batch;
        if (left != null) {
            batch = null;
            left.fail(new ClosedChannelException());
        }
    }

    /** Called with the body alone too, so that nothing is allocated or copied for a body that cannot fit. */
    private void checkLength(RemotingCommand command, int length) throws RemotingCommandException {
        if (length > maxFrameLength) {
            String message = "command " + command.getCode() + " cannot be written: " + length + " bytes or more exceed the frame limit of ";
            throw new RemotingCommandException(message + maxFrameLength, null, Outcome.NOT_SENT);
        }
    }

    private static long headerEstimate(RemotingCommand command) {
        long estimate = HEADER_ESTIMATE;
        String remark = command.getRemark();
        if (remark != null) {
            estimate += remark.length();
        }
        Map<String, String> fields = command.getExtFields();
        if (fields != null) {
            for (Map.Entry<String, String> field : fields.entrySet()) {
                String value = field.getValue();
                estimate += 16 + (value == null ? 0 : value.length());
            }
        }
        if (command.readCustomHeader() != null) {
            estimate += CUSTOM_HEADER_ESTIMATE;
        }
        return estimate;
    }
}
