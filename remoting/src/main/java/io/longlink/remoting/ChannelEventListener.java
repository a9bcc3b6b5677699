package io.longlink.remoting;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Hears of connections, with the same contract on both sides. Called by one thread, in order per connection: CONNECT, then ACTIVE, then
 * any number of IDLE and EXCEPTION, then exactly one CLOSE, whoever closed.
 *
 * <p>Events other than CLOSE may be dropped when a listener is slower than the connections (they are counted); CLOSE never is, and it is
 * told even if its CONNECT was dropped. What a listener throws is logged and changes nothing. A slow listener delays all events, so hand
 * long work to an executor.
 */
public interface ChannelEventListener {

    /** The connection is established; on a client HELLO and session restoring are still to come. Once per connection. */
    default void onChannelConnect(String remoteAddr, Channel channel) {}

    /** The connection is ready for traffic. At most once per connection. */
    default void onChannelActive(String remoteAddr, Channel channel) {}

    /** The connection was silent for too long; its CLOSE follows. */
    default void onChannelIdle(String remoteAddr, Channel channel) {}

    /**
     * Something went wrong on the connection, or an attempt to connect failed, or a client's reconnect policy gave the address up: one more
     * behind that of the last attempt, and no others follow until somebody calls the address.
     *
     * @param channel {@code null} if no connection came about, or the address was given up
     */
    default void onChannelException(String remoteAddr, @Nullable Channel channel) {}

    /** The connection ended. Once per connection. */
    default void onChannelClose(String remoteAddr, Channel channel) {}
}
