package io.longlink.remoting.netty;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to one connection.
 *
 * @param type what happened
 * @param remoteAddr the peer, {@code host:port}
 * @param channel the connection; {@code null} only for an EXCEPTION that is a failed attempt or an address given up
 */
public record NettyEvent(NettyEventType type, String remoteAddr, @Nullable Channel channel) {

    /** Checks that only an EXCEPTION comes without a connection. */
    public NettyEvent {
        if (channel == null && type != NettyEventType.EXCEPTION) {
            throw new IllegalArgumentException(type + " without a channel");
        }
    }
}
