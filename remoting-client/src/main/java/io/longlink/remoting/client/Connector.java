package io.longlink.remoting.client;

import io.longlink.remoting.internal.ConnectionOwner;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** Finds addresses and opens connections to them. Thread-safe. */
interface Connector {

    /**
     * Looks a name up, anew each time unless that is being done just now, and never on an event loop; an IP address needs no looking up and
     * completes at once.
     */
    CompletableFuture<InetSocketAddress> resolve(String address);

    /**
     * Connects on the given event loop, where the owner then hears of the connection.
     *
     * @param address how the peer is called in messages and events
     */
    ChannelFuture connect(InetSocketAddress to, int timeoutMillis, String address, EventLoop loop, ConnectionOwner owner);
}
