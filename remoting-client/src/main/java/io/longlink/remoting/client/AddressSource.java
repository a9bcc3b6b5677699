package io.longlink.remoting.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells the name-server list of a client ({@link NettyClientConfig#setAddressSource}). Asked when the client starts, whenever a
 * connection to any address is lost, told to go away, or cannot be made in the first place, and every two minutes; never twice at a time,
 * and never sooner than a second after the last time: what falls into that second is one question at its end.
 *
 * <p>A failed stage, an exception, an empty list, something that is no address, or no answer within 10 s is a failure: the last good answer
 * stays in use, and the source is asked again after 1 s, then 2, 4 and so on up to 30 s.
 */
@FunctionalInterface
public interface AddressSource {

    /**
     * The addresses, {@code host:port} each. Called on the small executor that also looks names up, never on an event loop: it may block
     * for a moment; what takes long should complete the stage later.
     */
    CompletionStage<List<String>> addresses();

    /** Always these. */
    static AddressSource of(List<String> addresses) {
        List<String> copy = List.copyOf(addresses);
        return () -> CompletableFuture.completedFuture(copy);
    }

    /** All IP addresses of a name, with this port. How long answers are cached is a setting of the JVM (networkaddress.cache.ttl). */
    static AddressSource dns(String host, int port) {
        return () -> {
            try {
                List<String> all = Arrays.stream(InetAddress.getAllByName(host))
                        .map(ip -> NetUtil.toSocketAddressString(new InetSocketAddress(ip, port)))
                        .distinct()
                        .toList();
                return CompletableFuture.completedFuture(all);
            } catch (UnknownHostException e) {
                return CompletableFuture.failedFuture(e);
            }
        };
    }
}
