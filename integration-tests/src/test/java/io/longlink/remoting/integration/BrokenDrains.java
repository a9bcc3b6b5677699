package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.ReconnectPolicy;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.integration.CallBook.Call;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.FaultyProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One client, one address, and between them a proxy. Again and again the server there is replaced by another one with a request in flight
 * and others on their way, and each time a connection breaks behind another byte from the beginning of the drain on: within the
 * announcement, the PING behind it, a refusal, an answer, or the HELLO of the client that moves. Belongs to one thread after it was made.
 */
final class BrokenDrains {
    private static final int ECHO = 7;
    private static final int PARKED = 8;

    private static final Duration DRAIN = Duration.ofSeconds(8);

    /** A drain in which nobody hears anything takes all the time that it has. */
    private static final Duration FROZEN_DRAIN = Duration.ofMillis(500);

    private final Services services;
    private final Breakage breakage;
    private final SerializeType header;
    private final FaultyProxy proxy;
    private final NettyRemotingClient client;
    private final CallBook book;
    private final EventLog events = new EventLog();
    private final Parking parking = new Parking();
    private final Executions executions = new Executions();
    private NettyRemotingServer server;
    private int positions;
    private int told;

    BrokenDrains(Services services, Breakage breakage, SerializeType header) {
        this.services = services;
        this.breakage = breakage;
        this.header = header;
        server = startServer(0);
        proxy = services.proxy(server.localListenPort());
        client = services.client(
                Services.clientConfig().setSerializeType(header).setReconnectPolicy(ReconnectPolicy.never()), events);
        book = new CallBook(client, Services.address(proxy.port()));
    }

    private NettyRemotingServer startServer(int port) {
        NettyRemotingServer started = services.server(Services.serverConfig().setListenPort(port).setSerializeType(header));
        started.registerProcessor(ECHO, executions.echo(), null);
        started.registerProcessor(PARKED, (ctx, request) -> {
            executions.count(Services.text(request));
            parking.park(ctx.channel(), request);
            return null;
        }, null);
        return started;
    }

    /** Breaks a connection behind these numbers of bytes, until there are fewer than that, and judges. */
    void sweep(long first, long step) throws Exception {
        long bytes = first;
        while (breaksBehind(bytes)) {
            positions++;
            bytes += step;
        }
        Services.get(client.shutdownGracefully(DRAIN));
        soon().until(() -> server.stats().get(Counter.CONNECTIONS_OPEN) + server.stats().get(Counter.EXECUTING) == 0);
        book.judge(executions);
        soon().until(() -> events.count(EventLog.Kind.CLOSE) == events.count(EventLog.Kind.CONNECT));
    }

    int positions() {
        return positions;
    }

    /** How many connections were told to go away. */
    int told() {
        return told;
    }

    long count(Outcome outcome) {
        return book.count(outcome);
    }

    private boolean breaksBehind(long bytes) throws Exception {
        Round round = new Round(bytes, 1);
        while (!round.run()) {
            if (round.attempt == Breakage.TRIES) {
                fail(breakage + " behind " + bytes + " bytes, late by ns: " + round.lateNanos + ", " + round.calls);
            }
            round = new Round(bytes, round.attempt + 1);
        }
        return round.fired;
    }

    /** One restart. */
    private final class Round {
        private final long bytes;
        private final int attempt;
        private final long callMillis = breakage.isHeard() ? CALL_MILLIS : Breakage.FROZEN_MILLIS;
        private final FaultyProxy.Fault fault;
        private final CompletableFuture<DrainReport> report;
        private final List<Call> calls;
        private boolean fired;
        private long lateNanos;

        Round(long bytes, int attempt) {
            this.bytes = bytes;
            this.attempt = attempt;
            call("before");
            Call parked = book.twoWay(PARKED, id("parked"), callMillis);
            soon().until(() -> executions.of(parked.id()) > 0 || parked.hasEnded());
            fault = breakage.arm(proxy, bytes);
            report = server.shutdownGracefully(breakage.isHeard() ? DRAIN : FROZEN_DRAIN);
            server = startServer(server.localListenPort());
            calls = List.of(
                    parked, book.twoWay(ECHO, id("two-way"), callMillis), book.oneWay(ECHO, id("one-way"), callMillis));
        }

        private String id(String call) {
            return bytes + "." + attempt + " " + call;
        }

        /** A call that a break is nothing to. */
        private void call(String which) {
            Call call = book.twoWay(ECHO, id(which), CALL_MILLIS);
            soon().until(call::hasEnded);
            assertTrue(call.hasSucceeded(), call::toString);
        }

        /** Returns false if it has to be run again because the machine was too slow to show anything. */
        boolean run() throws Exception {
            soon().until(() -> fault.hasFired() || (calls.get(1).hasEnded() && calls.get(2).hasEnded()));
            soon().until(() -> {
                parking.answerAll(0);
                return calls.stream().allMatch(Call::hasEnded);
            });
            DrainReport drained = Services.get(report);
            fired = !fault.disarm();
            judge(drained);
            if (fired && breakage.isHeard()) {
                lateNanos = latest();
            } else if (fired) {
                endFreeze();
            }
            // Whichever connection broke, and however late: the next round begins without it.
            soon().until(() -> {
                client.closeChannels(List.of(Services.address(proxy.port())));
                return client.stats().get(Counter.CONNECTIONS_OPEN) == 0 && proxy.open() == 0;
            });
            call("after");
            return lateNanos < breakage.promptNanos();
        }

        private void judge(DrainReport drained) {
            assertTrue(drained.addsUp(), drained::toString);
            // Fewer if it broke before the drain had reached it.
            assertTrue(drained.told() <= drained.connections() && drained.connections() <= 1, () -> drained + " " + calls);
            told += (int) drained.told();
            if (breakage.isHeard()) {
                assertEquals(0, drained.forced(), drained::toString);
                assertTrue(drained.duration().compareTo(DRAIN) < 0, drained::toString);
            }
        }

        /** Calls that may have run were pending on the connection that broke. */
        private long latest() {
            return calls.stream()
                    .filter(call -> call.outcome() == Outcome.UNKNOWN)
                    .mapToLong(call -> call.endedNanos() - fault.firedNanos())
                    .max()
                    .orElse(0);
        }

        private void endFreeze() {
            if (bytes % 2 != 0) {
                proxy.killConnections();
            }
            proxy.thaw();
        }
    }
}
