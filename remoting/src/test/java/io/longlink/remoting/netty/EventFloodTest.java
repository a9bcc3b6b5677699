package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A hundred thousand connections come and go in front of a listener that cannot keep up (DESIGN 7): every CLOSE is heard, none before its
 * CONNECT, and heard plus dropped is what was put.
 */
@ExtendWith(LeakGuard.class)
@Timeout(60)
class EventFloodTest {
    private static final int CONNECTIONS = 100_000;
    private static final int PUTTERS = 4;
    private static final Duration LONG = Duration.ofSeconds(50);

    private final Logger log = (Logger) org.slf4j.LoggerFactory.getLogger(NettyEventExecutor.class);
    private final AtomicInteger lines = new AtomicInteger();
    private final AppenderBase<ILoggingEvent> counter = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.incrementAndGet();
        }
    };

    /** Hears, keeps account, and then does what the test wants, which may be to throw. */
    private static final class Witness implements ChannelEventListener {
        /** What was heard of a connection that has not been closed: 1 CONNECT, 2 ACTIVE. */
        private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();
        private final AtomicLong heard = new AtomicLong();
        private final AtomicLong closed = new AtomicLong();
        private final AtomicInteger outOfOrder = new AtomicInteger();
        private final boolean[] wasClosed = new boolean[CONNECTIONS];
        private final Runnable then;

        Witness(Runnable then) {
            this.then = then;
        }

        private void hear(String address, int stage) {
            heard.incrementAndGet();
            int number = Integer.parseInt(address);
            Integer before = stage == 3 ? open.remove(address) : open.put(address, stage);
            if (wasClosed[number] || (before != null && before >= stage)) {
                outOfOrder.incrementAndGet();
            }
            if (stage == 3) {
                wasClosed[number] = true;
                closed.incrementAndGet();
            }
            then.run();
        }

        @Override
        public void onChannelConnect(String remoteAddr, Channel channel) {
            hear(remoteAddr, 1);
        }

        @Override
        public void onChannelActive(String remoteAddr, Channel channel) {
            hear(remoteAddr, 2);
        }

        @Override
        public void onChannelClose(String remoteAddr, Channel channel) {
            hear(remoteAddr, 3);
        }
    }

    @BeforeEach
    void countLogLines() {
        counter.setContext(log.getLoggerContext());
        counter.start();
        log.addAppender(counter);
        log.setAdditive(false);
    }

    @AfterEach
    void stopCounting() {
        log.detachAppender(counter);
        log.setAdditive(true);
    }

    private static NettyEventExecutor executor(Witness witness) {
        NettyEventExecutor executor = new NettyEventExecutor(body -> new Thread(body, "longlink-test-events"), witness);
        executor.start();
        return executor;
    }

    /** Puts CONNECT, ACTIVE and CLOSE of all connections, as several event loops do. */
    private static void flood(NettyEventExecutor executor) throws InterruptedException {
        Channel channel = new EmbeddedChannel();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> putters = new ArrayList<>();
        for (int p = 0; p < PUTTERS; p++) {
            int first = p;
            Thread putter = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = first; i < CONNECTIONS; i += PUTTERS) {
                    String address = Integer.toString(i);
                    executor.putNettyEvent(new NettyEvent(NettyEventType.CONNECT, address, channel));
                    executor.putNettyEvent(new NettyEvent(NettyEventType.ACTIVE, address, channel));
                    executor.putNettyEvent(new NettyEvent(NettyEventType.CLOSE, address, channel));
                }
            });
            putter.start();
            putters.add(putter);
        }
        go.countDown();
        for (Thread putter : putters) {
            putter.join();
        }
        channel.close();
    }

    private static void assertAccount(NettyEventExecutor executor, Witness witness) {
        assertEquals(CONNECTIONS, witness.closed.get(), "lost CLOSE");
        assertEquals(0, witness.outOfOrder.get(), "out of order");
        assertEquals(3L * CONNECTIONS, witness.heard.get() + executor.droppedEvents(), "heard and dropped are what was put");
        assertTrue(witness.open.isEmpty(), "nothing behind a CLOSE");
    }

    @Test
    void flood_listenerThatIsSlow_hearsEveryCloseAndLosesOnlyOthers() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Witness witness = new Witness(() -> {
            if (calls.incrementAndGet() % 4 == 0) {
                LockSupport.parkNanos(1);
            }
        });
        NettyEventExecutor executor = executor(witness);
        flood(executor);
        executor.shutdown(LONG);

        assertAccount(executor, witness);
        assertTrue(executor.droppedEvents() > 0, "a listener that slow must have lost something");
        assertTrue(lines.get() > 0 && lines.get() < 100, () -> lines + " lines");
    }

    @Test
    void flood_listenerThatThrows_hearsEveryCloseAndLogsLittle() throws Exception {
        Witness witness = new Witness(() -> {
            throw new IllegalStateException("listener");
        });
        NettyEventExecutor executor = executor(witness);
        long began = System.nanoTime();
        flood(executor);
        executor.shutdown(LONG);

        assertAccount(executor, witness);
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        // One line a second of failures, two of each time the queue was full.
        assertTrue(lines.get() > 0 && lines.get() < 100 + seconds, () -> lines + " lines");
    }

    @Test
    void flood_listenerThatThrowsErrors_hearsEveryClose() throws Exception {
        Witness witness = new Witness(() -> {
            throw new StackOverflowError("listener");
        });
        NettyEventExecutor executor = executor(witness);
        flood(executor);
        executor.shutdown(LONG);

        assertAccount(executor, witness);
    }

    @Test
    void flood_listenerThatBlocksAndIsReleased_hearsEveryCloseAndExactlyAQueueFullOfOthers() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Witness witness = new Witness(() -> {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        NettyEventExecutor executor = executor(witness);
        Channel channel = new EmbeddedChannel();
        executor.putNettyEvent(new NettyEvent(NettyEventType.CONNECT, "0", channel));
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        long othersPut = 2L * CONNECTIONS;
        flood(executor);
        assertEquals(othersPut - NettyEventExecutor.CAPACITY, executor.droppedEvents(), "the queue was full, exactly");
        released.countDown();
        executor.shutdown(LONG);

        assertEquals(CONNECTIONS, witness.closed.get(), "lost CLOSE");
        assertEquals(1 + NettyEventExecutor.CAPACITY + CONNECTIONS, witness.heard.get());
        assertEquals(othersPut - NettyEventExecutor.CAPACITY, executor.droppedEvents());
        assertTrue(lines.get() >= 1 && lines.get() < 10, () -> lines + " lines");
        channel.close();
    }

    @Test
    void flood_listenerThatHangsForGood_isGivenUpAndEveryEventIsCounted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Witness witness = new Witness(() -> {
            entered.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        NettyEventExecutor executor = executor(witness);
        Channel channel = new EmbeddedChannel();
        executor.putNettyEvent(new NettyEvent(NettyEventType.CONNECT, "0", channel));
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        flood(executor);
        executor.shutdown(Duration.ofMillis(50));

        assertEquals(1, witness.heard.get());
        assertEquals(3L * CONNECTIONS, executor.droppedEvents());
        channel.close();
    }

    /** A failure that cannot even be written down. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no words");
        }
    }

    @Test
    void listener_whoseFailureCannotBeLogged_hearsTheNextEvent() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        NettyEventExecutor executor = new NettyEventExecutor(body -> new Thread(body, "longlink-test-events"), new ChannelEventListener() {
            @Override
            public void onChannelClose(String remoteAddr, Channel channel) {
                heard.incrementAndGet();
                throw new Unspeakable();
            }
        });
        executor.start();
        Channel channel = new EmbeddedChannel();
        for (int i = 0; i < 10; i++) {
            executor.putNettyEvent(new NettyEvent(NettyEventType.CLOSE, "a", channel));
        }
        executor.shutdown(Duration.ofSeconds(5));

        assertEquals(10, heard.get());
        assertEquals(0, executor.droppedEvents());
        channel.close();
    }
}
