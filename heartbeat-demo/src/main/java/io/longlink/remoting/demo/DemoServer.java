package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One life of one broker-like server: it executes messages, which here means that it writes them down, and knows the clients that
 * beat it. Its replacement on the same port is another object. Thread-safe.
 *
 * <p>What a restart can hurt is what has not been answered yet. Plain messages are executed and answered within microseconds, so an
 * announcement hardly ever finds one. Brokers have others: messages that wait for a disk or a slave. Here those are the durable ones,
 * parked in a {@link GroupCommit}; what the next commit has not taken when the drain begins is answered with GO_AWAY by a drain hook,
 * and its clients send it again to the replacement.
 */
final class DemoServer implements ServerLife {
    /** The id of a message, a decimal number. */
    static final String ID = "id";

    /** Present if the message is to be parked until the next commit. */
    static final String DURABLE = "durable";

    private final int number;
    private final int life;
    private final int port;
    private final Executions executions;
    private final Faults faults;
    private final GroupCommit commit;
    private final ClientRegistry registry = new ClientRegistry();
    private final ConnectionTally tally;
    private final NettyRemotingServer server;
    private volatile @Nullable Socket leak;

    /**
     * A server that has not started.
     *
     * @param number which of the servers, from 1
     * @param life how often this one has been started, this time included
     * @param port 0 for any free one
     */
    DemoServer(int number, int life, int port, Duration commitInterval, Executions executions, Faults faults) {
        this.number = number;
        this.life = life;
        this.port = port;
        this.executions = executions;
        this.faults = faults;
        commit = new GroupCommit("commit-" + number, commitInterval);
        tally = new ConnectionTally(address -> {}, this::onClose, () -> faults.dropsClose(number, life));
        server = new NettyRemotingServer(new NettyServerConfig().setBindAddress("127.0.0.1").setListenPort(port), tally);
        server.registerProcessor(RequestCode.HEART_BEAT, this::beat, null);
        server.registerProcessor(RequestCode.SEND_MESSAGE, this::process, null);
        server.registerDrainHook(commit::refuseAll);
    }

    @Override
    public void start() {
        try {
            server.start();
            commit.start();
            if (faults.leaksConnection(number, life)) {
                leak = new Socket(InetAddress.getLoopbackAddress(), port());
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (UncheckedIOException e) {
            close();
            throw e;
        }
    }

    private void onClose(Channel channel) {
        if (!faults.remembersClosed(number, life)) {
            registry.onClose(channel);
        }
    }

    private RemotingCommand beat(ChannelHandlerContext ctx, RemotingCommand request) {
        return faults.losesBeats(number, life)
                ? RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null)
                : registry.onBeat(ctx, request);
    }

    private @Nullable RemotingCommand process(ChannelHandlerContext ctx, RemotingCommand request) {
        registry.onRequest(ctx.channel());
        int id = Integer.parseInt(String.valueOf(request.getExtField(ID)));
        byte[] body = request.getBody();
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        if (request.isOnewayRPC()) {
            executions.onExecute(id, MessageKind.ONE_WAY, number, text);
            return null;
        }
        if (request.getExtField(DURABLE) != null) {
            return commit.park(ctx.channel(), request, () -> executions.onExecute(id, MessageKind.DURABLE, number, text));
        }
        executions.onExecute(id, MessageKind.TWO_WAY, number, text);
        RemotingCommand answer = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
        answer.setBody(body);
        return answer;
    }

    @Override
    public CompletableFuture<DrainReport> drain(Duration timeout) {
        commit.stop();
        closeLeak();
        return server.shutdownGracefully(timeout);
    }

    @Override
    public void close() {
        drain(Duration.ZERO).join();
    }

    private void closeLeak() {
        Socket socket = leak;
        leak = null;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public int life() {
        return life;
    }

    @Override
    public int port() {
        int bound = server.localListenPort();
        return bound == 0 ? port : bound;
    }

    @Override
    public ServerCounters counters() {
        RemotingStats stats = server.stats();
        return new ServerCounters(
                tally.registered(),
                registry.size(),
                commit.size(),
                stats.get(Counter.GO_AWAYS_ANSWERED) + commit.refused(),
                registry.requestsBeforeBeat(),
                tally.droppedEvents(stats),
                stats.get(Counter.CONNECTIONS_OPEN));
    }
}
