package io.longlink.remoting.netty;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.Map;

/**
 * Writes each {@link RemotingCommand} as one frame (PROTOCOL section 1) in one buffer of the channel's allocator; other
 * messages pass unchanged. Sharable: it has no state.
 *
 * <p>A command that cannot be written fails its own write with a {@link RemotingCommandException} whose outcome is NOT_SENT.
 * Not a byte of it has left, so the connection is as good as before and stays open, unlike RocketMQ's.
 *
 * <p>The body is copied into the frame. A socket wants direct memory, so a wrapped array would be copied later anyway.
 */
@Sharable
public final class NettyEncoder extends ChannelOutboundHandlerAdapter {
    /** A guess that fits most headers without fields; a buffer that is too small grows. */
    private static final int HEADER_ESTIMATE = 192;

    /** A guess for a header object whose fields are not among the ext fields yet. */
    private static final int CUSTOM_HEADER_ESTIMATE = 320;

    private final int maxFrameLength;

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
            ctx.write(msg, promise);
            return;
        }
        ByteBuf frame;
        try {
            frame = encode(ctx, command);
        } catch (RemotingCommandException e) {
            promise.tryFailure(e);
            return;
        } catch (RuntimeException | OutOfMemoryError e) {
            // Of this command only, such as a map that somebody else changes, or no memory for a large body.
            String message = "command " + command.getCode() + " cannot be written: " + e;
            promise.tryFailure(new RemotingCommandException(message, e, Outcome.NOT_SENT));
            return;
        }
        ctx.write(frame, promise);
    }

    private ByteBuf encode(ChannelHandlerContext ctx, RemotingCommand command) throws RemotingCommandException {
        byte[] body = command.getBody();
        int bodyLength = body == null ? 0 : body.length;
        checkLength(command, bodyLength);
        ByteBuf frame = ctx.alloc().ioBuffer((int) Math.min(maxFrameLength, (long) bodyLength + headerEstimate(command)));
        boolean complete = false;
        try {
            command.encode(frame);
            checkLength(command, frame.readableBytes());
            complete = true;
            return frame;
        } finally {
            if (!complete) {
                frame.release();
            }
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
