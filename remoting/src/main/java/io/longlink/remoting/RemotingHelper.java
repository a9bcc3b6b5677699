package io.longlink.remoting;

import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Address texts and what they mean: {@code host:port}, {@code 10.0.0.1:10911}, {@code [::1]:10911}. Stateless. */
public final class RemotingHelper {

    private RemotingHelper() {}

    /**
     * Parses an address without looking its name up.
     *
     * @return unresolved if the host is a name, resolved if it is an IP address
     * @throws IllegalArgumentException if it is not {@code host:port} with a port from 1 to 65535
     */
    public static InetSocketAddress string2SocketAddress(String addr) {
        int colon = addr.lastIndexOf(':');
        if (colon <= 0 || colon == addr.length() - 1) {
            throw new IllegalArgumentException("address must be host:port or [ipv6]:port: '" + addr + "'");
        }
        String host = addr.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address needs brackets, [" + host + "]:port: '" + addr + "'");
        }
        int port;
        try {
            port = Integer.parseInt(addr.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port is no number: '" + addr + "'", e);
        }
        if (port < 1 || port > 65535 || host.isBlank()) {
            throw new IllegalArgumentException("host missing or port outside 1 to 65535: '" + addr + "'");
        }
        if (NetUtil.createByteArrayFromIpAddressString(host) != null) {
            return new InetSocketAddress(host, port);
        }
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** The address text of the peer, or {@code ""} if the channel never was connected. */
    public static String parseChannelRemoteAddr(Channel channel) {
        return parseSocketAddress(channel.remoteAddress());
    }

    /** The address text of our end, or {@code ""} if the channel is not bound. */
    public static String parseChannelLocalAddr(Channel channel) {
        return parseSocketAddress(channel.localAddress());
    }

    private static String parseSocketAddress(@Nullable SocketAddress address) {
        if (address == null) {
            return "";
        }
        return address instanceof InetSocketAddress inet ? NetUtil.toSocketAddressString(inet) : address.toString();
    }
}
