package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a heartbeat is: builds one, sends it, and tells what the broker said.
 *
 * <p>Called on the heartbeat service's own thread, for every broker and every beat, and must not block there. A stage that fails, an
 * exception, and a result that is no success are the same: a failed beat. A stage that does not complete within the target's
 * {@code timeoutMillis} is one, too.
 */
@FunctionalInterface
public interface HeartbeatSender {

    /** Sends one heartbeat. */
    CompletionStage<HeartbeatResult> send(Target target);

    /** Where a heartbeat goes, and the only way to send it: a connection that is not ready yet, or whichever is current. Thread-safe. */
    interface Target {

        /** The broker's address, as the connection was asked for. */
        String address();

        /** How long a beat may take. */
        long timeoutMillis();

        /** Sends a two-way request; the future fails with a {@link io.longlink.remoting.exception.RemotingException}. */
        CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long timeoutMillis);
    }
}
