package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.longlink.remoting.testkit.LeakGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How addresses are looked up. */
@ExtendWith(LeakGuard.class)
class TcpConnectorTest {
    private final ClientSettings settings = new NettyClientConfig().snapshot();
    private final RemotingEndpoint endpoint = new RemotingEndpoint(new OwnThreads("longlink-test"), settings.endpoint(), null);
    private final AtomicInteger lookUps = new AtomicInteger();
    private final CompletableFuture<InetAddress> answer = new CompletableFuture<>();
    private final Connector connector = new TcpConnector(endpoint, settings, host -> {
        lookUps.incrementAndGet();
        if (host.equals("nobody.example")) {
            throw new UnknownHostException(host);
        }
        return answer.join();
    });

    @AfterEach
    void stop() throws Exception {
        answer.complete(InetAddress.getLoopbackAddress());
        endpoint.stop(ShutdownDeadline.forTeardown());
    }

    private static InetSocketAddress get(CompletableFuture<InetSocketAddress> found) throws Exception {
        return found.get(10, TimeUnit.SECONDS);
    }

    @Test
    void name_thatHangs_isLookedUpOnceAtATime_andAnewBehindThat() throws Exception {
        CompletableFuture<InetSocketAddress> first = connector.resolve("broker.example:1");
        for (int i = 0; i < 100; i++) {
            assertFalse(connector.resolve("broker.example:2").isDone());
        }
        CompletableFuture<InetSocketAddress> last = connector.resolve("broker.example:3");
        InetAddress ip = InetAddress.getByName("10.0.0.7");
        answer.complete(ip);
        assertEquals(new InetSocketAddress(ip, 1), get(first));
        assertEquals(new InetSocketAddress(ip, 3), get(last));
        assertEquals(1, lookUps.get());
        get(connector.resolve("broker.example:1"));
        assertEquals(2, lookUps.get());
    }

    @Test
    void name_thatHangs_keepsNoOtherFromBeingLookedUp() {
        for (int i = 0; i < 100; i++) {
            connector.resolve("broker.example:1");
        }
        ExecutionException failure = assertThrows(ExecutionException.class, () -> get(connector.resolve("nobody.example:1")));
        assertEquals(UnknownHostException.class, failure.getCause().getClass());
    }

    @Test
    void ipAddress_orWhatIsNone_needsNoLookingUp() throws Exception {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        assertEquals(new InetSocketAddress(InetAddress.getByAddress(loopback), 5), connector.resolve("[::1]:5").getNow(null));
        assertEquals(new InetSocketAddress("10.0.0.7", 5), connector.resolve("10.0.0.7:5").getNow(null));
        assertThrows(ExecutionException.class, () -> get(connector.resolve("nonsense")));
        assertEquals(0, lookUps.get());
    }
}
