package io.longlink.remoting.model;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TCP connection between two model loops, as the kernel and Netty's NIO channel with half-closure allowed behave together.
 *
 * <ul>
 *   <li>What is written lies in the peer's receive buffer, in order, until the peer reads; a FIN comes behind it. A read takes what one step
 *       of the peer wrote. (It could take more, but what it could not have had by then is nothing new: the peer wrote earlier then.)
 *   <li>A closed end reads nothing any more. Bytes that lie there, or come later, are answered with RST: see {@link #canReset}.
 *   <li>RST throws away what the peer has not read. Its next read and all its writes fail.
 * </ul>
 */
final class ModelChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    /** On the heap, and unknown to leak detectors: these runs are many, and nothing is lost with them. */
    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    private final ChannelConfig config;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private @Nullable ModelChannel peer;
    private boolean open = true;
    private boolean inputShutdown;
    private boolean outputShutdown;

    // What the kernel holds for us.
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    private byte[] arriving = {};
    private boolean finReceived;
    private boolean reset;
    private boolean resetTold;
    private boolean frozen;

    private Consumer<String> onFrame = frame -> {};

    ModelChannel(InetSocketAddress local, InetSocketAddress remote) {
        super(null);
        this.local = local;
        this.remote = remote;
        this.config = new DefaultChannelConfig(this).setAllocator(HEAP);
    }

    /** The number of its connection. */
    int number() {
        return Math.min(local.getPort(), remote.getPort());
    }

    static void connect(ModelChannel one, ModelChannel other) {
        one.peer = other;
        other.peer = one;
    }

    /** Hears of each whole frame that comes, as text. */
    void onFrame(Consumer<String> listener) {
        onFrame = listener;
    }

    // ---------------------------------------------------------------- the network

    /** Whether a read would bring anything. */
    boolean canRead() {
        return open && !frozen && isRegistered() && !inputShutdown && config.isAutoRead()
                && (!received.isEmpty() || (reset && !resetTold) || (finReceived && !reset));
    }

    /** Reads one segment, or the end of the stream, or the reset. On the loop. */
    void readNext() {
        if (reset) {
            resetTold = true;
            pipeline().fireExceptionCaught(new IOException("Connection reset"));
            endInput();
        } else if (!received.isEmpty()) {
            pipeline().fireChannelRead(Unpooled.wrappedBuffer(received.remove())).fireChannelReadComplete();
        } else {
            endInput();
        }
    }

    private void endInput() {
        if (!inputShutdown) {
            inputShutdown = true;
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        }
    }

    /** Whether bytes have come to this end that its owner closed, and the peer has not heard of it. */
    boolean canReset() {
        ModelChannel other = peer;
        return !open && !frozen && !reset && !received.isEmpty() && other != null && other.open && !other.reset;
    }

    /** This end answers what comes with RST. */
    void resetPeer() {
        ModelChannel other = peer;
        if (other != null) {
            cut(this, other);
        }
    }

    /** The connection dies; both sides find out when they use it. */
    static void cut(ModelChannel one, ModelChannel other) {
        for (ModelChannel end : Arrays.asList(one, other)) {
            end.reset = true;
            end.received.clear();
            end.arriving = new byte[0];
        }
    }

    /** Nothing gets through any more, and nobody says so. */
    static void freeze(ModelChannel one, ModelChannel other) {
        one.frozen = true;
        other.frozen = true;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        for (Object message = in.current(); message != null; message = in.current()) {
            if (reset) {
                throw new IOException("Broken pipe");
            }
            ByteBuf bytes = (ByteBuf) message;
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            ModelChannel other = peer;
            if (other == null) {
                throw new IOException("not connected");
            }
            other.receive(copy);
            in.remove();
        }
    }

    /** Whole frames: encoders write no others. */
    private void receive(byte[] frames) {
        ByteBuffer left = ByteBuffer.wrap(frames);
        while (left.hasRemaining()) {
            byte[] frame = new byte[Integer.BYTES + left.getInt(left.position())];
            left.get(frame);
            onFrame.accept(new String(frame, StandardCharsets.ISO_8859_1));
        }
        byte[] more = Arrays.copyOf(arriving, arriving.length + frames.length);
        System.arraycopy(frames, 0, more, arriving.length, frames.length);
        arriving = more;
    }

    /** What has been written since the last time is one segment: it is read at once. */
    void endSegment() {
        if (arriving.length > 0) {
            received.add(arriving);
            arriving = new byte[0];
        }
    }

    private void end() {
        ModelChannel other = peer;
        if (!outputShutdown && other != null && !reset) {
            other.finReceived = true;
        }
        outputShutdown = true;
    }

    @Override
    protected void doShutdownOutput() {
        end();
    }

    @Override
    protected void doClose() {
        open = false;
        end();
    }

    // ---------------------------------------------------------------- what a channel has to have

    /** Registers it with its loop, on the loop. */
    void register(EventLoop loop) {
        ChannelFuture registered = loop.register(this);
        if (!registered.isSuccess()) {
            throw new UncheckedIOException(new IOException(registered.cause()));
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof ModelLoop;
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBeginRead() {
        // The world reads when it chooses to.
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && peer != null;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    @Override
    public boolean isShutdown() {
        return inputShutdown && outputShutdown;
    }

    @Override
    public ChannelFuture shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }
}
