package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InboundRequestsTest {
    private static final long TIMEOUT = 1_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final TestChannel channel = new TestChannel(ticker);
    private DeadlineQueue deadlines;
    private InboundRequests inbound;
    private int unanswered;

    @BeforeEach
    void setUp() throws Exception {
        channel.register();
        deadlines = new LoopDeadlines(channel.eventLoop());
        inbound = new InboundRequests(deadlines, () -> unanswered++);
    }

    private InboundRequests.Entry add(int opaque) {
        return add(opaque, SerializeType.JSON);
    }

    private InboundRequests.Entry add(int opaque, SerializeType type) {
        RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
        request.setOpaque(opaque);
        request.setSerializeTypeCurrentRPC(type);
        return inbound.add(request, ticker.nanoTime() + TIMEOUT);
    }

    private void advance(long nanos) {
        ticker.advance(nanos, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void request_isRunningUntilItParksOrIsAnswered() {
        InboundRequests.Entry first = add(1);
        add(2);
        assertTrue(inbound.hasRunning());
        assertEquals(2, inbound.size());

        inbound.park(first);
        inbound.park(first);
        assertTrue(inbound.hasRunning());
        assertNotNull(inbound.take(2));
        assertFalse(inbound.hasRunning());
        assertFalse(inbound.isEmpty());
        assertNotNull(inbound.take(1));
        assertTrue(inbound.isEmpty());
        assertFalse(inbound.hasRunning());
        assertEquals(0, deadlines.size());
    }

    @Test
    void park_afterTheAnswer_changesNothing() {
        InboundRequests.Entry first = add(1);
        inbound.take(1);
        inbound.park(first);
        add(2);
        assertTrue(inbound.hasRunning());
    }

    @Test
    void equalOpaques_areAnsweredAsOftenAsAsked() {
        add(5);
        add(5);
        add(5);
        assertEquals(3, inbound.size());
        assertNotNull(inbound.take(5));
        assertNotNull(inbound.take(5));
        assertNotNull(inbound.take(5));
        assertNull(inbound.take(5));
        assertTrue(inbound.isEmpty());
    }

    @Test
    void equalOpaques_areTakenOldestFirst() {
        InboundRequests.Entry first = add(5);
        InboundRequests.Entry second = add(5);
        assertEquals(first, inbound.take(5));

        InboundRequests.Entry third = add(5);
        assertEquals(second, inbound.take(5));
        assertEquals(third, inbound.take(5));

        InboundRequests.Entry again = add(5);
        assertEquals(again, inbound.take(5));
        assertNull(inbound.take(5));
    }

    @Test
    void withdraw_ofAnyOfEqualOpaques_takesThatOne() {
        InboundRequests.Entry first = add(5, SerializeType.JSON);
        InboundRequests.Entry middle = add(5, SerializeType.ROCKETMQ);
        InboundRequests.Entry last = add(5, SerializeType.JSON);
        inbound.withdraw(middle);
        inbound.withdraw(middle);
        assertEquals(2, inbound.size());
        inbound.withdraw(last);
        assertEquals(1, inbound.size());
        assertEquals(first, inbound.take(5));
        assertNull(inbound.take(5));
        assertEquals(0, deadlines.size());
    }

    @Test
    void entry_remembersTheFormatOfItsRequest() {
        assertEquals(SerializeType.ROCKETMQ, add(1, SerializeType.ROCKETMQ).serializeType());
    }

    @Test
    void timeout_givesUpExactlyThen() {
        add(1);
        advance(TIMEOUT - 1);
        assertEquals(0, unanswered);
        assertEquals(1, inbound.size());
        advance(1);
        assertEquals(1, unanswered);
        assertTrue(inbound.isEmpty());
        assertNull(inbound.take(1));
    }

    @Test
    void timeout_ofOneOfEqualOpaques_leavesTheOther() {
        add(5);
        advance(TIMEOUT / 2);
        InboundRequests.Entry younger = add(5);
        advance(TIMEOUT / 2);
        assertEquals(1, unanswered);
        assertEquals(younger, inbound.take(5));
        advance(TIMEOUT);
        assertEquals(1, unanswered);
    }

    @Test
    void abandon_givesUpAllAtOnce_andTellsHowMany() {
        InboundRequests.Entry first = add(1);
        add(5);
        add(5);
        inbound.park(first);
        assertEquals(3, inbound.abandon());
        assertTrue(inbound.isEmpty());
        assertFalse(inbound.hasRunning());
        assertEquals(0, deadlines.size());
        assertEquals(0, inbound.abandon());
        inbound.withdraw(first);
        inbound.park(first);
        assertEquals(0, inbound.size());
        advance(TIMEOUT);
        assertEquals(0, unanswered);
    }
}
