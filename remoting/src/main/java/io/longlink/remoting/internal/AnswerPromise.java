package io.longlink.remoting.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * The promise of all answers of one connection that nobody waits for: it is never done, so it serves again and again, and it remembers why
 * the last write failed. Event loop only.
 *
 * <p>To others it is a void promise. Netty's own tells the whole pipeline of a failure, and an answer that cannot be encoded is none of the
 * connection's.
 */
final class AnswerPromise extends WritePromise {
    private @Nullable Throwable failure;

    AnswerPromise(Channel channel) {
        super(channel);
    }

    /** Why a write has failed since the last time this was asked; {@code null} if none has. */
    @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    @Override
    boolean end(@Nullable Throwable cause) {
        if (cause != null) {
            failure = cause;
        }
        return true;
    }

    @Override
    public boolean isVoid() {
        return true;
    }

    /** For one write that somebody wants to hear of. */
    @Override
    public ChannelPromise unvoid() {
        ChannelPromise one = new DefaultChannelPromise(channel());
        one.addListener(written -> end(written.cause()));
        return one;
    }
}
