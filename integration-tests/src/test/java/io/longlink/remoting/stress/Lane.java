package io.longlink.remoting.stress;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingService;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.stress.Call.Kind;
import io.longlink.remoting.stress.Call.Promise;
import io.longlink.remoting.stress.Call.Shape;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An address, the server there and its clients, from round to round. Rounds come one after the other on one thread; where threads of a
 * round meet here, it is in what is volatile or thread-safe.
 */
final class Lane {
    static final int CLIENTS = 2;

    /** Rounds that are looked at once more, when some others have passed. */
    private static final int REMEMBERED = 50;

    private final Batch batch;
    private final int port;
    private final String address;
    private final List<ServerSide> servers = new CopyOnWriteArrayList<>();
    private final List<ClientSide> clients = new CopyOnWriteArrayList<>();
    private final Deque<Round> remembered = new ArrayDeque<>();
    private volatile Story story = new Story();

    Lane(Batch batch, RandomGenerator random) {
        this.batch = batch;
        ServerSide server = new ServerSide(batch, () -> story, random);
        servers.add(server);
        port = server.listen(0);
        address = ServerSide.HOST + ":" + port;
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(newClient(i, random));
        }
    }

    private ClientSide newClient(int index, RandomGenerator random) {
        return new ClientSide(batch, "client " + index, () -> story, random);
    }

    Batch batch() {
        return batch;
    }

    String address() {
        return address;
    }

    ClientSide client(int index) {
        return clients.get(index);
    }

    /** Those that leave, and last the one that is or will be on the port. */
    List<ServerSide> servers() {
        return servers;
    }

    ServerSide server() {
        return servers.get(servers.size() - 1);
    }

    /** Puts a server on the port again, one with threads of its own if {@code random} is given. */
    void listenAgain(@Nullable RandomGenerator random) {
        if (random != null) {
            servers.add(new ServerSide(batch, () -> story, random));
        }
        server().listen(port);
    }

    // ---------------------------------------------------------------- rounds

    void play(Round round) throws Exception {
        story = round.story();
        round.play();
        forgetServersThatEnded();
        remembered.add(round);
        if (remembered.size() > REMEMBERED) {
            remembered.remove().judgeForGood();
        }
    }

    private void forgetServersThatEnded() throws Exception {
        for (ServerSide each : servers.subList(0, servers.size() - 1)) {
            each.assertNothingLeft();
            servers.remove(each);
        }
    }

    /** Replaces a client that has ended. */
    void replaceClient(int index, RandomGenerator random) throws Exception {
        batch.tally().add(clients.get(index).client());
        clients.get(index).assertNothingLeft();
        clients.set(index, newClient(index, random));
    }

    /** Calls until each client is connected and gets an answer; those that fail meanwhile do so truly. */
    void connect(Story told, List<Call> calls) throws Exception {
        List<Call> asked = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            asked.add(ask(i, told));
        }
        long endNanos = System.nanoTime() + Batch.PATIENCE.toNanos();
        for (int i = 0; i < CLIENTS; i++) {
            asked.get(i).ended().get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            while (!asked.get(i).verdict().equals("SUCCESS")) {
                assertTrue(System.nanoTime() - endNanos < 0, "client " + i + " finds no way to the server");
                batch.threads().after(5_000).get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                calls.add(asked.set(i, ask(i, told)));
                asked.get(i).ended().get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        calls.addAll(asked);
    }

    private Call ask(int index, Story told) {
        Call call = batch.newCall(
                new Call.Plan(Kind.ECHO, Shape.FUTURE, index, 0, false, false, Long.BYTES, Batch.CALL_MILLIS, Promise.TRUTH), told);
        client(index).client().invoke(address, call.request(), Batch.CALL_MILLIS).whenComplete(call::end);
        return call;
    }

    /** The server's end of a client's connection that is ready for traffic; {@code null} if there is none. */
    @Nullable ServerEnd serverEndOf(int client) {
        Channel channel = client(client).connections().latestActive();
        if (channel == null || channel.localAddress() == null) {
            return null;
        }
        for (ServerSide each : servers) {
            Channel end = each.connections().withRemote(channel.localAddress());
            if (end != null) {
                return new ServerEnd(each, end);
            }
        }
        return null;
    }

    /** A connection, and whose it is. */
    record ServerEnd(ServerSide server, Channel channel) {}

    /** Waits until there is no connection but the one that a client has to the server. */
    void settle() throws Exception {
        for (ClientSide each : clients) {
            batch.await("one connection a client", () -> each.client().stats().get(Counter.CONNECTIONS_OPEN) <= 1);
        }
        batch.await("one connection a client at the server", () -> server().caller().stats().get(Counter.CONNECTIONS_OPEN) <= CLIENTS);
    }

    // ---------------------------------------------------------------- the end

    /** Ends everything, and asserts that nothing was left while it lived, and nothing is left now. */
    void end() throws Exception {
        story = new Story();
        assertNoTimersWithoutConnections();
        for (ClientSide each : clients) {
            assertAddsUp(each.client().shutdownGracefully(Batch.DRAIN));
            batch.tally().add(each.client());
            each.assertNothingLeft();
        }
        assertAddsUp(server().end(Batch.DRAIN));
        server().assertNothingLeft();
        while (!remembered.isEmpty()) {
            remembered.remove().judgeForGood();
        }
    }

    private static void assertAddsUp(CompletableFuture<DrainReport> report) throws Exception {
        DrainReport done = report.get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertTrue(done.addsUp(), done::toString);
    }

    /** A client has two timers at most then: those of the address and of its waiting line. */
    private void assertNoTimersWithoutConnections() throws Exception {
        batch.await("no connection, and no timer of one", () -> {
            // Again and again: one that was told to go away may be about to be replaced.
            clients.forEach(each -> each.client().closeChannels(List.of(address)));
            for (ClientSide each : clients) {
                if (isConnected(each.client()) || timers(each.connections().loops()) > 2) {
                    return false;
                }
            }
            return !isConnected(server().caller()) && timers(server().connections().loops()) == 0;
        });
    }

    private static boolean isConnected(RemotingService service) {
        return service.stats().get(Counter.CONNECTIONS_OPEN) > 0;
    }

    private static int timers(List<EventLoop> loops) throws Exception {
        int timers = 0;
        for (EventLoop each : loops) {
            timers += Leftovers.timers(each);
        }
        return timers;
    }

    /** Ends everything after a failure, and asserts nothing. */
    void abandon() {
        List<CompletableFuture<?>> ends = new ArrayList<>();
        clients.forEach(each -> ends.add(each.client().shutdownGracefully(Duration.ZERO)));
        servers.forEach(each -> ends.add(each.end(Duration.ZERO)));
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
    }
}
