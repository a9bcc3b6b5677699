package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A pipeline of a fresh decoder that is fed in pieces; knows to the byte what memory is in use. */
final class DecoderHarness implements AutoCloseable {
    private static final int SPLIT_EVERYWHERE = 4096;
    private static final int SINGLE_BYTES = 128 * 1024;
    private static final int MANY_PIECES = 1000;

    /** What is around each piece: bytes that would go on where a header ends too early, and end it where it goes on. */
    private static final byte[] GUARD = "\"}}}}}}]]]]\"\"\0\0\0\1k".getBytes(StandardCharsets.ISO_8859_1);

    final List<RemotingCommand> commands = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();

    private final UnpooledByteBufAllocator allocator;
    private final boolean direct;
    private final EmbeddedChannel channel;

    DecoderHarness(boolean direct, NettyDecoder decoder) {
        this.direct = direct;
        this.allocator = new UnpooledByteBufAllocator(direct, true);
        this.channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        channel.pipeline().addLast(decoder, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                commands.add((RemotingCommand) msg);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                errors.add(cause);
            }
        });
    }

    /** One read of {@code bytes[from, to)}, in a buffer that has other bytes before and behind what is readable. */
    void feed(byte[] bytes, int from, int to) {
        fire(guarded(bytes, from, to));
    }

    /**
     * One read for each piece, each in a buffer of its own; thousands of pieces are views of one buffer instead, to save time.
     */
    void feed(byte[] bytes, int[] cuts) {
        if (cuts.length >= MANY_PIECES) {
            feedViews(guarded(bytes, 0, bytes.length), cuts);
            return;
        }
        int from = 0;
        for (int cut : cuts) {
            feed(bytes, from, cut);
            from = cut;
        }
        feed(bytes, from, bytes.length);
    }

    private void feedViews(ByteBuf whole, int[] cuts) {
        for (int cut : cuts) {
            fire(whole.readRetainedSlice(GUARD.length + cut - whole.readerIndex()));
        }
        fire(whole);
    }

    private ByteBuf guarded(byte[] bytes, int from, int to) {
        int length = to - from;
        ByteBuf piece = direct ? allocator.directBuffer(length + 2 * GUARD.length) : allocator.heapBuffer(length + 2 * GUARD.length);
        piece.writeBytes(GUARD).writeBytes(bytes, from, length).writeBytes(GUARD);
        return piece.setIndex(GUARD.length, GUARD.length + length);
    }

    private void fire(ByteBuf piece) {
        channel.pipeline().fireChannelRead(piece);
        channel.pipeline().fireChannelReadComplete();
    }

    /** Bytes of buffers that are not released. */
    long memory() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Ends the connection; whatever was fed, no buffer may be left. */
    @Override
    public void close() {
        channel.finish();
        assertEquals(0, memory(), "bytes of buffers that were not released");
    }

    /**
     * Ways to cut a frame: whole, and at every byte up to 4 KiB; longer ones in halves, at 64 random places and byte by byte.
     * Frames so long that the last takes seconds come byte by byte at both ends only.
     */
    static List<int[]> waysToCut(int length) {
        List<int[]> ways = new ArrayList<>();
        ways.add(new int[0]);
        if (length < 2) {
            return ways;
        }
        if (length <= SPLIT_EVERYWHERE) {
            for (int i = 1; i < length; i++) {
                ways.add(new int[] {i});
            }
        } else {
            ways.add(new int[] {length / 2});
            Random random = new Random(length);
            TreeSet<Integer> places = new TreeSet<>();
            while (places.size() < 64) {
                places.add(1 + random.nextInt(length - 1));
            }
            ways.add(places.stream().mapToInt(Integer::intValue).toArray());
        }
        int head = length <= SINGLE_BYTES ? length : SPLIT_EVERYWHERE;
        int tail = length <= SINGLE_BYTES ? length : length - SPLIT_EVERYWHERE;
        ways.add(IntStream.range(1, length).filter(i -> i < head || i > tail).toArray());
        return ways;
    }
}
