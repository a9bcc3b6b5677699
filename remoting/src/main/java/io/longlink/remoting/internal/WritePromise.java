package io.longlink.remoting.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * The promise of a write that only the connection itself waits for. It tells one listener, at once; it takes no other, and nobody can cancel
 * it. For that it needs none of the locks that make Netty's own promise safe on every thread. Event loop only.
 */
abstract class WritePromise extends DefaultChannelPromise {
    WritePromise(Channel channel) {
        super(channel);
    }

    /**
     * The write has ended.
     *
     * @param failure {@code null} if all of it has left
     * @return whether that is news
     */
    abstract boolean end(@Nullable Throwable failure);

    @Override
    public final ChannelPromise addListener(GenericFutureListener<? extends Future<? super Void>> listener) {
        throw new IllegalStateException("takes no listener");
    }

    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public final boolean setUncancellable() {
        return true;
    }

    @Override
    public final boolean trySuccess(@Nullable Void result) {
        return end(null);
    }

    @Override
    public final boolean tryFailure(Throwable cause) {
        return end(cause);
    }

    @Override
    public final ChannelPromise setSuccess(@Nullable Void result) {
        end(null);
        return this;
    }

    @Override
    public final ChannelPromise setFailure(Throwable cause) {
        end(cause);
        return this;
    }
}
