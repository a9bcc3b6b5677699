package io.longlink.remoting.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@Timeout(20)
class NettyEventExecutorTest {
    private static final ThreadFactory THREADS = body -> new Thread(body, "longlink-test-events");
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Channel channel = new EmbeddedChannel();
    private final Recorder recorder = new Recorder();
    private final NettyEventExecutor executor = new NettyEventExecutor(THREADS, recorder);

    /** Notes what it hears, after an action of the test's. */
    private static final class Recorder implements ChannelEventListener {
        final List<String> heard = Collections.synchronizedList(new ArrayList<>());
        volatile Consumer<String> action = event -> {};

        private void hear(String event) {
            heard.add(event);
            action.accept(event);
        }

        @Override
        public void onChannelConnect(String remoteAddr, Channel ch) {
            hear("CONNECT " + remoteAddr);
        }

        @Override
        public void onChannelActive(String remoteAddr, Channel ch) {
            hear("ACTIVE " + remoteAddr);
        }

        @Override
        public void onChannelIdle(String remoteAddr, Channel ch) {
            hear("IDLE " + remoteAddr);
        }

        @Override
        public void onChannelException(String remoteAddr, Channel ch) {
            hear("EXCEPTION " + remoteAddr);
        }

        @Override
        public void onChannelClose(String remoteAddr, Channel ch) {
            hear("CLOSE " + remoteAddr);
        }
    }

    /** A listener that stands still in its first event until told. */
    private static final class Gate implements Consumer<String> {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final Semaphore open = new Semaphore(0);

        @Override
        public void accept(String event) {
            entered.countDown();
            open.acquireUninterruptibly();
            open.release();
        }

        void awaitEntered() throws InterruptedException {
            assertTrue(entered.await(5, TimeUnit.SECONDS));
        }
    }

    private void put(NettyEventType type, String address) {
        executor.putNettyEvent(new NettyEvent(type, address, channel));
    }

    @Test
    void events_ofAllTypes_areHeardInTheirOrder() throws Exception {
        executor.start();
        put(NettyEventType.CONNECT, "a");
        put(NettyEventType.ACTIVE, "a");
        put(NettyEventType.IDLE, "a");
        put(NettyEventType.EXCEPTION, "a");
        put(NettyEventType.CLOSE, "a");
        executor.putNettyEvent(new NettyEvent(NettyEventType.EXCEPTION, "b", null));
        executor.shutdown(LONG);
        assertEquals(List.of("CONNECT a", "ACTIVE a", "IDLE a", "EXCEPTION a", "CLOSE a", "EXCEPTION b"), recorder.heard);
        assertEquals(0, executor.droppedEvents());
    }

    @Test
    void event_withoutAChannel_canOnlyBeAFailedAttempt() {
        assertThrows(IllegalArgumentException.class, () -> new NettyEvent(NettyEventType.CLOSE, "a", null));
    }

    @Test
    void queue_holdsExactlyItsCapacity_andACloseAlways() throws Exception {
        Gate gate = new Gate();
        recorder.action = gate;
        executor.start();
        put(NettyEventType.CONNECT, "first");
        gate.awaitEntered();
        for (int i = 0; i < NettyEventExecutor.CAPACITY; i++) {
            put(NettyEventType.ACTIVE, "n" + i);
            if (i % 100 == 0) {
                put(NettyEventType.CLOSE, "c" + i);
            }
        }
        assertEquals(10_000, NettyEventExecutor.CAPACITY);
        assertEquals(0, executor.droppedEvents());
        put(NettyEventType.ACTIVE, "too many");
        assertEquals(1, executor.droppedEvents());
        put(NettyEventType.IDLE, "too many");
        assertEquals(2, executor.droppedEvents());
        put(NettyEventType.CLOSE, "last");
        assertEquals(2, executor.droppedEvents());

        gate.open.release();
        executor.shutdown(LONG);
        assertEquals(1 + 10_000 + 100 + 1, recorder.heard.size());
        assertFalse(recorder.heard.stream().anyMatch(event -> event.contains("too many")));
        assertEquals("CLOSE last", recorder.heard.get(recorder.heard.size() - 1));
        assertEquals("CLOSE c0", recorder.heard.get(2));
    }

