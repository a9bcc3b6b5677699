package io.longlink.remoting.internal;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.ResponseFileRegion;
import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of one connection for answers, whoever writes them, as commands or as bytes: the first answer to a request that waits for one
 * passes, any other is dropped. Event loop only.
 */
final class AnswerWriter {
    private static final Logger log = LoggerFactory.getLogger(AnswerWriter.class);

    private final ConnectionHandler connection;
    private final InboundRequests inbound;
    private long bytesToCome;
    private @Nullable String dropped;

    AnswerWriter(ConnectionHandler connection, InboundRequests inbound) {
        this.connection = connection;
        this.inbound = inbound;
    }

    private Traffic traffic() {
        return connection.traffic();
    }

    /** Whether an answer was written in part, so that the rest of it must follow. */
    boolean isWithinOne() {
        return bytesToCome > 0;
    }

    /** Hands on an answer, or bytes that may be one. */
    void write(Object message, ChannelPromise promise) {
        if (message instanceof RemotingCommand response) {
            writeResponse(response, promise);
        } else if (message instanceof ResponseFileRegion region) {
            writeRegion(region, promise);
        } else {
            writeBytes(message, promise);
        }
    }

    private void writeRegion(ResponseFileRegion region, ChannelPromise promise) {
        String no = whyNot(inbound.take(region.getOpaque()), region.getOpaque());
        if (no != null) {
            region.release();
            refuse(promise, no);
            return;
        }
        connection.onAnswer();
        traffic().write(region, promise);
        connection.onAnswerWritten();
    }

    private void writeResponse(RemotingCommand response, ChannelPromise asked) {
        // A dropped or unencodable answer is no failure of the whole connection, so the pipeline's void promise will not do; and while the
        // connection leaves, somebody wants to know when the answer has left.
        boolean leaving = connection.isLeaving();
        ChannelPromise promise = asked.isVoid() && (leaving || asked != connection.unheard()) ? traffic().newPromise() : asked;
        InboundRequests.Entry entry = inbound.take(response.getOpaque());
        String no = whyNot(entry, response.getOpaque());
        if (entry == null || no != null) {
            refuse(promise, String.valueOf(no));
            return;
        }
        connection.onAnswer();
        if (response.getCode() == ResponseCode.GO_AWAY) {
            connection.onRefusalByProcessor();
        }
        response.applyDefaults(connection.settings().version(), entry.serializeType());
        traffic().write(response, promise);
        Throwable failure = promise.isVoid() ? traffic().takeFailure() : promise.cause();
        if (failure instanceof RemotingCommandException unencodable) {
            log.error("the answer to {} with opaque {} cannot be encoded", connection.remoteAddress(), response.getOpaque(), unencodable);
            RemotingCommand instead = RemotingCommand.createResponseCommand(
                    ResponseCode.SYSTEM_ERROR, "the answer could not be encoded: " + unencodable.getMessage());
            instead.setOpaque(response.getOpaque());
            instead.applyDefaults(connection.settings().version(), entry.serializeType());
            traffic().writeAndFlush(instead);
        } else if (leaving) {
            promise.addListener(written -> connection.onAnswerLeft());
        }
        connection.onAnswerWritten();
    }

    /** A processor that sends its body as a file region writes the encoded header first, then the region (DESIGN 1). */
    private void writeBytes(Object message, ChannelPromise promise) {
        if (bytesToCome > 0) {
            bytesToCome -= sizeOf(message);
        } else {
            dropped = null;
            RemotingCommand header = message instanceof ByteBuf frame ? peekHeader(frame) : null;
            if (header != null && header.isResponseType()) {
                ByteBuf frame = (ByteBuf) message;
                bytesToCome = (long) Integer.BYTES + frame.getInt(frame.readerIndex()) - frame.readableBytes();
                dropped = whyNot(inbound.take(header.getOpaque()), header.getOpaque());
                if (dropped == null) {
                    connection.onAnswer();
                }
            }
        }
        if (dropped != null) {
            ReferenceCountUtil.release(message);
            refuse(promise, dropped);
            return;
        }
        traffic().write(message, promise);
        connection.onAnswerWritten();
    }

    private static long sizeOf(Object message) {
        if (message instanceof FileRegion region) {
            return region.count();
        }
        return message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    }

    /** Reads the command at the start of a buffer that may hold a frame without its body; {@code null} if there is none. */
    private static @Nullable RemotingCommand peekHeader(ByteBuf buffer) {
        int start = buffer.readerIndex() + Integer.BYTES;
        if (buffer.readableBytes() < 2 * Integer.BYTES) {
            return null;
        }
        int length = Integer.BYTES + buffer.getUnsignedMedium(start + 1);
        if (buffer.readableBytes() < Integer.BYTES + length) {
            return null;
        }
        try {
            return RemotingCommand.decode(buffer.slice(start, length));
        } catch (RemotingCommandException e) {
            log.debug("somebody wrote bytes that are no frame", e);
            return null;
        }
    }

    /** Counts and says why an answer cannot go out, or returns {@code null} if it can. */
    private @Nullable String whyNot(InboundRequests.@Nullable Entry asked, int opaque) {
        if (asked == null) {
            connection.counters().increment(Counter.SECOND_ANSWERS);
            return "no request with opaque " + opaque + " waits for an answer";
        }
        if (!connection.takesAnswers()) {
            connection.onUnansweredCount();
            return "too late, the connection with " + connection.remoteAddress() + " takes no more answers";
        }
        return null;
    }

    /** With a void promise nobody waits to be told; the pipeline's own would take it for a failure of the connection. */
    private static void refuse(ChannelPromise promise, String why) {
        if (!promise.isVoid()) {
            promise.tryFailure(new IllegalStateException(why));
        }
    }
}
