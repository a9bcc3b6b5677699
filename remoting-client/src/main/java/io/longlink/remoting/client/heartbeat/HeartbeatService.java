package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.RemotingClient;
import io.longlink.remoting.client.SessionRestorer;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells brokers that this client is there: every interval all of them, and on a new connection at once; then lets the user rebalance.
 * Thread-safe; nothing here blocks an event thread.
 *
 * <pre>{@code
 * BrokerAddressTable brokers = new BrokerAddressTable();
 * HeartbeatService heartbeats = new HeartbeatService(brokers, new RocketMqHeartbeatSender(() -> data),
 *         new HeartbeatConfig().setRebalancer(consumer::rebalance, executor));
 * NettyRemotingClient client = new NettyRemotingClient(
 *         new NettyClientConfig().setSessionRestorer(heartbeats.asSessionRestorer()),   // optional
 *         heartbeats);
 * client.start();
 * heartbeats.start(client);
 * brokers.put("broker-a", BrokerAddressTable.MASTER_ID, "10.0.0.1:10911");
 * }</pre>
 *
 * <p>It has to be the client's {@link ChannelEventListener}: on ACTIVE it beats the broker behind that connection, which it knows by the
 * address, resolved, not by its text. After the first beat that the broker accepts on a new connection it calls the {@link Rebalancer}. As
 * the client's {@link SessionRestorer} it beats before anybody's traffic, a beat that fails is a failed attempt to connect, and ACTIVE does
 * not send another one; connections to addresses that are no brokers pass without a beat.
 *
 * <p>A broker without a connection is beaten by its address in the table, which makes the client connect. At an address one beat is under
 * way at a time; the next round skips it. When ACTIVE events are dropped because the listener is too slow, the next round takes their
 * place, without the rebalance.
 */
public final class HeartbeatService implements ChannelEventListener {
    private final BrokerAddressTable table;
    private final ChannelEventListener listener;
    private final BeatThread thread;
    private final Beats beats;
    private final long timeoutMillis;
    private final Runnable onTableChange;

    /** Guards starting and ending; nothing of the user's runs under it. */
    private final Object lock = new Object();

    private @Nullable RemotingClient client;
    private boolean ended;

    /** A service that does not send by itself before {@link #start}, though its session restorer works. */
    public HeartbeatService(BrokerAddressTable table, HeartbeatSender sender, HeartbeatConfig config) {
        this(table, sender, config, new OwnBeatThread(), InetAddress::getAllByName);
    }

    HeartbeatService(
            BrokerAddressTable table, HeartbeatSender sender, HeartbeatConfig config, BeatThread thread, NameLookups.Resolver resolver) {
        this.table = Objects.requireNonNull(table, "table");
        HeartbeatConfig settings = config.copy();
        this.listener = settings.listener();
        this.timeoutMillis = settings.timeoutMillis();
        this.thread = thread;
        this.beats = new Beats(table, Objects.requireNonNull(sender, "sender"), settings, thread, resolver);
        this.onTableChange = () -> thread.execute(beats::onTableChange);
        table.addChangeListener(onTableChange);
    }

    /**
     * Begins to beat through a client: all brokers now, and every interval. Doing it again changes nothing.
     *
     * @throws IllegalStateException after {@link #shutdown}, or if it was started with another client
     */
    public void start(RemotingClient remotingClient) {
        Objects.requireNonNull(remotingClient, "remotingClient");
        synchronized (lock) {
            if (ended || (client != null && client != remotingClient)) {
                throw new IllegalStateException(ended ? "the heartbeats have ended" : "started already, with another client");
            }
            if (client == remotingClient) {
                return;
            }
            client = remotingClient;
        }
        thread.execute(() -> beats.onStart(address -> new Targets.OfClient(remotingClient, address, timeoutMillis)));
    }

    /**
     * Ends the beats and the thread; the client goes on, its new connections, and those that are just being restored, pass without a beat.
     * Beats under way are not awaited. Blocks for 1 s at most. Doing it again changes nothing.
     */
    public void shutdown() {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
        }
        table.removeChangeListener(onTableChange);
        thread.shutdown();
        beats.onThreadEnd();
    }

    /** Beats every broker now, for example because what the heartbeat says has changed; skips those that are being beaten. Never blocks. */
    public void beatNow() {
        thread.execute(beats::beatEveryBroker);
    }

    /** The restorer for {@link io.longlink.remoting.client.NettyClientConfig#setSessionRestorer}: the beat precedes traffic. */
    public SessionRestorer asSessionRestorer() {
        return beats::restore;
    }

    /**
     * Addresses of brokers that were connected and have no connection at the moment. One whose connection was retired is not among them as
     * soon as, and as long as, another one is active. A snapshot.
     */
    public Set<String> lostAddresses() {
        return beats.lost();
    }

    /** Beats that were begun. */
    public long beatsSent() {
        return beats.beatsSent();
    }

    /** Beats that no broker accepted, or not in time. */
    public long beatsFailed() {
        return beats.beatsFailed();
    }

    /** Calls of the rebalancer. */
    public long rebalances() {
        return beats.rebalances();
    }

    @Override
    public void onChannelConnect(String remoteAddr, Channel channel) {
        listener.onChannelConnect(remoteAddr, channel);
    }

    @Override
    public void onChannelActive(String remoteAddr, Channel channel) {
        thread.execute(() -> beats.onActive(remoteAddr, channel));
        listener.onChannelActive(remoteAddr, channel);
    }

    @Override
    public void onChannelIdle(String remoteAddr, Channel channel) {
        listener.onChannelIdle(remoteAddr, channel);
    }

    @Override
    public void onChannelException(String remoteAddr, @Nullable Channel channel) {
        listener.onChannelException(remoteAddr, channel);
    }

    @Override
    public void onChannelClose(String remoteAddr, Channel channel) {
        thread.execute(() -> beats.onClose(remoteAddr, channel));
        listener.onChannelClose(remoteAddr, channel);
    }
}
