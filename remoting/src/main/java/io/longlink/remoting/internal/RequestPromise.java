package io.longlink.remoting.internal;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** The promise of one request's write. Event loop only. */
final class RequestPromise extends WritePromise {

    /** Whoever keeps the request. */
    interface Listener {
        /**
         * The write has ended, perhaps before the call that began it has returned.
         *
         * @param failure {@code null} if all of it has left
         */
        void onWriteEnd(@Nullable Throwable failure);
    }

    private @Nullable Listener listener;

    RequestPromise(Channel channel, Listener listener) {
        super(channel);
        this.listener = listener;
    }

    @Override
    boolean end(@Nullable Throwable failure) {
        Listener waiting = listener;
        if (waiting == null) {
            return false;
        }
        listener = null;
        waiting.onWriteEnd(failure);
        return true;
    }
}
