package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** How long a frame may take that has begun: on the whole pipeline, in frozen time. */
@ExtendWith(LeakGuard.class)
class FrameWatchTest {
    private static final int CODE = 7;
    private static final long TIMEOUT = ConnectionHarness.FRAME_TIMEOUT_MILLIS;
    private static final int GROWTH = FrameWatch.LEAST_GROWTH_BYTES;

    private final Logger log = (Logger) LoggerFactory.getLogger(ConnectionHandler.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listenToTheLog() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void leaveTheLog() {
        log.detachAppender(lines);
    }

    private static byte[] frame(int bodyBytes) {
        return Frame.request(CODE).withOpaque(1).withBody(new byte[bodyBytes]).encode();
    }

    private static void receive(ConnectionHarness connection, byte[] frame, int from, int to) {
        connection.receiveBytes(Unpooled.copiedBuffer(Arrays.copyOfRange(frame, from, to)));
    }

    private static ConnectionHarness server() {
        ConnectionHarness server = ConnectionHarness.serverOfFrames(TIMEOUT);
        server.registerEcho(CODE);
        return server;
    }

    private List<String> warnings() {
        return lines.list.stream().filter(line -> line.getLevel().levelStr.equals("WARN")).map(ILoggingEvent::getFormattedMessage).toList();
    }

    // ---------------------------------------------------------------- a frame that does not go on

    @Test
    void frame_thatDoesNotGoOn_closesTheServersConnectionExactlyAtTheTimeout() {
        try (ConnectionHarness server = server()) {
            receive(server, frame(100), 0, 1);
            server.advance(TIMEOUT - 1);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.count(Counter.PROTOCOL_ERRORS));
            assertEquals(List.of("CONNECT", "ACTIVE", "EXCEPTION", "CLOSE"), server.events());
            assertEquals(
                    List.of("closing connection " + server.channel.id() + ": " + ConnectionHarness.PEER
                            + " sent what is no frame: a frame of which 1 bytes came, 1 of them in the last 30000 ms"),
                    warnings());
        }
    }

    @Test
    void frame_thatDoesNotGoOn_closesTheClientsConnectionAndFailsWhatIsPending() {
        try (ConnectionHarness client = ConnectionHarness.client()) {
            client.send(CODE, "call", 60_000);
            receive(client, Frame.response(client.next(), 0).encode(), 0, 10);
            client.advance(TIMEOUT - 1);
            assertEquals(List.of(), client.journal);
            client.advance(1);
            assertEquals(
                    List.of("owner: unusable in CLOSED", "call failed RemotingSendRequestException UNKNOWN", "owner: closed"),
                    client.journal);
            assertEquals(1, client.count(Counter.PROTOCOL_ERRORS));
            assertEquals(1, warnings().size());
        }
    }

