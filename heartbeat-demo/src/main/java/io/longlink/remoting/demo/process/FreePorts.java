package io.longlink.remoting.demo.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that go away and come back. They lie below those that systems hand out, so that nobody is given one meanwhile, least
 * of all a client that tries to connect to it. Stateless.
 */
public final class FreePorts {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 31_000;

    private FreePorts() {}

    /**
     * Ports on which nobody listens at this moment. Unmodifiable.
     *
     * @throws IllegalStateException if there are not so many
     */
    public static List<Integer> find(int count) {
        List<Integer> free = new ArrayList<>();
        int range = HIGHEST - LOWEST;
        int from = ThreadLocalRandom.current().nextInt(range);
        for (int i = 0; i < range && free.size() < count; i++) {
            int port = LOWEST + (from + i) % range;
            if (canListen(LOOPBACK, port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new IllegalStateException("only " + free.size() + " of " + count + " ports are free");
        }
        return List.copyOf(free);
    }

    /** Whether this machine has the address, and nobody listens on that port of it. */
    public static boolean canListen(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
