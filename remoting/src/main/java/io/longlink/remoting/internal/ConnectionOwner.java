package io.longlink.remoting.internal;

import org.jspecify.annotations.Nullable;

/**
 * Whoever keeps a connection: a client's address slot, a server's registry. All methods on the connection's event loop, each at most once
 * per connection except {@link #onWritable}; they must not block.
 */
public interface ConnectionOwner {

    /** Established; nothing was sent or received yet. */
    void onConnected(Connection connection);

    /**
     * Takes no new requests any more. Called after the connection's state has changed and before anything that waits on it is told, so
     * that whoever is told finds the owner without it.
     *
     * @param goAway what the peer announced, or {@code null} if the connection was lost
     */
    default void onUnusable(Connection connection, @Nullable GoAwayNotice goAway) {}

    /**
     * The peer is to go away: it is told now, or, if it does not know the announcement, with its next request. On a server only; before
     * anything of it is written.
     */
    default void onRetired(Connection connection) {}

    /** By how much to lengthen the time between PINGs to this peer: 1, or more after it found them too many. */
    default int pingStretch() {
        return 1;
    }

    /** Its buffer takes more again. */
    default void onWritable(Connection connection) {}

    /** Ended. Comes last, also when {@link #onConnected} did not come. */
    void onClosed(Connection connection);
}
