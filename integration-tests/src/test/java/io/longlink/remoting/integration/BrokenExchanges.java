package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.soon;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.ReconnectPolicy;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.integration.CallBook.Call;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.FaultyProxy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One client, one server, and between them a proxy that breaks their connection behind a byte, again and again, each time a new connection
 * and behind another byte. What goes over each: HELLO, a two-way request that is answered, one that is not, a one-way request, and the
 * answers. Belongs to one thread after it was made.
 */
final class BrokenExchanges {
    private static final int ECHO = 7;
    private static final int PARKED = 8;

    private final Breakage breakage;
    private final NettyRemotingServer server;
    private final FaultyProxy proxy;
    private final NettyRemotingClient client;
    private final String address;
    private final CallBook book;
    private final EventLog events = new EventLog();
    private final Parking parking = new Parking();
    private final Executions executions = new Executions();

    /** Whether the call that gets an answer got it, by the position of the break. */
    private final Map<Long, Boolean> answered = new TreeMap<>();

    BrokenExchanges(Services services, Breakage breakage, SerializeType header) {
        this.breakage = breakage;
        server = services.server();
        server.registerProcessor(ECHO, executions.echo(), null);
        server.registerProcessor(PARKED, (ctx, request) -> {
            executions.count(Services.text(request));
            parking.park(ctx.channel(), request);
            return null;
        }, null);
        proxy = services.proxy(server.localListenPort());
        // Nothing connects but for a call, so the proxy counts only the bytes of the connections that the test wants.
        client = services.client(
                Services.clientConfig().setSerializeType(header).setReconnectPolicy(ReconnectPolicy.never()), events);
        address = Services.address(proxy.port());
        book = new CallBook(client, address);
    }

    /** Breaks a connection behind these numbers of bytes, until there are fewer than that, and judges. */
    void sweep(long first, long step) {
        long bytes = first;
        while (breaksBehind(bytes)) {
            bytes += step;
        }
        soon().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) + server.stats().get(Counter.EXECUTING) == 0);
        book.judge(executions);
        soon().until(() -> events.count(EventLog.Kind.CLOSE) == events.count(EventLog.Kind.CONNECT));
    }

    Map<Long, Boolean> answered() {
        return answered;
    }

    /** How many calls failed in this way; {@code null} for those that did not. */
    long count(Outcome outcome) {
        return book.count(outcome);
    }

    private boolean breaksBehind(long bytes) {
        Round round = new Round(bytes, 1);
        while (!round.run()) {
            if (round.attempt == Breakage.TRIES) {
                fail(breakage + " behind " + bytes + " bytes, late by ns: " + round.lateNanos + ", " + round.calls);
            }
            round = new Round(bytes, round.attempt + 1);
        }
        if (round.fired) {
            answered.put(bytes, round.calls.get(0).hasSucceeded());
        }
        return round.fired;
    }

    /** One connection that breaks, and the next. */
    private final class Round {
        private final long bytes;
        private final int attempt;
        private final int acceptedBefore = proxy.accepted();
        private final long openedBefore = client.stats().get(Counter.CONNECTIONS_OPENED);
        private final FaultyProxy.Fault fault;
        private final List<Call> calls;
        private boolean fired;
        private long lateNanos;

        Round(long bytes, int attempt) {
            this.bytes = bytes;
            this.attempt = attempt;
            fault = breakage.arm(proxy, bytes);
            long millis = breakage.isHeard() ? CALL_MILLIS : Breakage.FROZEN_MILLIS;
            calls = List.of(
                    book.twoWay(ECHO, id("answered"), millis),
                    book.twoWay(PARKED, id("parked"), millis),
                    book.oneWay(ECHO, id("one-way"), millis));
        }

        private String id(String call) {
            return bytes + "." + attempt + " " + call;
        }

        /** Returns false if it has to be run again because the machine was too slow to show anything. */
        boolean run() {
            // One or the other comes: the break, or all that these calls make go over the connection.
            soon().until(() -> fault.hasFired() || isThrough() || haveEnded());
            boolean through = isThrough();
            fired = !fault.disarm();
            if (fired && breakage.isHeard()) {
                soon().until(this::hasConnectionEnded);
                // What was pending on it has failed by now; what was not sent there may be parked elsewhere.
                awaitEnd();
                lateNanos = latestBehind(fault.firedNanos());
            } else if (fired) {
                awaitDeadlines();
            } else {
                awaitEnd();
            }
            callOnceMore();
            return fired ? lateNanos < breakage.promptNanos() : through;
        }

        private boolean isThrough() {
            return calls.get(0).hasSucceeded() && calls.stream().allMatch(call -> executions.of(call.id()) > 0);
        }

        private boolean haveEnded() {
            return calls.stream().allMatch(Call::hasEnded);
        }

        private boolean hasConnectionEnded() {
            RemotingStats stats = client.stats();
            return stats.get(Counter.CONNECTIONS_OPENED) - stats.get(Counter.CONNECTIONS_OPEN) > openedBefore;
        }

        private void awaitEnd() {
            soon().until(() -> {
                parking.answerAll(0);
                return haveEnded();
            });
        }

        private long latestBehind(long nanos) {
            return calls.stream()
                    .filter(call -> call.outcome() != null)
                    .mapToLong(call -> call.endedNanos() - nanos)
                    .max()
                    .orElse(0);
        }

        private void awaitDeadlines() {
            soon().until(this::haveEnded);
            for (Call call : calls) {
                long lateness = call.endedNanos() - call.begunNanos() - TimeUnit.MILLISECONDS.toNanos(Breakage.FROZEN_MILLIS);
                if (call.outcome() != null) {
                    assertTrue(lateness >= 0, () -> "before its deadline: " + call);
                    lateNanos = Math.max(lateNanos, lateness);
                }
            }
            // Half of these connections come back to life and bring what is late, the others die.
            if (bytes % 2 == 0) {
                proxy.thaw();
            } else {
                proxy.killConnections();
                proxy.thaw();
                soon().until(this::hasConnectionEnded);
            }
            parking.answerAll(0);
        }

        /** A break is nothing to the next call. */
        private void callOnceMore() {
            Call next = book.twoWay(ECHO, id("next"), CALL_MILLIS);
            soon().until(next::hasEnded);
            assertTrue(next.hasSucceeded(), next::toString);
            boolean anew = fired && (breakage.isHeard() || bytes % 2 != 0);
            int connections = proxy.accepted() - acceptedBefore;
            assertTrue(anew ? connections > 1 : connections == 1, () -> connections + " connections: " + calls + next);
            client.closeChannels(List.of(address));
            soon().until(() -> client.stats().get(Counter.CONNECTIONS_OPEN) == 0 && proxy.open() == 0);
        }
    }
}
