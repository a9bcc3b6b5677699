package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real connections come and go in front of a listener that stands still, or fails: what waits for it, and what is left (DESIGN 7). */
@ExtendWith(LeakGuard.class)
@Timeout(60)
class EventFloodTest {
    private static final int CONNECTIONS = 4_000;

    /**
     * A closed connection that waits for its listener keeps what a listener is told, the channel, about 1.6 KiB with its socket; its requests,
     * timers and handlers would be as much again.
     */
    private static final long MAX_BYTES_EACH = 2_400;

    @RegisterExtension
    final Services services = new Services();

    private final CountDownLatch released = new CountDownLatch(1);
    private final Witness witness = new Witness();

    private final class Witness implements ChannelEventListener {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final Set<ChannelId> connected = new HashSet<>();
        private final Queue<WeakReference<Channel>> closed = new ConcurrentLinkedQueue<>();
        private final AtomicInteger outOfOrder = new AtomicInteger();

        @Override
        public void onChannelConnect(String remoteAddr, Channel channel) {
            connected.add(channel.id());
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onChannelClose(String remoteAddr, Channel channel) {
            if (!connected.remove(channel.id())) {
                outOfOrder.incrementAndGet();
            }
            closed.add(new WeakReference<>(channel));
        }
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    private static void connectAndClose(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void flood_ofConnections_losesNoCloseAndKeepsLittle() throws Exception {
        NettyRemotingServer server = services.server(Services.serverConfig(), witness);
        connectAndClose(server.localListenPort());
        witness.entered.await();
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        long before = usedHeap();
        for (int i = 1; i < CONNECTIONS; i++) {
            connectAndClose(server.localListenPort());
        }
        eventually().until(() -> server.stats().get(Counter.CONNECTIONS_OPENED) == CONNECTIONS
                && server.stats().get(Counter.CONNECTIONS_OPEN) == 0);
        long each = (usedHeap() - before) / CONNECTIONS;
        assertTrue(each < MAX_BYTES_EACH, () -> each + " bytes for each connection that waits for its CLOSE to be heard");
        assertTrue(witness.closed.isEmpty());
        assertEquals(0, server.stats().get(Counter.EVENTS_DROPPED), "8,000 others fit");

        released.countDown();
        eventually().until(() -> witness.closed.size() == CONNECTIONS);
        assertEquals(0, witness.outOfOrder.get());
        eventually().pollInterval(Duration.ofMillis(100)).until(() -> {
            System.gc();
            return witness.closed.stream().filter(reference -> reference.get() != null).count() <= CONNECTIONS / 100;
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void flood_ofConnections_listenerThatThrows_hearsEveryCloseOnce(Class<? extends Throwable> failure) throws Exception {
        services.errorsAreExpected();
        Set<ChannelId> closed = ConcurrentHashMap.newKeySet();
        AtomicInteger closes = new AtomicInteger();
        NettyRemotingServer server = services.server(Services.serverConfig(), new ChannelEventListener() {
            @Override
            public void onChannelConnect(String remoteAddr, Channel channel) {
                fail();
            }

            @Override
            public void onChannelActive(String remoteAddr, Channel channel) {
                fail();
            }

            @Override
            public void onChannelClose(String remoteAddr, Channel channel) {
                closed.add(channel.id());
                closes.incrementAndGet();
                fail();
            }

            private void fail() {
                if (Error.class.isAssignableFrom(failure)) {
                    throw new StackOverflowError("announced");
                }
                throw new IllegalStateException("announced");
            }
        });
        for (int i = 0; i < CONNECTIONS; i++) {
            connectAndClose(server.localListenPort());
        }

        eventually().until(() -> closes.get() == CONNECTIONS);
        assertEquals(CONNECTIONS, closed.size());
        assertEquals(CONNECTIONS, server.stats().get(Counter.CONNECTIONS_OPENED));
    }
}
