package io.longlink.remoting.demo.watchdog;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.demo.process.Commands;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The JVM of the server, apart so that it can crash:
 *
 * <pre>
 *   listen PORT READERIDLE   listening          how long a client may be silent, in milliseconds
 *   pings                    pings NUMBER       received so far
 *   event MILLIS             event NAME ADDRESS AGE   the next IDLE or CLOSE, and how old the connection was, in milliseconds;
 *                            event none         if there is none for so long
 * </pre>
 */
final class ServerSide {
    /** PINGs come more often here than they should in real life. */
    private static final int MIN_PING_INTERVAL_MILLIS = 100;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private @Nullable NettyRemotingServer server;

    private ServerSide() {}

    public static void main(String[] args) throws IOException {
        Commands.serve(System.in, System.out, new ServerSide()::obey);
        System.exit(0);
    }

    private void obey(String command, PrintStream out) throws InterruptedException {
        String[] words = command.split(" ", -1);
        switch (words[0]) {
            case "listen" -> {
                server = listen(Integer.parseInt(words[1]), Long.parseLong(words[2]));
                out.println("listening");
            }
            case "pings" -> out.println("pings " + (server == null ? 0 : server.stats().get(Counter.PINGS_RECEIVED)));
            case "event" -> {
                String event = events.poll(Long.parseLong(words[1]), TimeUnit.MILLISECONDS);
                out.println("event " + (event == null ? "none" : event));
            }
            default -> throw new IllegalArgumentException(command);
        }
    }

    private NettyRemotingServer listen(int port, long readerIdleMillis) {
        NettyServerConfig config = new NettyServerConfig()
                .setBindAddress("127.0.0.1")
                .setListenPort(port)
                .setReaderIdleMillis(readerIdleMillis)
                .setMinPingIntervalMillis(MIN_PING_INTERVAL_MILLIS);
        NettyRemotingServer listening = new NettyRemotingServer(config, new IdleAndClose());
        listening.registerProcessor(
                RequestCode.HEART_BEAT, (ctx, request) -> RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null), null);
        listening.start();
        return listening;
    }

    private final class IdleAndClose implements ChannelEventListener {
        private final Map<Channel, Long> connectedNanos = new ConcurrentHashMap<>();

        @Override
        public void onChannelConnect(String remoteAddr, Channel channel) {
            connectedNanos.put(channel, System.nanoTime());
        }

        @Override
        public void onChannelIdle(String remoteAddr, Channel channel) {
            events.add("idle " + remoteAddr + ' ' + ageMillis(channel));
        }

        @Override
        public void onChannelClose(String remoteAddr, Channel channel) {
            events.add("close " + remoteAddr + ' ' + ageMillis(channel));
            connectedNanos.remove(channel);
        }

        private long ageMillis(Channel channel) {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectedNanos.getOrDefault(channel, System.nanoTime()));
        }
    }
}
