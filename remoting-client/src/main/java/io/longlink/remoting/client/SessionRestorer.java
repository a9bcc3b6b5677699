package io.longlink.remoting.client;

import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new connection known to its server before traffic, for example by sending a heartbeat and awaiting the answer. Called once per
 * connection, on a small executor of its own, after HELLO; no request of anybody else is sent until the returned stage has completed.
 *
 * <p>A stage that fails, or takes longer than {@code connectTimeoutMillis}, or an answer of GO_AWAY ends the connection as a failed attempt.
 */
@FunctionalInterface
public interface SessionRestorer {

    /** Restores the session on one connection. An exception is as good as a failed stage. */
    CompletionStage<?> restore(Session session);

    /** The only way to send on a connection that is not ready yet; passes the hooks. Thread-safe. A restorer may block for its futures; what hangs on them may not. */
    interface Session {

        /** The address the connection was made for, as callers write it. */
        String address();

        /** The connection. */
        Channel channel();

        /** Sends a two-way request. */
        CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long timeoutMillis);

        /** Sends a one-way request; the future completes when it is written. */
        CompletableFuture<@Nullable Void> invokeOneway(RemotingCommand request, long timeoutMillis);
    }
}
