package io.longlink.remoting.demo.crowd;

import com.sun.management.UnixOperatingSystemMXBean;
import io.longlink.remoting.demo.process.FreePorts;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * How many connections, and between whom. A client keeps one connection to an address and a few threads, so that a client of its own for
 * each of ten thousand connections would be too many threads. Instead each client calls the server by all the addresses it has: on most
 * systems everything that begins with 127 is the loopback interface, and one port is enough; elsewhere it listens on many ports.
 *
 * @param connections all of them
 * @param hosts addresses of the loopback interface
 * @param ports on which the server listens
 */
record Crowd(int connections, int hosts, List<Integer> ports) {
    private static final int MAX_CONNECTIONS = 40_000;
    private static final int HOSTS = 1_000;
    private static final int PORTS = 200;

    /** Files that a JVM has open besides: its own, listening sockets, some for each event loop. */
    private static final int OTHER_FILES = 1_000;

    /**
     * Finds out how to do it here.
     *
     * @throws IllegalArgumentException if the number makes no sense, or is more than this machine lets a process have
     */
    static Crowd of(int connections) {
        checkNumber(connections, mostFiles());
        return FreePorts.canListen(host(HOSTS - 1), 0) ? ofHosts(connections) : ofPorts(connections);
    }

    /** One port, many addresses. */
    static Crowd ofHosts(int connections) {
        return new Crowd(connections, Math.min(HOSTS, connections), FreePorts.find(1));
    }

    /** One address, many ports. */
    static Crowd ofPorts(int connections) {
        return new Crowd(connections, 1, FreePorts.find(Math.min(PORTS, connections)));
    }

    /** @param mostFiles what a process may have open */
    static void checkNumber(int connections, long mostFiles) {
        if (connections < 1 || connections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException("--connections must be from 1 to " + MAX_CONNECTIONS + ": " + connections);
        }
        if (connections + OTHER_FILES > mostFiles) {
            throw new IllegalArgumentException(String.format(
                    "--connections %d needs %d open files in one process, and here a process may have %d: raise that (ulimit -n) or take "
                            + "fewer, %d at most",
                    connections, connections + OTHER_FILES, mostFiles, Math.max(0, mostFiles - OTHER_FILES)));
        }
    }

    /** Systems without such a limit have no such number. */
    private static long mostFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    private static String host(int index) {
        return "127.0." + index / 250 + '.' + (index % 250 + 1);
    }

    /** What the server binds to. */
    String bindAddress() {
        return hosts == 1 ? host(0) : "0.0.0.0";
    }

    int clients() {
        return (connections + addresses() - 1) / addresses();
    }

    private int addresses() {
        return hosts * ports.size();
    }

    /** What a client connects to: all addresses, but for the last client if the numbers do not divide. */
    List<String> addressesOf(int client) {
        List<String> all = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            for (int port : ports) {
                all.add(host(host) + ':' + port);
            }
        }
        return all.subList(0, Math.min(all.size(), connections - client * all.size()));
    }

    /** As one word for another JVM. */
    String text() {
        StringBuilder text = new StringBuilder().append(connections).append(',').append(hosts);
        ports.forEach(port -> text.append(',').append(port));
        return text.toString();
    }

    /** Reads what {@link #text()} wrote. */
    static Crowd parse(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            numbers.add(Integer.valueOf(word));
        }
        return new Crowd(numbers.get(0), numbers.get(1), List.copyOf(numbers.subList(2, numbers.size())));
    }
}
