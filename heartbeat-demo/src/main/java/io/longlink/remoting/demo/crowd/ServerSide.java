package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.demo.process.Commands;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The JVM of the server. One thread, that of the commands:
 *
 * <pre>
 *   warm CROWD       warm                       after connections of its own, which are gone again
 *   listen CROWD     listening FIRST LAST       microseconds since 1970 at which its ports opened
 *   weigh            weight BYTES               of the heap
 *   count            count OPEN CPU             connections; processor time in milliseconds
 *   drain MILLIS     draining MICROS            just before it begins
 *                    drained REPORT
 * </pre>
 */
final class ServerSide {
    private @Nullable NettyRemotingServer server;

    private ServerSide() {}

    public static void main(String[] args) throws IOException {
        Commands.serve(System.in, System.out, new ServerSide()::obey);
        System.exit(0);
    }

    private void obey(String command, PrintStream out) {
        String[] words = command.split(" ", -1);
        switch (words[0]) {
            case "warm" -> {
                warmUp(Crowd.parse(words[1]));
                out.println("warm");
            }
            case "listen" -> {
                Crowd crowd = Crowd.parse(words[1]);
                NettyRemotingServer main = newServer(crowd);
                start(main);
                long first = Moments.nowMicros();
                startOthers(main, crowd);
                server = main;
                out.println("listening " + first + ' ' + Moments.nowMicros());
            }
            case "weigh" -> out.println("weight " + Footprint.heapBytes());
            case "count" -> out.println("count " + running().stats().get(Counter.CONNECTIONS_OPEN) + ' ' + Footprint.cpuMillis());
            case "drain" -> drain(Duration.ofMillis(Long.parseLong(words[1])), out);
            default -> throw new IllegalArgumentException(command);
        }
    }

    private NettyRemotingServer running() {
        NettyRemotingServer running = server;
        if (running == null) {
            throw new IllegalStateException("it does not listen yet");
        }
        return running;
    }

    /** What takes a JVM long is what it does for the first time. */
    private static void warmUp(Crowd crowd) {
        NettyRemotingServer server = newServer(crowd);
        ClientSide clients = new ClientSide();
        try {
            start(server);
            startOthers(server, crowd);
            clients.connect(crowd);
        } finally {
            clients.end();
            server.shutdownGracefully(Duration.ofSeconds(1)).join();
        }
    }

    private static NettyRemotingServer newServer(Crowd crowd) {
        return new NettyRemotingServer(
                new NettyServerConfig().setBindAddress(crowd.bindAddress()).setListenPort(crowd.ports().get(0)));
    }

    private static void startOthers(NettyRemotingServer main, Crowd crowd) {
        for (int port : crowd.ports().subList(1, crowd.ports().size())) {
            start(main.newRemotingServer(port));
        }
    }

    private static void start(RemotingServer server) {
        NettyRequestProcessor answerHeartbeat = (ctx, request) -> RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
        server.registerProcessor(RequestCode.HEART_BEAT, answerHeartbeat, null);
        server.start();
    }

    private void drain(Duration timeout, PrintStream out) {
        NettyRemotingServer leaving = running();
        out.println("draining " + Moments.nowMicros());
        out.flush();
        CompletableFuture<DrainReport> end = leaving.shutdownGracefully(timeout);
        out.println("drained " + text(end.join()));
    }

    /** A REPORT. */
    static String text(DrainReport report) {
        return report.connections() + " " + report.told() + ' ' + report.closedByPeer() + ' ' + report.quietClosed() + ' ' + report.forced()
                + ' ' + report.broken() + ' ' + report.inFlight() + ' ' + report.acceptedLater() + ' ' + report.finished() + ' '
                + report.unanswered() + ' ' + report.refused() + ' ' + report.oneWaysExecuted() + ' ' + report.duration().toNanos();
    }

    /** Reads what {@link #text} wrote. */
    static DrainReport parse(String text) {
        String[] words = text.split(" ", -1);
        long[] parts = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            parts[i] = Long.parseLong(words[i]);
        }
        return new DrainReport(
                parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8], parts[9], parts[10], parts[11],
                Duration.ofNanos(parts[12]));
    }
}
