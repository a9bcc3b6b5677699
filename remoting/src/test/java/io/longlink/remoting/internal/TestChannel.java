package io.longlink.remoting.internal;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An embedded channel whose output can end before it closes, as a socket's can, and whose "kernel" can stop taking bytes or break. */
final class TestChannel extends EmbeddedChannel implements DuplexChannel {
    // Set by newUnsafe, which the constructor of the superclass calls: it must have no initializer.
    private AbstractUnsafe realUnsafe;
    private boolean outputShutdown;
    private boolean stalled;
    private @Nullable IOException breakage;
    private int flushes;

    TestChannel(Ticker ticker) {
        super(EmbeddedChannel.builder().ticker(ticker).register(false));
    }

    /** Nothing leaves any more until {@link #resume}. */
    void stall() {
        stalled = true;
    }

    void resume() {
        stalled = false;
        flush();
        runPendingTasks();
    }

    /** How often the kernel was given something. */
    int flushes() {
        return flushes;
    }

    /** From now on writing to the kernel fails. */
    void breakWrites(IOException failure) {
        breakage = failure;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        realUnsafe = super.newUnsafe();
        return realUnsafe;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        flushes++;
        if (!stalled) {
            super.doWrite(in);
        }
    }

    @Override
    protected void handleOutboundMessage(Object message) {
        IOException failure = breakage;
        if (failure != null) {
            ReferenceCountUtil.release(message);
            throw sneaky(failure);
        }
        super.handleOutboundMessage(message);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
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
        realUnsafe.shutdownOutput(promise);
        return promise;
    }

    @Override
    public boolean isInputShutdown() {
        throw new UnsupportedOperationException();
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
    public boolean isShutdown() {
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
