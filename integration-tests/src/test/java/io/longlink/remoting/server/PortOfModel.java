package io.longlink.remoting.server;

import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainOrder;
import io.longlink.remoting.internal.EndpointSettings;
import io.netty.util.concurrent.Ticker;

/** The connections of a server's port, for a model that is not in their package. */
public final class PortOfModel {
    private final ConnectionRegistry registry = new ConnectionRegistry(new ConnectionLimit(0, Ticker.systemTicker()));

    /** What the server's endpoint is made with. */
    public static EndpointSettings endpointSettings(NettyServerConfig config) {
        return config.snapshot().endpoint();
    }

    public ConnectionOwner owner() {
        return registry;
    }

    public long open() {
        return registry.open().get();
    }

    public void drain(DrainOrder order) {
        registry.drain(order);
    }

    public void force() {
        registry.force();
    }

    public void closeAll() {
        registry.closeAll();
    }
}
