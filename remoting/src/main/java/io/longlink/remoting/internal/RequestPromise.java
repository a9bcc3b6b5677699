package io.longlink.remoting.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The promise of one request's write, which only the connection itself waits for. It tells one listener, at once; it takes no other, and
 * nobody can cancel it. For that it needs none of the locks that make Netty's own promise safe on every thread. Event loop only.
 */
final class RequestPromise extends DefaultChannelPromise {

    /** Whoever keeps the request. */
    interface Listener {
        /**
         * The write has ended, perhaps before the call that began it has returned.
         *
         * @param failure {@code null} if all of it has left
         */
        void onWriteEnd(@Nullable Throwable failure);
    }

    private static final Logger log = LoggerFactory.getLogger(RequestPromise.class);

    private @Nullable Listener listener;

    RequestPromise(Channel channel, Listener listener) {
        super(channel);
        this.listener = listener;
    }

    private boolean end(@Nullable Throwable failure) {
        Listener waiting = listener;
        if (waiting == null) {
            return false;
        }
        listener = null;
        try {
            waiting.onWriteEnd(failure);
        } catch (RuntimeException | Error e) {
            // As Netty does: others' writes end behind this one.
            log.error("whoever waited for a request's write failed", e);
        }
        return true;
    }

    @Override
    public ChannelPromise addListener(GenericFutureListener<? extends Future<? super Void>> added) {
        throw new IllegalStateException("takes no second listener");
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public boolean setUncancellable() {
        return true;
    }

    @Override
    public boolean trySuccess(@Nullable Void result) {
        return end(null);
    }

    @Override
    public boolean tryFailure(Throwable cause) {
        return end(cause);
    }

    @Override
    public ChannelPromise setSuccess(@Nullable Void result) {
        end(null);
        return this;
    }

    @Override
    public ChannelPromise setFailure(Throwable cause) {
        end(cause);
        return this;
    }
}
