package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.demo.process.Commands;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The JVM of the clients. Connections are made by one request each and idle from then on. One thread, that of the commands, but for the
 * recordings:
 *
 * <pre>
 *   connect CROWD    connected MILLIS
 *   count            count OPEN CPU FAILURES    connections; processor time in milliseconds; attempts to connect that failed
 *   watch            watching
 *   told MILLIS      told MOMENTS               when clients were told to go away; waits until all were, or for so long
 *   gone MILLIS      gone NUMBER                connections that were closed since watch; waits until all were, or for so long
 *   back MILLIS      back READY MOMENTS         when connections became ready since watch, and how many are; waits until all are
 * </pre>
 */
final class ClientSide {
    /** Connections that one client makes at a time: the server is not to be overrun before the scenario begins. */
    private static final int AT_A_TIME = 50;

    private static final long CALL_TIMEOUT_MILLIS = 20_000;

    /** How exactly it is known when a client is told: the library counts it, and the counters are looked at so often. */
    private static final long LOOK_MILLIS = 5;

    private record Member(NettyRemotingClient client, List<String> addresses) {
        long get(Counter counter) {
            return client.stats().get(counter);
        }

        long ready() {
            return addresses.stream().filter(address -> client.addressState(address) == AddressState.READY).count();
        }
    }

    private final List<Member> members = new ArrayList<>();
    private final ScheduledExecutorService lookout = Executors.newSingleThreadScheduledExecutor();
    private int connections;
    private volatile Recording told = new Recording();
    private volatile Recording gone = new Recording();
    private volatile Recording active = new Recording();

    ClientSide() {}

    public static void main(String[] args) throws IOException {
        Commands.serve(System.in, System.out, new ClientSide()::obey);
        System.exit(0);
    }

    private void obey(String command, PrintStream out) throws InterruptedException {
        String[] words = command.split(" ", -1);
        switch (words[0]) {
            case "connect" -> out.println("connected " + connect(Crowd.parse(words[1])));
            case "count" -> out.println("count " + total(Counter.CONNECTIONS_OPEN) + ' ' + Footprint.cpuMillis() + ' '
                    + total(Counter.CONNECT_FAILURES));
            case "watch" -> out.println(watch());
            case "told" -> {
                told.await(connections, Long.parseLong(words[1]));
                out.println("told " + told.moments().text());
            }
            case "gone" -> out.println("gone " + gone.await(connections, Long.parseLong(words[1])));
            case "back" -> {
                long ready = awaitReady(Long.parseLong(words[1]));
                out.println("back " + ready + ' ' + active.moments().text());
            }
            default -> throw new IllegalArgumentException(command);
        }
    }

    private long total(Counter counter) {
        return members.stream().mapToLong(member -> member.get(counter)).sum();
    }

    // ---------------------------------------------------------------- connecting

    /** Makes all connections and returns how long that took, in milliseconds. */
    long connect(Crowd crowd) {
        long beganNanos = System.nanoTime();
        connections = crowd.connections();
        for (int i = 0; i < crowd.clients(); i++) {
            members.add(newMember(crowd.addressesOf(i)));
        }
        // The first client has the most addresses.
        for (int from = 0; from < members.get(0).addresses.size(); from += AT_A_TIME) {
            List<CompletableFuture<RemotingCommand>> answers = new ArrayList<>();
            for (Member member : members) {
                int to = Math.min(from + AT_A_TIME, member.addresses.size());
                for (String address : member.addresses.subList(Math.min(from, to), to)) {
                    answers.add(member.client.invoke(
                            address, RemotingCommand.createRequestCommand(RequestCode.HEART_BEAT, null), CALL_TIMEOUT_MILLIS));
                }
            }
            answers.forEach(ClientSide::checkAnswer);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    }

    /** Ends all clients. */
    void end() {
        lookout.shutdownNow();
        members.stream().map(member -> member.client.shutdownGracefully(Duration.ZERO)).toList().forEach(CompletableFuture::join);
    }

    private static void checkAnswer(CompletableFuture<RemotingCommand> answer) {
        int code = answer.join().getCode();
        if (code != ResponseCode.SUCCESS) {
            throw new IllegalStateException("a heartbeat was answered with code " + code);
        }
    }

    private Member newMember(List<String> addresses) {
        NettyClientConfig config = new NettyClientConfig()
                .setTransport(TransportOptions.defaults().withEventLoopThreads(1))
                .setClientCallbackExecutorThreads(1);
        NettyRemotingClient client = new NettyRemotingClient(config, new ChannelEventListener() {
            @Override
            public void onChannelActive(String remoteAddr, Channel channel) {
                active.add();
            }
        });
        client.start();
        return new Member(client, addresses);
    }

    // ---------------------------------------------------------------- watching

    private String watch() {
        told = new Recording();
        gone = new Recording();
        active = new Recording();
        lookout.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return "watching";
    }

    private void look() {
        look(told, total(Counter.GO_AWAYS_RECEIVED));
        look(gone, connections - total(Counter.CONNECTIONS_OPEN));
    }

    private void look(Recording recording, long now) {
        // The time is taken after the look, so that nothing seems to have happened sooner than it did.
        recording.add(Math.min(now, connections) - recording.count(), Moments.nowMicros());
    }

    private long awaitReady(long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        int heard = active.await(connections, millis);
        long ready = members.stream().mapToLong(Member::ready).sum();
        while (ready < connections && System.nanoTime() - endNanos < 0) {
            // One that came back and was lost again comes back once more.
            heard = active.await(heard + 1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
            ready = members.stream().mapToLong(Member::ready).sum();
        }
        return ready;
    }
}
