package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final Traffic traffic = new Traffic(1_000, this::letOut);
    private final FlushCounter flushes = new FlushCounter();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = EmbeddedChannel.builder()
            .ticker(ticker)
            .handlers(flushes, traffic, new ChannelInboundHandlerAdapter())
            .build();

    /** In place of the socket: this channel runs its tasks at each write. */
    private static final class FlushCounter extends ChannelOutboundHandlerAdapter {
        private int writes;
        private int count;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            writes++;
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            count++;
        }
    }

    @AfterEach
    void tearDown() {
        channel.finishAndReleaseAll();
    }

    private void writeAndFlush() {
        channel.pipeline().lastContext().writeAndFlush(Unpooled.copyInt(1));
    }

    private void letOut(Object message, ChannelPromise promise) {
        traffic.write(message, promise);
    }

    private static ByteBuf beginningOfAFrame() {
        return Unpooled.copyInt(100);
    }

    @Test
    void flushes_ofOneTurn_becomeOneBehindItsTasks() {
        channel.eventLoop().execute(this::writeAndFlush);
        writeAndFlush();
        assertEquals(0, flushes.count);
        assertTrue(traffic.hasUnflushed());

        channel.runPendingTasks();
        assertEquals(1, flushes.count);
        assertFalse(traffic.hasUnflushed());
        assertEquals(2, flushes.writes);
    }

    @Test
    void flush_ofTheNextTurn_isAnotherOne() {
        writeAndFlush();
        channel.runPendingTasks();
        writeAndFlush();
        channel.runPendingTasks();
        assertEquals(2, flushes.count);
    }

    @Test
    void flushes_whileTheLoopReads_becomeOneAtItsEnd() {
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        writeAndFlush();
        writeAndFlush();
        channel.runPendingTasks();
        assertEquals(0, flushes.count);

        channel.pipeline().fireChannelReadComplete();
        assertEquals(1, flushes.count);
    }

    @Test
    void flushThatWaits_whenReadingBegins_waitsForItsEnd() {
        writeAndFlush();
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        channel.runPendingTasks();
        assertEquals(0, flushes.count);

        channel.pipeline().fireChannelReadComplete();
        assertEquals(1, flushes.count);
        channel.runPendingTasks();
        assertEquals(1, flushes.count, "nobody asked again");
    }

    @Test
    void flushes_thatAreMany_doNotWait() {
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        for (int i = 0; i < 255; i++) {
            writeAndFlush();
        }
        assertEquals(0, flushes.count);
        writeAndFlush();
        assertEquals(1, flushes.count);
    }

    @Test
    void flush_whileTheChannelTurnsUnwritable_doesNotWait() {
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        writeAndFlush();
        assertEquals(0, flushes.count);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        assertEquals(1, flushes.count);
    }

    @Test
    void flushThatWaits_atAClose_leavesBeforeIt() {
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        writeAndFlush();
        channel.close();
        assertEquals(1, flushes.count);
    }

    @Test
    void failure_whileTheLoopReads_endsTheWait() {
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        writeAndFlush();
        channel.pipeline().fireExceptionCaught(new IllegalStateException("expected"));
        assertEquals(1, flushes.count);
        assertThrows(IllegalStateException.class, channel::checkException);
    }

    @Test
    void time_isLookedAtOnce_untilAFlushOrARead() {
        ticker.advance(10, TimeUnit.NANOSECONDS);
        assertEquals(10, traffic.batchNanos());
        ticker.advance(10, TimeUnit.NANOSECONDS);
        assertEquals(10, traffic.batchNanos());

        traffic.flushNow();
        assertEquals(20, traffic.batchNanos());

        ticker.advance(10, TimeUnit.NANOSECONDS);
        channel.pipeline().fireChannelRead(beginningOfAFrame());
        assertEquals(30, traffic.batchNanos(), "what is written behind a read is younger than it");
        channel.pipeline().fireChannelReadComplete();
    }

    @Test
    void flushNow_doesWhatWaits_andLeavesNothingToDo() {
        writeAndFlush();
        traffic.flushNow();
        assertEquals(1, flushes.count);
        channel.runPendingTasks();
        assertEquals(1, flushes.count);
    }
}
