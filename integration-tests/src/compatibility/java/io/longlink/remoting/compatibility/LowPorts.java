package io.longlink.remoting.compatibility;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nobody gets by asking for any free one. A port that a server gives up for a moment, to its successor, could otherwise become
 * the local port of some connection meanwhile.
 */
final class LowPorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 18_000;

    private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private LowPorts() {}

    /** A port on which nobody listens, and never the same one twice in a run. */
    static int next() {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port");
    }

    /** Whether nobody listens. A bound socket that does not listen finds out without taking anybody's connection. */
    static boolean isFree(int port) {
        try (Socket probe = new Socket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
