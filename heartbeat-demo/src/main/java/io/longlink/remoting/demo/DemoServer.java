package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
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
 * One life of one broker-like server: it executes messages, which here means that it writes them into the ledger, and knows its clients.
 * Its replacement on the same port is another object. Thread-safe.
 *
 * <p>What a restart can hurt is what has not been answered yet. Plain messages are executed and answered within microseconds, so an
 * announcement hardly ever finds one. Brokers have others: messages that wait for a disk or a slave. Here those are the durable ones,
 * parked in a {@link GroupCommit}; what the next commit has not taken when the drain begins is answered with GO_AWAY by a drain hook,
 * and its clients send it again to the replacement.
 */
final class DemoServer implements AutoCloseable {
    /** The id of a message, a decimal number. */
    static final String ID = "id";

    /** Present if the message is to be parked until the next commit. */
    static final String DURABLE = "durable";

    private final int number;
    private final int life;
    private final Ledger ledger;
    private final Faults faults;
    private final GroupCommit commit;
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
    DemoServer(int number, int life, int port, Duration commitInterval, Ledger ledger, Faults faults) {
        this.number = number;
        this.life = life;
        this.ledger = ledger;
        this.faults = faults;
        commit = new GroupCommit("commit-" + number, commitInterval);
        tally = new ConnectionTally(address -> {}, () -> faults.dropsClose(number, life));
        server = new NettyRemotingServer(new NettyServerConfig().setBindAddress("127.0.0.1").setListenPort(port), tally);
        server.registerProcessor(RequestCode.SEND_MESSAGE, this::process, null);
        server.registerDrainHook(commit::refuseAll);
    }

    /**
     * Starts to listen and to commit.
     *
     * @throws UncheckedIOException if the port is taken; this object is closed then
     */
    void start() {
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

    private @Nullable RemotingCommand process(ChannelHandlerContext ctx, RemotingCommand request) {
        int id = Integer.parseInt(String.valueOf(request.getExtField(ID)));
        byte[] body = request.getBody();
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
        if (request.isOnewayRPC()) {
            if (!faults.losesOneway(id)) {
                execute(id, MessageKind.ONE_WAY, text);
            }
            return null;
        }
        if (request.getExtField(DURABLE) != null) {
            return commit.park(ctx.channel(), request, () -> execute(id, MessageKind.DURABLE, text));
        }
        execute(id, MessageKind.TWO_WAY, text);
        RemotingCommand answer = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
        answer.setBody(body);
        return answer;
    }

    private void execute(int id, MessageKind kind, String text) {
        ledger.onExecute(id, kind, number, text);
        if (faults.executesTwice(id)) {
            ledger.onExecute(id, kind, number, text);
        }
    }

    /**
     * Begins to leave: no commit begins any more, and the drain hook refuses what waits for one. The port is free when this returns.
     *
     * @return completes when nothing of it runs any more
     */
    CompletableFuture<DrainReport> drain(Duration timeout) {
        commit.stop();
        closeLeak();
        return server.shutdownGracefully(timeout);
    }

    /** Ends at once, whatever it is doing. */
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

    /** Which of the servers, from 1. */
    int number() {
        return number;
    }

    /** How often this one has been started. */
    int life() {
        return life;
    }

    /** The port it listens on or has listened on. */
    int port() {
        return server.localListenPort();
    }

    /** How clients call it. */
    String address() {
        return "127.0.0.1:" + port();
    }

    /** Durable messages that wait for the next commit. */
    int parked() {
        return commit.size();
    }

    /** Clients that are connected, as far as its listener heard. */
    int clients() {
        return tally.registered();
    }

    /** Two-way messages answered with GO_AWAY, by the library's gate or by the commit. */
    long refused() {
        return server.stats().get(Counter.GO_AWAYS_ANSWERED) + commit.refused();
    }

    /** Events its listener did not hear; to be asked when it has ended. */
    long droppedEvents() {
        return tally.droppedEvents(server.stats());
    }

    /** The library's counters. */
    RemotingStats stats() {
        return server.stats();
    }
}
