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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConnectionLimitTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Logger log = (Logger) LoggerFactory.getLogger(ConnectionLimit.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listenToTheLog() {
        lines.start();
        log.addAppender(lines);
        log.setAdditive(false);
    }

    @AfterEach
    void leaveTheLog() {
        log.detachAppender(lines);
        log.setAdditive(true);
    }

    private static boolean enters(ConnectionLimit limit, EmbeddedChannel channel) {
        return limit.tryEnter(channel);
    }

    @Test
    void enter_beyondTheLimit_isRefusedUntilOneCloses() {
        ConnectionLimit limit = new ConnectionLimit(2, ticker);
        EmbeddedChannel first = new EmbeddedChannel();
        assertTrue(enters(limit, first));
        assertTrue(enters(limit, new EmbeddedChannel()));
        assertFalse(enters(limit, new EmbeddedChannel()));

        first.close();
        assertTrue(enters(limit, new EmbeddedChannel()));
        assertFalse(enters(limit, new EmbeddedChannel()));
    }

    @Test
    void leave_beforeTheClose_givesThePlaceBackOnce() {
        ConnectionLimit limit = new ConnectionLimit(1, ticker);
        EmbeddedChannel draining = new EmbeddedChannel();
        assertTrue(enters(limit, draining));
        limit.leave(draining);
        limit.leave(draining);
        assertTrue(enters(limit, new EmbeddedChannel()), "the replacement finds room");

        draining.close();
        assertFalse(enters(limit, new EmbeddedChannel()), "the close of the one that had left frees nothing");
    }

    @Test
    void refusedOne_thatCloses_freesNothing() {
        ConnectionLimit limit = new ConnectionLimit(1, ticker);
        assertTrue(enters(limit, new EmbeddedChannel()));
        EmbeddedChannel refused = new EmbeddedChannel();
        assertFalse(enters(limit, refused));
        refused.close();
        assertFalse(enters(limit, new EmbeddedChannel()));
    }

    @Test
    void limitOfZero_isNone() {
        ConnectionLimit limit = new ConnectionLimit(0, ticker);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(enters(limit, new EmbeddedChannel()));
        }
    }

    @Test
    void refusals_areLoggedOnceAMinute() {
        ConnectionLimit limit = new ConnectionLimit(1, ticker);
        enters(limit, new EmbeddedChannel());
        assertEquals(List.of(), messages());
        for (int i = 0; i < 10; i++) {
            enters(limit, new EmbeddedChannel());
        }
        String first = "refusing embedded: there are 1 connections, as many as maxConnections allows; 1 refused until now";
        assertEquals(List.of(first), messages());

        ticker.advance(ConnectionLimit.WARN_NANOS - 1, TimeUnit.NANOSECONDS);
        enters(limit, new EmbeddedChannel());
        assertEquals(List.of(first), messages());
        ticker.advance(1, TimeUnit.NANOSECONDS);
        enters(limit, new EmbeddedChannel());
        assertEquals(List.of(first, first.replace("; 1 ref", "; 12 ref")), messages());
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Every thread enters, tells some to leave before they close, and closes; nobody ever counts more than there are places. */
    @Test
    void manyThreads_enterLeaveAndClose_neverMoreThanTheLimitAndNoPlaceIsLost() throws Exception {
        int max = 3;
        int threads = 8;
        ConnectionLimit limit = new ConnectionLimit(max, ticker);
        AtomicInteger inside = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> refusals = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                refusals.add(executor.submit(() -> {
                    start.await();
                    return enterAndLeave(limit, inside, max);
                }));
            }
            int refused = 0;
            for (Future<Integer> each : refusals) {
                refused += each.get(20, TimeUnit.SECONDS);
            }
            assertTrue(refused < threads * 1_000, "everybody was refused every time");
        } finally {
            executor.shutdownNow();
        }
        for (int i = 0; i < max; i++) {
            assertTrue(enters(limit, new EmbeddedChannel()), "a place was lost");
        }
        assertFalse(enters(limit, new EmbeddedChannel()), "a place was given back twice");
    }

    private static int enterAndLeave(ConnectionLimit limit, AtomicInteger inside, int max) {
        int refused = 0;
        for (int i = 0; i < 1_000; i++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            if (!enters(limit, channel)) {
                refused++;
                continue;
            }
            assertTrue(inside.incrementAndGet() <= max, "too many are inside");
            inside.decrementAndGet();
            if (i % 2 == 0) {
                limit.leave(channel);
            }
            channel.close();
        }
        return refused;
    }
}
