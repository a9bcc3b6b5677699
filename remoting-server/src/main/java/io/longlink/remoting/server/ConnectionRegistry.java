package io.longlink.remoting.server;

import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainOrder;
import io.longlink.remoting.internal.InUseCount;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The connections of one listening port, and the drain they are all under, if there is one. Thread-safe. */
final class ConnectionRegistry implements ConnectionOwner {
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final InUseCount open = new InUseCount();
    private final ConnectionLimit limit;
    private volatile @Nullable DrainOrder order;

    ConnectionRegistry(ConnectionLimit limit) {
        this.limit = limit;
    }

    /** How many there may be. */
    ConnectionLimit limit() {
        return limit;
    }

    @Override
    public void onConnected(Connection connection) {
        open.begin();
        connections.add(connection);
        // Read after the add: whoever set the order either sees this connection or is seen here. Being told twice changes nothing.
        DrainOrder now = order;
        if (now != null) {
            connection.drain(now);
        }
    }

    @Override
    public void onRetired(Connection connection) {
        limit.leave(connection.channel());
    }

    @Override
    public void onClosed(Connection connection) {
        if (connections.remove(connection)) {
            open.end();
        }
    }

    InUseCount open() {
        return open;
    }

    /** Drains all connections, and those that are still to come before their first frame. The first order stays. */
    void drain(DrainOrder newOrder) {
        if (order == null) {
            order = newOrder;
        }
        connections.forEach(connection -> connection.drain(newOrder));
    }

    /** Ends all connections within the two seconds that an orderly end takes. */
    void force() {
        connections.forEach(Connection::force);
    }

    /** Closes what is left. */
    void closeAll() {
        connections.forEach(connection -> connection.close(null));
    }
}
