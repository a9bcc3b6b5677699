package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.CALL_MILLIS;
import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RemotingServer;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.heartbeat.BrokerAddressTable;
import io.longlink.remoting.client.heartbeat.HeartbeatConfig;
import io.longlink.remoting.client.heartbeat.HeartbeatData;
import io.longlink.remoting.client.heartbeat.HeartbeatService;
import io.longlink.remoting.client.heartbeat.ProducerData;
import io.longlink.remoting.client.heartbeat.RocketMqHeartbeatSender;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RemotingSerializable;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Heartbeats and rebalance on real connections (DESIGN 5). */
@ExtendWith(LeakGuard.class)
class HeartbeatTest {
    private static final int ASK = 7;
    private static final int BEAT = 34;
    private static final long NEVER_MILLIS = 600_000;

    @RegisterExtension
    final Services services = new Services();

    private final BrokerAddressTable table = new BrokerAddressTable();
    private final EventLog events = new EventLog();
    private final AtomicInteger rebalances = new AtomicInteger();
    private final List<HeartbeatService> started = new ArrayList<>();
    private final Broker broker = new Broker();

    /** What brokers know: who has beaten, and on which connection. */
    private static final class Broker {
        private static final AttributeKey<Boolean> KNOWN = AttributeKey.valueOf("HeartbeatTest.known");
        private static final AttributeKey<Boolean> ASKED = AttributeKey.valueOf("HeartbeatTest.asked");

        final Queue<Long> beatNanos = new ConcurrentLinkedQueue<>();
        final Queue<String> clients = new ConcurrentLinkedQueue<>();
        final AtomicInteger askedBeforeTheBeat = new AtomicInteger();
        final AtomicInteger connectionsAsked = new AtomicInteger();

        NettyRequestProcessor beat() {
            return (ctx, request) -> {
                ctx.channel().attr(KNOWN).set(true);
                beatNanos.add(System.nanoTime());
                clients.add(RemotingSerializable.decode(request.getBody(), HeartbeatData.class).getClientID());
                return RemotingCommand.createResponseCommand(0, null);
            };
        }

        /** Notes a request. */
        void onAsked(Channel channel) {
            if (channel.attr(KNOWN).get() == null) {
                askedBeforeTheBeat.incrementAndGet();
            }
            if (channel.attr(ASKED).getAndSet(true) == null) {
                connectionsAsked.incrementAndGet();
            }
        }

        NettyRequestProcessor ask() {
            return (ctx, request) -> {
                onAsked(ctx.channel());
                return Services.response(Services.text(request));
            };
        }
    }

    @AfterEach
    void endHeartbeats() {
        started.forEach(HeartbeatService::shutdown);
    }

    private HeartbeatService heartbeats(long intervalMillis) {
        HeartbeatData data = new HeartbeatData("the client");
        data.getProducerDataSet().add(new ProducerData("PG"));
        HeartbeatService heartbeats = new HeartbeatService(
                table,
                new RocketMqHeartbeatSender(() -> data),
                new HeartbeatConfig()
                        .setIntervalMillis(intervalMillis)
                        .setTimeoutMillis(20_000)
                        .setRebalancer(rebalances::incrementAndGet, services.executor(1))
                        .setListener(events));
        started.add(heartbeats);
        return heartbeats;
    }

    private NettyRemotingClient client(HeartbeatService heartbeats, NettyClientConfig config) {
        NettyRemotingClient client = services.client(config, heartbeats);
        heartbeats.start(client);
        return client;
    }

    private NettyRemotingServer server(int port) {
        NettyRemotingServer server = services.server(Services.serverConfig().setListenPort(port));
        server.registerProcessor(BEAT, broker.beat(), null);
        server.registerProcessor(ASK, broker.ask(), null);
        return server;
    }

    private String ask(NettyRemotingClient client, String address) throws Exception {
        return Services.text(get(client.invoke(address, Services.request(ASK, "a"), CALL_MILLIS)));
    }

