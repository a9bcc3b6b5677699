package io.longlink.remoting.demo.crowd;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How many connections, and between whom. A client keeps one connection to an address and a few threads, so that a connection each for ten
 * thousand clients of their own would be ten thousand times a few threads; instead the server listens on many ports and each client
 * connects to all of them. More addresses of the loopback interface would do as well, but only some systems have them.
 *
 * @param connections all of them
 * @param ports on which the server listens, and so the connections of one client
 */
record Crowd(int connections, List<Integer> ports) {
    static final int MAX_CONNECTIONS = 40_000;

    private static final int PORTS = 200;

    /** Below those that systems hand out, so that nobody is given one while the server is away. */
    private static final int LOWEST_PORT = 12_000;

    private static final int HIGHEST_PORT = 31_000;

    /** Files that a JVM has open anyway: its own, listening sockets, three for each event loop. */
    private static final int OTHER_FILES = 1_000;

    /**
     * Finds ports.
     *
     * @throws IllegalArgumentException if the number makes no sense, or is more than this machine lets a process have
     */
    static Crowd of(int connections) {
        checkNumber(connections, mostFiles());
        return new Crowd(connections, freePorts(Math.min(PORTS, connections)));
    }

    /** @param mostFiles what a process may have open */
    static void checkNumber(int connections, long mostFiles) {
        if (connections < 1 || connections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException("--connections must be from 1 to " + MAX_CONNECTIONS + ": " + connections);
        }
        if (connections + OTHER_FILES > mostFiles) {
            throw new IllegalArgumentException(String.format(
                    "%d connections need %d open files in one process, and here a process may have %d: "
                            + "raise the limit (ulimit -n) or take fewer (--connections %d)",
                    connections, connections + OTHER_FILES, mostFiles, Math.max(1, mostFiles - OTHER_FILES)));
        }
    }

    /** Systems without such a limit have no such number. */
    private static long mostFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    private static List<Integer> freePorts(int count) {
        List<Integer> free = new ArrayList<>();
        int from = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
        for (int i = 0; i < HIGHEST_PORT - LOWEST_PORT && free.size() < count; i++) {
            int port = LOWEST_PORT + (from - LOWEST_PORT + i) % (HIGHEST_PORT - LOWEST_PORT);
            if (isFree(port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new IllegalStateException("only " + free.size() + " free ports of " + count);
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int clients() {
        return (connections + ports.size() - 1) / ports.size();
    }

    /** The ports that a client connects to: all of them, but for the last client if the numbers do not divide. */
    List<Integer> portsOf(int client) {
        return ports.subList(0, Math.min(ports.size(), connections - client * ports.size()));
    }

    /** As one word for another JVM. */
    String text() {
        StringBuilder text = new StringBuilder().append(connections);
        ports.forEach(port -> text.append(',').append(port));
        return text.toString();
    }

    /** Reads what {@link #text()} wrote. */
    static Crowd parse(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String word : text.split(",")) {
            numbers.add(Integer.valueOf(word));
        }
        return new Crowd(numbers.get(0), List.copyOf(numbers.subList(1, numbers.size())));
    }
}
