package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PendingRequestsTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final TestChannel channel = new TestChannel(ticker);
    private final List<String> told = new ArrayList<>();
    private DeadlineQueue deadlines;
    private PendingRequests pending;

    @BeforeEach
    void setUp() throws Exception {
        channel.register();
        deadlines = new LoopDeadlines(channel.eventLoop());
        pending = new PendingRequests(deadlines, new PendingRequests.Listener() {
            @Override
            public String remoteAddress() {
                return "peer:1";
            }

            @Override
            public void onWriteEnd(PendingRequests.Entry entry, @Nullable Throwable failure) {}

            @Override
            public void onTimedOut(PendingRequests.Entry entry) {
                told.add("taken");
            }
        });
    }

    private PendingRequests.Entry add(int code, int opaque, long deadlineNanos) {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        request.setOpaque(opaque);
        return pending.add(request, deadlineNanos, opaque, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                throw new AssertionError("whoever takes an entry completes it");
            }

            @Override
            public void onFailure(RemotingException cause) {
                told.add(opaque + " " + cause.getClass().getSimpleName() + " " + cause.outcome());
            }
        });
    }

    private void advance(long nanos) {
        ticker.advance(nanos, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void take_findsAnOpaqueOnce_whateverTheInt() {
        for (int opaque : new int[] {0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            PendingRequests.Entry entry = add(7, opaque, 1_000);
            assertSame(entry, pending.take(opaque));
            assertNull(pending.take(opaque));
        }
        assertTrue(pending.isIdle());
        assertEquals(0, deadlines.size());
    }

    @Test
    void add_ofAnOpaqueInFlight_throwsAndKeepsTheFirst() {
        PendingRequests.Entry first = add(7, 5, 1_000);
        assertThrows(IllegalStateException.class, () -> add(7, 5, 2_000));
        assertEquals(1, deadlines.size());
        assertSame(first, pending.take(5));
        assertTrue(pending.isIdle());
        assertNotNull(add(7, 5, 1_000));
    }

    @Test
    void deadline_failsExactlyThen_andSaysSoAfterwards() {
        add(7, 5, 1_000);
        advance(999);
        assertEquals(List.of(), told);
        advance(1);
        assertEquals(List.of("5 RemotingTimeoutException UNKNOWN", "taken"), told);
        assertNull(pending.take(5));
        assertTrue(pending.isIdle());
    }

    @Test
    void deadline_leavesTheOpaqueTaken_untilTheLateAnswerComes() {
        add(7, 5, 1_000);
        assertTrue(pending.has(5));
        advance(1_000);
        assertTrue(pending.has(5), "a new request under it could get the late answer");
        assertNull(pending.take(5));
        assertFalse(pending.has(5));
    }

    @Test
    void overdueAnswers_areRememberedWithinABound_theOldestForgottenFirst() {
        for (int opaque = 0; opaque < 10_001; opaque++) {
            add(7, opaque, 1_000);
        }
        advance(1_000);
        List<Integer> forgotten = new ArrayList<>();
        for (int opaque = 0; opaque < 10_001; opaque++) {
            if (!pending.has(opaque)) {
                forgotten.add(opaque);
            }
        }
        assertEquals(1, forgotten.size());
    }

    @Test
    void take_beforeTheDeadline_isTheEnd() {
        add(7, 5, 1_000);
        pending.take(5);
        advance(5_000);
        assertEquals(List.of(), told);
    }

    @Test
    void fail_ofAnEntryThatLeft_doesNothing_alsoIfItsOpaqueIsInUseAgain() {
        PendingRequests.Entry old = add(7, 5, 1_000);
        pending.take(5);
        add(7, 5, 1_000);
        pending.fail(old, new RemotingSendRequestException("late", null, Outcome.NOT_SENT));
        assertEquals(List.of(), told);
        assertFalse(pending.isIdle());
    }

    @Test
    void failAll_failsEachOnceAsUnknown_andSparesWhatAListenerAdds() {
        add(7, 1, 1_000).onWritten(0);
        RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
        request.setOpaque(2);
        pending.add(request, 1_000, 2, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                throw new AssertionError();
            }

            @Override
            public void onFailure(RemotingException cause) {
                told.add("2 " + cause.outcome());
                add(7, 3, 1_000).onWritten(0);
                pending.failAll("again", null, true);
            }
        }).onWritten(0);
        pending.failAll("the connection was closed", null, true);
        assertEquals(3, told.size(), told.toString());
        assertTrue(told.contains("1 RemotingSendRequestException UNKNOWN"));
        assertTrue(told.contains("2 UNKNOWN"));
        assertTrue(told.contains("3 RemotingSendRequestException UNKNOWN"));
        assertEquals(0, deadlines.size());
    }

    @Test
    void failAll_ofAClosedConnection_tellsWhatHadNotLeftAsNotSent() {
        add(7, 1, 1_000).onWritten(0);
        add(7, 2, 1_000).onWriting(0);
        pending.failAll("the connection was closed", null, true);
        assertEquals(
                Set.of("1 RemotingSendRequestException UNKNOWN", "2 RemotingSendRequestException NOT_SENT"), Set.copyOf(told));
    }

    @Test
    void failAll_ofAnOpenConnection_tellsUnknown_forWhatHasNotLeftStillMay() {
        add(7, 1, 1_000).onWriting(0);
        pending.failAll("the peer ended its stream", null, false);
        assertEquals(List.of("1 RemotingSendRequestException UNKNOWN"), told);
    }

    @Test
    void complete_ofARequestUnderAnotherOpaque_givesTheCallersBack() {
        RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
        request.setOpaque(2);
        List<Integer> opaques = new ArrayList<>();
        pending.add(request, 1_000, 77, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                opaques.add(response.getOpaque());
            }

            @Override
            public void onFailure(RemotingException cause) {
                throw new AssertionError(cause);
            }
        });
        RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
        response.setOpaque(2);
        pending.take(2).complete(response);
        assertEquals(List.of(77), opaques);
    }

    @Test
    void ownRequests_neverMakeItBusy() {
        PendingRequests.Entry hello = add(RequestCode.HELLO, 1, 1_000);
        add(RequestCode.PING, 2, 1_000);
        assertTrue(pending.isIdle());
        assertFalse(hello.isUsers());
        assertTrue(add(7, 3, 1_000).isUsers());
        assertFalse(pending.isIdle());
        pending.take(1);
        pending.take(2);
        assertFalse(pending.isIdle());
        pending.take(3);
        assertTrue(pending.isIdle());
    }
}