    @Test
    void active_newConnection_isBeatenAtOnce_andRebalancedOnceEach() throws Exception {
        NettyRemotingServer server = server(0);
        String address = address(server);
        table.put("a", BrokerAddressTable.MASTER_ID, address);
        HeartbeatService heartbeats = heartbeats(NEVER_MILLIS);
        NettyRemotingClient client = client(heartbeats, Services.clientConfig());
        eventually().until(() -> rebalances.get() == 1);
        // The round at the start made the first connection; it may have got another beat when it became active.
        long before = heartbeats.beatsSent();

        for (int restart = 1; restart <= 3; restart++) {
            get(server.shutdownGracefully(Duration.ofSeconds(8)));
            server = server(server.localListenPort());
            int expected = 1 + restart;
            eventually().until(() -> rebalances.get() == expected);
            assertEquals(before + restart, broker.beatNanos.size());
            assertEquals("the client", List.copyOf(broker.clients).get(restart));
        }
        client.shutdown();

        assertEquals(4, heartbeats.rebalances());
        assertEquals(before + 3, heartbeats.beatsSent());
        assertEquals(0, heartbeats.beatsFailed());
        assertEquals(4, client.stats().get(Counter.CONNECTIONS_OPENED));
        assertEquals(4, events.count(EventLog.Kind.ACTIVE), "the listener behind the service hears all");
        assertEquals(4, events.count(EventLog.Kind.CLOSE));
        eventually().until(() -> heartbeats.lostAddresses().equals(Set.of(address)));
    }

    @Test
    void start_behindTheFirstConnection_beatsAndRebalancesIt() throws Exception {
        String address = address(server(0));
        table.put("a", BrokerAddressTable.MASTER_ID, address);
        HeartbeatService heartbeats = heartbeats(NEVER_MILLIS);
        NettyRemotingClient client = services.client(Services.clientConfig(), heartbeats);
        assertEquals("a", ask(client, address));
        assertEquals(1, broker.askedBeforeTheBeat.get(), "nobody beats yet");

        heartbeats.start(client);
        eventually().until(() -> rebalances.get() == 1);
        assertEquals(1, heartbeats.rebalances());
    }

