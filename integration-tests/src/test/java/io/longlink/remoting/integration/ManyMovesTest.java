package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** GO_AWAY again and again: what a move leaves behind would add up here. */
@ExtendWith(LeakGuard.class)
class ManyMovesTest {
    private static final int ASK = 7;

    /** Many at a time, for each replacement may take its time. */
    private static final int ADDRESSES = 100;

    private static final int ROUNDS = 10;

    @RegisterExtension
    final Services services = new Services();

    /** Every connection there ever was, as long as somebody holds it. */
    private static final class Held implements ChannelEventListener {
        private final Queue<WeakReference<Channel>> channels = new ConcurrentLinkedQueue<>();

        @Override
        public void onChannelConnect(String remoteAddr, Channel channel) {
            channels.add(new WeakReference<>(channel));
        }

        long count() {
            System.gc();
            return channels.stream().filter(channel -> channel.get() != null).count();
        }
    }

    private static long threadsOfTheClient() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("longlink-client-io"))
                .count();
    }

    private static CompletionStage<Void> nothingToRestore() {
        return CompletableFuture.completedFuture(null);
    }

    @Test
    void goAways_thousandOnAHundredAddresses_leaveOneConnectionEach_andNothingOfTheOthers() throws Exception {
        Held held = new Held();
        // A session to restore makes the client come back without being asked; HELLO would have to be answered in time.
        NettyRemotingClient client = services.client(
                Services.clientConfig().setNegotiate(false).setSessionRestorer(session -> nothingToRestore()), held);
        List<ScriptedPeer> servers = new ArrayList<>();
        List<ScriptedPeer.Connection> current = new ArrayList<>();
        for (int i = 0; i < ADDRESSES; i++) {
            ScriptedPeer server = services.peer();
            servers.add(server);
            CompletableFuture<RemotingCommand> call = client.invoke(address(server.port()), Services.request(ASK, ""), CALL_MILLIS);
            ScriptedPeer.Connection connection = server.accept();
            connection.send(Scripts.response(connection.receive(), ""));
            get(call);
            current.add(connection);
        }
        long threads = threadsOfTheClient();

        for (int round = 0; round < ROUNDS; round++) {
            // Some are told before their session is restored, which is a failed attempt and otherwise the same.
            current.forEach(connection -> connection.send(Scripts.announcement(8_000)));
            for (int i = 0; i < ADDRESSES; i++) {
                ScriptedPeer.Connection told = current.set(i, servers.get(i).accept());
                told.expectEndOfStream();
                told.close();
            }
        }

        eventually().until(() -> client.stats().get(Counter.CONNECTIONS_OPEN) == ADDRESSES);
        assertEquals(ADDRESSES * ROUNDS, client.stats().get(Counter.GO_AWAYS_RECEIVED));
        assertEquals(ADDRESSES * (ROUNDS + 1), client.stats().get(Counter.CONNECTIONS_OPENED));
        assertEquals(threads, threadsOfTheClient());
        eventually().until(() -> held.channels.size() == ADDRESSES * (ROUNDS + 1) && held.count() == ADDRESSES);
    }
}
