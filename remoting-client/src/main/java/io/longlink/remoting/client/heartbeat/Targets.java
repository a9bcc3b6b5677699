package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.RemotingClient;
import io.longlink.remoting.client.SessionRestorer.Session;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.CompletableFuture;

/** The two ways to send a heartbeat. */
final class Targets {

    private Targets() {}

    /** Over whichever connection to the address is current, or a new one. */
    record OfClient(RemotingClient client, String address, long timeoutMillis) implements HeartbeatSender.Target {
        @Override
        public CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long millis) {
            return client.invoke(address, request, millis);
        }
    }

    /** Over one connection that nobody else may use yet. */
    record OfSession(Session session, long timeoutMillis) implements HeartbeatSender.Target {
        @Override
        public String address() {
            return session.address();
        }

        @Override
        public CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long millis) {
            return session.invoke(request, millis);
        }
    }
}
