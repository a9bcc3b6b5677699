package io.longlink.remoting.netty;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Finds frames (PROTOCOL section 1) and reads them as {@link RemotingCommand}s. One instance per channel; event loop only.
 *
 * <pre>
 *  4 bytes   4 bytes        H bytes    B bytes
 * +--------+-+------------+----------+--------+
 * | L      |T| H          | header   | body   |    L = 4 + H + B,   4 + L &lt;= maxFrameLength
 * +--------+-+------------+----------+--------+
 * </pre>
 *
 * <p>The length word alone decides whether a frame may be waited for, before a byte of it has come, and nothing is allocated by
 * it: memory grows with what has arrived. How long an unfinished frame may take is for others to judge, by {@link #unfinishedBytes}.
 *
 * <p>At the first bad frame the commands before it are delivered, then one {@link CorruptedFrameException} is thrown, caused by
 * a {@link RemotingCommandException}. Everything behind the bad frame is dropped, then and later: no further command is
 * delivered and no further exception thrown. The decoder does not close: whoever owns the connection also owns its pending
 * requests and its log line, sees the exception in {@code exceptionCaught}, and closes.
 */
public final class NettyDecoder extends ByteToMessageDecoder {
    /** RocketMQ's limit: 16 MiB, the length word included. */
    public static final int DEFAULT_MAX_FRAME_LENGTH = 16777216;

    /** The system property that replaces the default limit: a decimal number of bytes. */
    public static final String MAX_FRAME_LENGTH_PROPERTY = "com.rocketmq.remoting.frameMaxLength";

    private static final int LENGTH_FIELD_LENGTH = 4;
    private static final int MIN_LENGTH = 4;

    /** What is longer is not copied together when it comes in pieces, if they are not small ones. */
    private static final int LONG_FRAME = 16 * 1024;

    private static final int SMALL_PIECE = 4 * 1024;

    private final int maxFrameLength;

    /** True once a bad frame was met; never false again. */
    private boolean corrupted;

    /** Creates a decoder with RocketMQ's default limit. */
    public NettyDecoder() {
        this(DEFAULT_MAX_FRAME_LENGTH);
    }

    /**
     * Creates a decoder.
     *
     * @param maxFrameLength longest frame to take in bytes, its length word included
     * @throws IllegalArgumentException if no frame is that short
     */
    public NettyDecoder(int maxFrameLength) {
        this.maxFrameLength = checkMaxFrameLength("maxFrameLength", maxFrameLength);
        setCumulator(NettyDecoder::join);
    }

    /**
     * Reads the limit that the system property {@value #MAX_FRAME_LENGTH_PROPERTY} asks for. Configurations call this once; it
     * looks at the property at each call.
     *
     * @return the limit in bytes, {@link #DEFAULT_MAX_FRAME_LENGTH} if the property is missing or blank
     * @throws IllegalArgumentException naming the property, if it holds no usable number
     */
    public static int maxFrameLengthFromSystemProperty() {
        String value = System.getProperty(MAX_FRAME_LENGTH_PROPERTY);
        if (value == null || value.isBlank()) {
            return DEFAULT_MAX_FRAME_LENGTH;
        }
        int number;
        try {
            number = Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            String message = "system property " + MAX_FRAME_LENGTH_PROPERTY + " must be a decimal int: <" + value + ">";
            throw new IllegalArgumentException(message, e);
        }
        return checkMaxFrameLength("system property " + MAX_FRAME_LENGTH_PROPERTY, number);
    }

    static int checkMaxFrameLength(String name, int value) {
        if (value < LENGTH_FIELD_LENGTH + MIN_LENGTH) {
            throw new IllegalArgumentException(name + " must be " + (LENGTH_FIELD_LENGTH + MIN_LENGTH) + " bytes or more: " + value);
        }
        return value;
    }

    /** How much has come of a frame whose rest has not, in bytes; 0 between frames, and behind a bad one. */
    public int unfinishedBytes() {
        return actualReadableBytes();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (corrupted && msg instanceof ByteBuf) {
            ReferenceCountUtil.release(msg);
            return;
        }
        if (msg instanceof ByteBuf in) {
            finishFrame(ctx, in);
        }
        super.channelRead(ctx, msg);
    }

    /** Gives an unfinished frame what it lacks and no more, so that all frames behind it are read where they are. */
    private void finishFrame(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
        boolean finished = false;
        try {
            for (int missing = missingBytes(); missing > 0 && missing < in.readableBytes(); missing = missingBytes()) {
                super.channelRead(ctx, in.readRetainedSlice(missing));
            }
            finished = true;
        } finally {
            if (!finished) {
                in.release();
            }
        }
    }

    /** How much more the unfinished frame needs, or its length word; 0 between frames. */
    private int missingBytes() {
        int have = actualReadableBytes();
        if (have == 0) {
            return 0;
        }
        if (have < LENGTH_FIELD_LENGTH) {
            return LENGTH_FIELD_LENGTH - have;
        }
        ByteBuf unfinished = internalBuffer();
        // Has been looked at when it came.
        return LENGTH_FIELD_LENGTH + unfinished.getInt(unfinished.readerIndex()) - have;
    }

    /** As Netty's cumulators do, whichever copies less. */
    private static ByteBuf join(ByteBufAllocator allocator, ByteBuf unfinished, ByteBuf in) {
        int have = unfinished.readableBytes();
        int come = in.readableBytes();
        if (have + come > LONG_FRAME && come > SMALL_PIECE) {
            return COMPOSITE_CUMULATOR.cumulate(allocator, unfinished, in);
        }
        if (unfinished.readerIndex() <= have) {
            return MERGE_CUMULATOR.cumulate(allocator, unfinished, in);
        }
        // The rest of a read. Were its buffer made to grow, all that has been used of it would be copied.
        try {
            ByteBuf joined = allocator.directBuffer(have + come).writeBytes(unfinished).writeBytes(in);
            unfinished.release();
            return joined;
        } finally {
            in.release();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (corrupted) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < LENGTH_FIELD_LENGTH) {
            return;
        }
        long length = in.getUnsignedInt(in.readerIndex());
        if (length < MIN_LENGTH || LENGTH_FIELD_LENGTH + length > maxFrameLength) {
            int longest = maxFrameLength - LENGTH_FIELD_LENGTH;
            String message = "malformed frame: length " + length + " is not within " + MIN_LENGTH + " and " + longest;
            throw corrupted(in, new RemotingCommandException(message));
        }
        if (in.readableBytes() - LENGTH_FIELD_LENGTH < length) {
            return;
        }
        in.skipBytes(LENGTH_FIELD_LENGTH);
        try {
            out.add(readFrame(in, (int) length));
        } catch (RemotingCommandException e) {
            throw corrupted(in, e);
        } catch (RuntimeException e) {
            // A mistake of ours; going on behind it would be another one.
            throw corrupted(in, new RemotingCommandException("frame of length " + length + " cannot be read: " + e, e));
        }
    }

    /** Lets the command see its own bytes only, without making a slice for it. */
    private static RemotingCommand readFrame(ByteBuf in, int length) throws RemotingCommandException {
        int end = in.writerIndex();
        in.writerIndex(in.readerIndex() + length);
        try {
            return RemotingCommand.decode(in);
        } finally {
            in.writerIndex(end);
        }
    }

    private CorruptedFrameException corrupted(ByteBuf in, RemotingCommandException cause) {
        corrupted = true;
        in.skipBytes(in.readableBytes());
        return new CorruptedFrameException(cause.getMessage(), cause);
    }
}
