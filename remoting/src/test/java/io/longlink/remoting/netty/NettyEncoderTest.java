package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NettyEncoderTest {
    private static final int LIMIT = 200;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final EmbeddedChannel channel = new EmbeddedChannel(new NettyEncoder(LIMIT));

    NettyEncoderTest() {
        channel.config().setAllocator(allocator);
    }

    @AfterEach
    void nothingIsLeft() {
        channel.finish();
        assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory());
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