    @Test
    void rounds_keepTheirInterval_andMakeTheConnectionThemselves() throws Exception {
        NettyRemotingServer server = server(0);
        table.put("a", BrokerAddressTable.MASTER_ID, address(server));
        long began = System.nanoTime();
        client(heartbeats(100), Services.clientConfig());

        eventually().until(() -> broker.beatNanos.size() >= 6);
        List<Long> beats = List.copyOf(broker.beatNanos);
        // At the most one more than rounds: the first connection may have got one of its own.
        long sixthAfterMillis = Duration.ofNanos(beats.get(5) - began).toMillis();
        assertTrue(sixthAfterMillis >= 4 * 100, () -> "sixth beat after " + sixthAfterMillis + " ms");
        assertEquals(1, rebalances.get());
        assertEquals(1, server.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void connection_underAnotherNameThanTheTables_isKnownByItsAddress() throws Exception {
        NettyRemotingServer server = server(0);
        String host = Arrays.stream(InetAddress.getAllByName("localhost")).anyMatch(a -> a.getHostAddress().equals("127.0.0.1"))
                ? "localhost"
                : "127.0.0.1";
        HeartbeatService heartbeats = heartbeats(NEVER_MILLIS);
        // Not started: its round would make the connection that the table's text asks for.
        NettyRemotingClient client =
                services.client(Services.clientConfig().setSessionRestorer(heartbeats.asSessionRestorer()), heartbeats);
        table.put("a", BrokerAddressTable.MASTER_ID, host + ':' + server.localListenPort());
        assertEquals("a", ask(client, address(server)));

        assertEquals(0, broker.askedBeforeTheBeat.get());
        eventually().until(() -> rebalances.get() == 1);
        assertEquals(1, heartbeats.beatsSent());
        assertEquals(1, server.stats().get(Counter.CONNECTIONS_OPENED));
    }

    @Test
    void restorer_brokerThatAnswersTheBeatWithAnError_isAFailedAttempt() throws Exception {
        ScriptedPeer peer = services.peer();
        HeartbeatService heartbeats = heartbeats(NEVER_MILLIS);
        NettyRemotingClient client =
                services.client(Services.clientConfig().setSessionRestorer(heartbeats.asSessionRestorer()), heartbeats);
        table.put("a", BrokerAddressTable.MASTER_ID, address(peer.port()));
        CompletableFuture<RemotingCommand> call = client.invoke(address(peer.port()), Services.request(ASK, "a"), CALL_MILLIS);

        ScriptedPeer.Connection connection = Scripts.acceptReady(peer);
        Frame beat = connection.receive();
        assertEquals(BEAT, beat.code());
        assertFalse(beat.isOneway());
        assertEquals(
                "{\"clientID\":\"the client\",\"consumerDataSet\":[],\"heartbeatFingerprint\":0,"
                        + "\"producerDataSet\":[{\"groupName\":\"PG\"}],\"withoutSub\":false}",
                Scripts.text(beat));
        connection.send(Frame.response(beat, 1).withRemark("not you"));
        connection.expectEndOfStream();

        assertInstanceOf(RemotingConnectException.class, failure(Outcome.NOT_SENT, call));
        assertEquals(1, heartbeats.beatsFailed());
        assertEquals(0, events.count(EventLog.Kind.ACTIVE));
        assertEquals(0, rebalances.get());
    }

    /**
     * Every connection is refused the requests that it brings, so that the client moves on, over and over. Many addresses at a time, because
     * each move takes its random tenth of a second.
     */
    @Test
    @Timeout(60)
    void restorer_tenThousandReconnects_noRequestIsSeenBeforeTheBeat() throws Exception {
        int addresses = 125;
        int reconnects = 80;
        NettyRemotingServer parent = services.server();
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        HeartbeatService heartbeats = heartbeats(NEVER_MILLIS);
        // Not started: this is about what precedes traffic, and rounds would add beats.
        NettyRemotingClient client =
                // On a busy machine one of ten thousand may wait long for its thread; a beat that is lost still fails the test.
                services.client(
                        Services.clientConfig().setConnectTimeoutMillis(30_000).setSessionRestorer(heartbeats.asSessionRestorer()),
                        heartbeats);
        for (int i = 0; i < addresses; i++) {
            RemotingServer server = services.ended(parent.newRemotingServer(0));
            AtomicInteger connections = new AtomicInteger();
            Map<Channel, Integer> numbers = new ConcurrentHashMap<>();
            server.registerProcessor(BEAT, broker.beat(), null);
            server.registerProcessor(ASK, (ctx, request) -> {
                broker.onAsked(ctx.channel());
                // Both requests of a connection must see the same number, and they are processed at the same time.
                int connection = numbers.computeIfAbsent(ctx.channel(), first -> connections.incrementAndGet());
                return connection <= reconnects
                        ? RemotingCommand.createResponseCommand(Scripts.GO_AWAY, "please go away")
                        : Services.response(Services.text(request));
            }, null);
            server.start();
            table.put("broker " + i, BrokerAddressTable.MASTER_ID, address(server.localListenPort()));
        }
        for (String address : table.addresses()) {
            for (int i = 0; i < 2; i++) {
                calls.add(client.invoke(address, Services.request(ASK, "id " + calls.size()), 50_000));
            }
        }
        for (int i = 0; i < calls.size(); i++) {
            assertEquals("id " + i, Services.text(calls.get(i).get()));
        }

        assertEquals(addresses * (reconnects + 1), broker.connectionsAsked.get());
        assertEquals(0, broker.askedBeforeTheBeat.get());
        int connections = addresses * (reconnects + 1);
        eventually().until(() -> rebalances.get() == connections);
        assertEquals(connections, broker.beatNanos.size(), "one beat for each connection, ACTIVE sends no second one");
        assertEquals(connections, heartbeats.beatsSent());
        assertEquals(0, heartbeats.beatsFailed());
        assertEquals(connections, heartbeats.rebalances());
    }
}