    @Test
    void frame_thatTricklesByteByByte_closesAtTheTimeoutAllTheSame() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(100);
            for (int second = 0; second < 29; second++) {
                receive(server, frame, second, second + 1);
                server.advance(1_000);
            }
            receive(server, frame, 29, 30);
            server.advance(999);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
            assertEquals(0, server.count(Counter.REQUESTS_RECEIVED));
        }
    }

    @Test
    void frame_thatDoesNotGoOnDuringADrain_isABrokenConnectionOfItsReport() {
        try (ConnectionHarness server = server()) {
            receive(server, frame(100), 0, 50);
            server.drain(60_000);
            server.advance(TIMEOUT);
            assertFalse(server.channel.isOpen());
            assertEquals(1, server.report().broken());
            assertTrue(server.report().addsUp());
        }
    }

    // ---------------------------------------------------------------- frames that do

    @Test
    void frame_thatEndsInTime_isServedAndTheNextOneHasTimeOfItsOwn() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(100);
            receive(server, frame, 0, 50);
            server.advance(TIMEOUT - 1);
            receive(server, frame, 50, frame.length);
            assertEquals(0, server.next().code());
            receive(server, frame, 0, 50);
            server.advance(TIMEOUT - 1);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void frame_thatEndsInTheReadTheNextBeginsIn_doesNotShortenItsTime() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(100);
            receive(server, frame, 0, 50);
            server.advance(20_000);
            server.receiveBytes(Unpooled.copiedBuffer(Arrays.copyOfRange(frame, 50, frame.length), Arrays.copyOf(frame, 60)));
            server.advance(TIMEOUT - 1);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void largeFrame_thatGrowsByEnoughInEachPeriod_mayTakeManyOfThem() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(10 * GROWTH);
            for (int i = 0; i < 10; i++) {
                receive(server, frame, i * GROWTH, (i + 1) * GROWTH);
                server.advance(TIMEOUT);
                assertTrue(server.channel.isOpen());
            }
            receive(server, frame, 10 * GROWTH, frame.length);
            assertEquals(0, server.next().code());
        }
    }

    @Test
    void largeFrame_thatGrowsByAByteTooLittle_closes() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(10 * GROWTH);
            receive(server, frame, 0, GROWTH);
            server.advance(TIMEOUT);
            assertTrue(server.channel.isOpen());
            receive(server, frame, GROWTH, 2 * GROWTH - 1);
            server.advance(TIMEOUT - 1);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
        }
    }

    // ---------------------------------------------------------------- what is not the peer's fault

    @Test
    void time_whileWeDoNotRead_doesNotCount() {
        try (ConnectionHarness server = server()) {
            receive(server, frame(100), 0, 50);
            server.channel.stall();
            server.channel.writeAndFlush(Unpooled.buffer().writeZero(1024 * 1024));
            assertFalse(server.channel.config().isAutoRead());
            server.advance(10 * TIMEOUT + 1_000);
            server.channel.resume();
            server.advance(TIMEOUT - 1);
            assertTrue(server.channel.isOpen());
            server.advance(1);
            assertFalse(server.channel.isOpen());
        }
    }

    @Test
    void loopThatWasHeldUp_readsWhatHasArrivedBeforeItJudges() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(100);
            receive(server, frame, 0, 50);
            server.ticker.advance(2 * TIMEOUT, TimeUnit.MILLISECONDS);
            server.channel.runScheduledPendingTasks();
            receive(server, frame, 50, frame.length);
            server.advance(TIMEOUT);
            assertTrue(server.channel.isOpen());
            assertEquals(0, server.next().code());
        }
    }

    @Test
    void timeoutOfZero_isNone() {
        try (ConnectionHarness server = ConnectionHarness.serverOfFrames(0)) {
            receive(server, frame(100), 0, 50);
            assertEquals(-1, server.channel.runScheduledPendingTasks(), "a timer");
            server.advance(TimeUnit.DAYS.toMillis(1));
            assertTrue(server.channel.isOpen());
        }
    }

    // ---------------------------------------------------------------- what it costs

    @Test
    void frames_thatArriveWhole_needNoTimer() {
        try (ConnectionHarness server = server()) {
            server.receive(Frame.oneway(CODE), Frame.oneway(CODE));
            assertEquals(2, server.count(Counter.REQUESTS_RECEIVED));
            assertEquals(-1, server.channel.runScheduledPendingTasks());
        }
    }

    @Test
    void frames_thatArriveInPartsOneAfterAnother_shareOneTimer() {
        try (ConnectionHarness server = server()) {
            byte[] frame = frame(100);
            for (int i = 0; i < 1_000; i++) {
                receive(server, frame, 0, 50);
                server.advance(1);
                receive(server, frame, 50, frame.length);
                server.next();
            }
            assertEquals(TimeUnit.MILLISECONDS.toNanos(TIMEOUT - 1_000), server.channel.runScheduledPendingTasks(), "since the first");
            server.advance(TIMEOUT - 1_000);
            assertEquals(-1, server.channel.runScheduledPendingTasks(), "a timer is left");
        }
    }
}
