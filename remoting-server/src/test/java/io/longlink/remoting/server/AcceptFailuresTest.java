package io.longlink.remoting.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listening socket whose accept fails, in virtual time. */
class AcceptFailuresTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel listening =
            EmbeddedChannel.builder().ticker(ticker).handlers(new AcceptFailures()).build();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger log = (Logger) org.slf4j.LoggerFactory.getLogger(AcceptFailures.class);

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(lines);
        listening.close();
    }

    private void fail() {
        listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        // Nobody behind it hears of it: there it would be logged once more.
        listening.checkException();
    }

    private void advance(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        listening.runScheduledPendingTasks();
    }

    @Test
    void failure_pausesAcceptingForAMoment() {
        fail();
        assertFalse(listening.config().isAutoRead());
        advance(AcceptFailures.PAUSE_MILLIS - 1);
        assertFalse(listening.config().isAutoRead());
        advance(1);
        assertTrue(listening.config().isAutoRead());
        fail();
        assertFalse(listening.config().isAutoRead());
    }

    @Test
    void failures_thatGoOn_areOneLineAMinute_withoutAStackTrace() {
        long beganNanos = ticker.nanoTime();
        while (ticker.nanoTime() - beganNanos < AcceptFailures.WARN_NANOS) {
            fail();
            advance(AcceptFailures.PAUSE_MILLIS);
        }
        assertEquals(1, lines.list.size());
        fail();
        assertEquals(2, lines.list.size());
        String last = lines.list.get(1).getFormattedMessage();
        assertTrue(last.contains("Too many open files; 601 such failures"), last);
        assertEquals(null, lines.list.get(1).getThrowableProxy());
    }

    @Test
    void listenerClosedMeanwhile_isLeftAlone() {
        fail();
        listening.close();
        advance(AcceptFailures.PAUSE_MILLIS);
        assertFalse(listening.config().isAutoRead());
    }
}
