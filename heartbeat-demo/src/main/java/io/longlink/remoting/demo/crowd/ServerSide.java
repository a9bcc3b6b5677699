package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.RemotingStats.Counter;
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
        String[] words = command.split(" ");
        switch (words[0]) {
            case "listen" -> out.println(listen(Crowd.parse(words[1])));
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

    private String listen(Crowd crowd) {
        NettyRemotingServer main = new NettyRemotingServer(
                new NettyServerConfig().setBindAddress(crowd.bindAddress()).setListenPort(crowd.ports().get(0)));
        start(main);
        long first = Moments.nowMicros();
        for (int port : crowd.ports().subList(1, crowd.ports().size())) {
            start(main.newRemotingServer(port));
        }
        server = main;
        return "listening " + first + ' ' + Moments.nowMicros();
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

    private static String text(DrainReport report) {
        return report.connections() + " " + report.told() + ' ' + report.closedByPeer() + ' ' + report.quietClosed() + ' ' + report.forced()
                + ' ' + report.broken() + ' ' + report.inFlight() + ' ' + report.acceptedLater() + ' ' + report.finished() + ' '
                + report.unanswered() + ' ' + report.refused() + ' ' + report.oneWaysExecuted() + ' ' + report.duration().toNanos();
    }

    /** Reads a REPORT. */
    static DrainReport parse(String text) {
        String[] words = text.split(" ");
        long[] parts = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            parts[i] = Long.parseLong(words[i]);
        }
        return new DrainReport(
                parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8], parts[9], parts[10], parts[11],
                Duration.ofNanos(parts[12]));
    }
}