    @Test
    void queue_thatWasFull_takesEventsAgain() throws Exception {
        Gate gate = new Gate();
        recorder.action = gate;
        executor.start();
        put(NettyEventType.CONNECT, "first");
        gate.awaitEntered();
        for (int i = 0; i <= NettyEventExecutor.CAPACITY; i++) {
            put(NettyEventType.ACTIVE, "n");
        }
        CountDownLatch drained = new CountDownLatch(1);
        recorder.action = event -> {
            if (event.equals("CLOSE marker")) {
                drained.countDown();
            }
        };
        put(NettyEventType.CLOSE, "marker");
        gate.open.release();
        assertTrue(drained.await(5, TimeUnit.SECONDS));
        put(NettyEventType.ACTIVE, "again");
        executor.shutdown(LONG);
        assertEquals("ACTIVE again", recorder.heard.get(recorder.heard.size() - 1));
        assertEquals(1, executor.droppedEvents());
    }

    @Test
    void listener_thatThrowsAnything_hearsTheNextEvent() throws Exception {
        recorder.action = event -> {
            switch (event) {
                case "CONNECT runtime" -> throw new IllegalStateException("listener");
                case "CONNECT error" -> throw new StackOverflowError("listener");
                default -> {}
            }
        };
        executor.start();
        put(NettyEventType.CONNECT, "runtime");
        put(NettyEventType.CONNECT, "error");
        put(NettyEventType.CLOSE, "fine");
        executor.shutdown(LONG);
        assertEquals(List.of("CONNECT runtime", "CONNECT error", "CLOSE fine"), recorder.heard);
    }

    @Test
    void listener_thatLeavesAnInterrupt_hearsTheNextEvent() throws Exception {
        recorder.action = event -> Thread.currentThread().interrupt();
        executor.start();
        for (int i = 0; i < 5; i++) {
            put(NettyEventType.CONNECT, "n" + i);
        }
        executor.shutdown(LONG);
        assertEquals(5, recorder.heard.size());
        assertEquals(0, executor.droppedEvents());
    }

    @Test
    void events_putBeforeStart_wait() throws Exception {
        put(NettyEventType.CONNECT, "early");
        executor.start();
        put(NettyEventType.CLOSE, "early");
        executor.shutdown(LONG);
        assertEquals(List.of("CONNECT early", "CLOSE early"), recorder.heard);
    }

    @Test
    void shutdown_ofAListenerThatHangs_countsExactlyWhatWasNotHeard() throws Exception {
        Gate gate = new Gate();
        recorder.action = gate;
        executor.start();
        put(NettyEventType.CONNECT, "hangs");
        gate.awaitEntered();
        put(NettyEventType.ACTIVE, "lost");
        put(NettyEventType.CLOSE, "lost");
        executor.shutdown(Duration.ofMillis(20));
        assertEquals(2, executor.droppedEvents());
        put(NettyEventType.CLOSE, "after");
        assertEquals(3, executor.droppedEvents());
        gate.open.release();
        executor.shutdown(LONG);
        assertEquals(List.of("CONNECT hangs"), recorder.heard);
        assertEquals(3, executor.droppedEvents());
    }

    @Test
    void shutdown_withoutAStart_countsWhatWaited() throws Exception {
        put(NettyEventType.CONNECT, "a");
        put(NettyEventType.CLOSE, "a");
        executor.shutdown(LONG);
        assertEquals(2, executor.droppedEvents());
        put(NettyEventType.CLOSE, "b");
        assertEquals(3, executor.droppedEvents());
        assertEquals(List.of(), recorder.heard);
    }

    @Test
    void shutdown_twice_changesNothing() throws Exception {
        executor.start();
        put(NettyEventType.CONNECT, "a");
        executor.shutdown(LONG);
        executor.shutdown(LONG);
        put(NettyEventType.CLOSE, "a");
        assertEquals(List.of("CONNECT a"), recorder.heard);
        assertEquals(1, executor.droppedEvents());
    }

    @Test
    void nobodyListening_keepsAndCountsNothing() throws Exception {
        NettyEventExecutor idle = new NettyEventExecutor(THREADS, null);
        idle.start();
        idle.putNettyEvent(new NettyEvent(NettyEventType.CLOSE, "a", channel));
        idle.shutdown(LONG);
        assertEquals(0, idle.droppedEvents());
    }
}
