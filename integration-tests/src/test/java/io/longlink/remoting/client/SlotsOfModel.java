package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.EndpointSettings;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A client's address slots, for a model that is not in their package. */
public final class SlotsOfModel {

    /** Connects when the model wants to. */
    public interface Network {
        ChannelFuture connect(String address, ConnectionOwner owner);
    }

    private final RemotingEndpoint endpoint;
    private final ChannelTable table;

    public SlotsOfModel(EventLoop loop, NettyClientConfig config, RemotingEndpoint endpoint, RandomGenerator random, Network network) {
        this.endpoint = endpoint;
        Connector connector = new Connector() {
            @Override
            public CompletableFuture<InetSocketAddress> resolve(String address) {
                return CompletableFuture.completedFuture(InetSocketAddress.createUnresolved("peer", 1));
            }

            @Override
            public ChannelFuture connect(InetSocketAddress to, int timeoutMillis, String address, EventLoop on, ConnectionOwner owner) {
                return network.connect(address, owner);
            }
        };
        table = new ChannelTable(loop, endpoint, connector, config.snapshot(), random, new ChannelTable.Listener() {
            @Override
            public void onState(String address, AddressState before, AddressState after) {}

            @Override
            public void onLost(String address) {}
        });
    }

    /** What the client's endpoint is made with. */
    public static EndpointSettings endpointSettings(NettyClientConfig config) {
        return config.snapshot().endpoint();
    }

    public void list(String address) {
        table.list(Set.of(address));
    }

    public void submit(String address, RemotingCommand request, long deadlineNanos, ReplyListener caller) {
        table.get(address).submit(new ClientInvocation(endpoint.counters(), request, deadlineNanos, caller, null));
    }

    public void submitOneway(String address, RemotingCommand request, long deadlineNanos, WriteListener caller) {
        request.markOnewayRPC();
        table.get(address).submit(new ClientOneway(request, deadlineNanos, caller, null));
    }

    public AddressState state(String address) {
        return table.state(address);
    }

    public long openConnections() {
        return table.openConnections().get();
    }

    public void shutdown(DrainTally tally, long graceMillis) {
        table.shutdown(tally, graceMillis);
    }

    public void end(boolean orderly) {
        table.end(orderly);
    }
}
