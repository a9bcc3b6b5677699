package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose turn it is among the addresses of the list, on slots whose network does what the test says. */
class AddressRoundTest {
    private final SlotHarness slots = new SlotHarness();
    private NameServers servers = new NameServers(slots.table, 0);
    private final RemotingCommand request = RemotingCommand.createRequestCommand(7, null);

    @AfterEach
    void close() {
        slots.close();
    }

    private static RemotingException notSent() {
        return new RemotingConnectException("announced");
    }

    private void list(String... addresses) {
        servers.update(Arrays.asList(addresses));
    }

    private AddressRound round() {
        return new AddressRound(servers, request, Ticker.systemTicker().nanoTime() + TimeUnit.MINUTES.toNanos(10));
    }

    @Test
    void readyOnes_takeTurns_andTheLoadOfOneThatIsNotIsShared() throws Exception {
        list("a:1", "b:1", "c:1", "d:1");
        slots.ready("a:1");
        slots.ready("b:1");
        slots.ready("d:1");
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            firsts.add(round().start());
        }
        for (String ready : List.of("a:1", "b:1", "d:1")) {
            assertEquals(100, Collections.frequency(firsts, ready));
        }
    }

    @Test
    void turns_beginWhereTheyAreTold_andGoOnBehindTheLastInt() throws Exception {
        servers = new NameServers(slots.table, Integer.MAX_VALUE);
        list("a:1", "b:1", "c:1", "d:1");
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            firsts.add(round().start());
        }
        assertEquals(List.of("d:1", "a:1", "b:1", "c:1", "d:1"), firsts);
    }

    @Test
    void turns_countCalls_notTries() throws Exception {
        list("a:1", "b:1");
        slots.ready("a:1");
        slots.ready("b:1");
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            AddressRound round = round();
            firsts.add(round.start());
            round.next(notSent());
        }
        assertEquals(List.of("a:1", "b:1", "a:1", "b:1"), firsts);
    }

    @Test
    void failures_leadThroughReadyOnesFirst_thenTheOthers_eachOnce() throws Exception {
        list("a:1", "b:1", "c:1");
        slots.ready("c:1");
        AddressRound round = round();
        assertEquals("c:1", round.start());
        List<String> rest = new ArrayList<>(List.of(round.next(notSent()), round.next(new RemotingGoAwayException("announced"))));
        Collections.sort(rest);
        assertEquals(List.of("a:1", "b:1"), rest);
        assertTrue(round.wasRefused());
        assertNull(round.next(notSent()));
    }

    @Test
    void failureThatMayHaveRun_orIsTheRequestsOwn_orTheDeadlines_isTheEnd() throws Exception {
        list("a:1", "b:1");
        for (RemotingException end : List.of(
                new RemotingException("announced", Outcome.UNKNOWN),
                new RemotingCommandException("announced", null, Outcome.NOT_SENT),
                new RemotingTimeoutException("announced", Outcome.NOT_SENT))) {
            AddressRound round = round();
            round.start();
            assertNull(round.next(end), end::toString);
        }
        AddressRound late = new AddressRound(servers, request, Ticker.systemTicker().nanoTime());
        late.start();
        assertNull(late.next(notSent()));
    }

    @Test
    void emptyList_fails() {
        RemotingConnectException failure = assertThrows(RemotingConnectException.class, () -> round().start());
        assertEquals(Outcome.NOT_SENT, failure.outcome());
        assertEquals("not sent: the name-server list is empty", failure.getMessage());
    }

    @Test
    void secondTry_sendsACopyAsItWasBeforeTheFirst_underTheSameOpaque() throws Exception {
        list("a:1", "b:1");
        AddressRound round = round();
        round.start();
        assertSame(request, round.request());
        request.addExtField("signature", "for the first");
        round.next(notSent());
        RemotingCommand second = round.request();
        assertNotSame(request, second);
        assertEquals(request.getOpaque(), second.getOpaque());
        assertTrue(second.getExtFields() == null || second.getExtFields().isEmpty());
    }

    @Test
    void leaving_isForAnotherThatIsReady_andAllowsToComeBack() throws Exception {
        list("a:1", "b:1");
        AddressRound round = round();
        String first = round.start();
        String other = first.equals("a:1") ? "b:1" : "a:1";
        assertFalse(round.tryLeave(null));
        EmbeddedChannel connection = slots.ready(other);
        assertTrue(round.tryLeave(null));
        assertEquals(other, round.next(notSent()));
        slots.lose(connection);
        assertEquals(first, round.next(notSent()));
    }

    @Test
    void addressThatFailed_isNotLeftFor_untilItBecomesReadyAnew() throws Exception {
        list("a:1", "b:1");
        AddressRound round = round();
        String failed = round.start();
        String waitedAt = round.next(notSent());
        slots.ready(failed);
        assertFalse(round.tryLeave(null));
        assertTrue(round.tryLeave(failed));
        assertEquals(failed, round.next(notSent()));
        assertEquals(waitedAt, round.next(notSent()));
        assertNull(round.next(notSent()));
    }

    @Test
    void list_withSomethingThatIsNoAddress_changesNothing() {
        list("a:1");
        assertThrows(IllegalArgumentException.class, () -> list("b:1", "nonsense"));
        assertEquals(List.of("a:1"), servers.addresses());
    }

    @Test
    void list_keepsItsOrder_withoutDuplicates_andMayBeEmptied() {
        list("b:1", "a:1", "b:1");
        assertEquals(List.of("b:1", "a:1"), servers.addresses());
        list();
        assertEquals(List.of(), servers.addresses());
    }
}
