package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.CommandCustomHeader;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NettyEncoderTest {
    private static final int LIMIT = 200;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final NettyEncoder encoder = new NettyEncoder(LIMIT);
    private final EmbeddedChannel channel = new EmbeddedChannel(encoder);

    NettyEncoderTest() {
        channel.config().setAllocator(allocator);
    }

    @AfterEach
    void nothingIsLeft() {
        channel.finish();
        assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory());
    }

    private static final class BrokenHeader implements CommandCustomHeader {
        @SuppressWarnings("UnusedVariable") // Read by the codec.
        private final Object field = new Object() {
            @Override
            public String toString() {
                throw new StackOverflowError("expected");
            }
        };

        @Override
        public void checkFields() {}
    }

    private static RemotingCommand command(int bodyLength) {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setSerializeTypeCurrentRPC(SerializeType.ROCKETMQ);
        command.setBody(new byte[bodyLength]);
        return command;
    }

    private void assertRefused(RemotingCommand command) {
        ChannelFuture future = channel.writeAndFlush(command);
        assertTrue(future.isDone());
        RemotingCommandException e = assertInstanceOf(RemotingCommandException.class, future.cause());
        assertSame(Outcome.NOT_SENT, e.outcome());
        assertNull(channel.readOutbound(), "bytes of a refused command");
        assertTrue(channel.isActive(), "the encoder closed");
        assertEquals(0, allocator.metric().usedDirectMemory(), "buffer of a refused command");
    }

    private void assertWritten(RemotingCommand command, int length) {
        ChannelFuture future = channel.writeAndFlush(command);
        assertTrue(future.isSuccess());
        ByteBuf frame = channel.readOutbound();
        assertTrue(frame.isDirect());
        assertEquals(length, frame.readableBytes());
        assertEquals(length - 4, frame.getInt(0));
        frame.release();
    }

    @Test
    void frame_atTheLimit_isWrittenAndOneByteMoreIsRefused() {
        assertWritten(command(LIMIT - 29), LIMIT);
        assertRefused(command(LIMIT - 28));
        assertRefused(command(LIMIT + 1));
        assertWritten(command(0), 29);
    }

    @Test
    void command_thatCannotBeEncoded_failsItsWriteOnly() {
        RemotingCommand command = command(0);
        command.setCode(200050);
        assertRefused(command);
        assertWritten(command(1), 30);
    }

    @Test
    void command_whoseFieldThrowsAnError_failsItsWriteOnly() {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, new BrokenHeader());
        command.setSerializeTypeCurrentRPC(SerializeType.ROCKETMQ);
        assertRefused(command);
        assertWritten(command(1), 30);
    }

    @Test
    void commands_writtenBeforeOneFlush_leaveInOneBuffer_eachWithItsOwnPromise() {
        ChannelFuture first = channel.write(command(10));
        ChannelFuture bad = channel.write(command(LIMIT));
        ChannelFuture second = channel.write(command(20));
        assertFalse(first.isDone());
        assertInstanceOf(RemotingCommandException.class, bad.cause());
        assertNull(channel.readOutbound(), "not flushed yet");
        channel.flush();
        assertTrue(first.isSuccess());
        assertTrue(second.isSuccess());
        ByteBuf frames = channel.readOutbound();
        assertEquals(39 + 49, frames.readableBytes());
        assertEquals(35, frames.getInt(0));
        assertEquals(45, frames.getInt(39));
        assertNull(channel.readOutbound());
        frames.release();
    }

    @Test
    void tooLongCommand_withAVoidPromise_isToldToWhoAsks() {
        channel.write(command(10), channel.unsafe().voidPromise());
        assertNull(encoder.takeFailure());

        channel.write(command(LIMIT), channel.unsafe().voidPromise());
        RemotingCommandException failure = encoder.takeFailure();
        assertNotNull(failure);
        assertSame(Outcome.NOT_SENT, failure.outcome());
        assertNull(encoder.takeFailure());
        assertTrue(channel.isOpen());
    }

    @Test
    void otherMessage_leavesBehindTheCommandsWrittenBefore() {
        channel.write(command(10));
        Object message = new Object();
        channel.write(message);
        channel.write(command(20));
        channel.flush();
        ByteBuf before = channel.readOutbound();
        assertEquals(39, before.readableBytes());
        before.release();
        assertSame(message, channel.readOutbound());
        ByteBuf after = channel.readOutbound();
        assertEquals(49, after.readableBytes());
        after.release();
    }

    /** A socket that took so many bytes of a buffer and broke. */
    private ChannelOutboundHandlerAdapter socketThatBreaksBehind(int bytes) {
        return new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ByteBuf buffer = (ByteBuf) message;
                buffer.skipBytes(bytes);
                buffer.release();
                promise.setFailure(new IOException("broken"));
            }
        };
    }

    @Test
    void socket_thatBreaksInTheMiddle_hasTakenTheFramesBeforeIt() {
        channel.pipeline().addFirst(socketThatBreaksBehind(39 + 48));
        ChannelFuture first = channel.write(command(10));
        ChannelFuture second = channel.write(command(20));
        ChannelFuture third = channel.write(command(30));
        channel.flush();
        assertTrue(first.isSuccess());
        assertInstanceOf(IOException.class, second.cause());
        assertInstanceOf(IOException.class, third.cause());
    }

    @Test
    void socket_thatBreaksBehindAWholeFrame_hasTakenIt() {
        channel.pipeline().addFirst(socketThatBreaksBehind(39));
        ChannelFuture first = channel.write(command(10));
        ChannelFuture second = channel.write(command(20));
        channel.flush();
        assertTrue(first.isSuccess());
        assertInstanceOf(IOException.class, second.cause());
    }

    @Test
    void batch_thatIsFull_leavesWithoutAFlush_andWhatItsWriteCausesComesBehind() {
        EmbeddedChannel wide = new EmbeddedChannel(new NettyEncoder());
        List<ByteBuf> written = new ArrayList<>();
        wide.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                written.add((ByteBuf) message);
                promise.setSuccess();
                if (written.size() == 1) {
                    // As when the channel turns writable again within this write, and others have waited for that.
                    wide.write(command(3));
                }
            }
        });
        wide.write(command(20_000));
        assertEquals(0, written.size());
        wide.write(command(20_001));
        assertEquals(1, written.size());
        wide.flush();
        assertEquals(List.of(20_029, 20_030 + 32), written.stream().map(ByteBuf::readableBytes).toList());
        assertEquals(20_026, written.get(1).getInt(0), "the one that was being written comes first");
        written.forEach(ByteBuf::release);
        assertFalse(wide.finish());
    }

    @Test
    void failure_heardBySomebodyWhoWritesAtOnce_letsTheFullBatchGoFirst() {
        EmbeddedChannel wide = new EmbeddedChannel(new NettyEncoder());
        wide.write(command(20_000));
        RemotingCommand bad = command(20_001);
        bad.setCode(200050);
        ChannelPromise promise = wide.newPromise();
        promise.addListener(failed -> wide.writeAndFlush(command(3)));
        wide.write(bad, promise);
        assertInstanceOf(RemotingCommandException.class, promise.cause());
        List<Integer> lengths = new ArrayList<>();
        for (ByteBuf frames = wide.readOutbound(); frames != null; frames = wide.readOutbound()) {
            lengths.add(frames.readableBytes());
            frames.release();
        }
        assertEquals(List.of(20_029, 32), lengths);
        assertFalse(wide.finish());
    }

    @Test
    void close_failsWhatWasNotFlushed() {
        ChannelFuture write = channel.write(command(10));
        channel.close();
        assertInstanceOf(ClosedChannelException.class, write.cause());
    }

    @Test
    void removal_failsWhatWasNotFlushed() {
        ChannelFuture write = channel.write(command(10));
        channel.pipeline().remove(NettyEncoder.class);
        assertInstanceOf(ClosedChannelException.class, write.cause());
    }

    @Test
    void otherMessages_passUnchanged() {
        Object message = new Object();
        assertTrue(channel.writeOutbound(message));
        assertSame(message, channel.readOutbound());
    }

    @Test
    void limit_belowAnyFrame_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new NettyEncoder(7));
    }
}
