package io.longlink.remoting.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 that breaks connections on command, at an exact byte. Between faults it is transparent: it forwards bytes, an
 * end of stream as a half-close, and a reset as a reset.
 *
 * <pre>{@code
 * try (FaultyProxy proxy = FaultyProxy.to(server.port())) {
 *     client.connect(proxy.port());
 *     proxy.resetAfter(Direction.TO_CLIENT, 10); // the response breaks within its header
 * }
 * }</pre>
 *
 * <p>Each direction has room for one armed fault; arming another replaces it. It counts the bytes of all connections from the call on, lets
 * exactly that many through and then fires once, on the connection that carried the last of them (with 0: on the one that carries the next
 * byte). Whatever connects later is served as usual, so a client that reconnects succeeds. A freeze is of the direction, not of a
 * connection, and lasts until {@link #thaw()}.
 *
 * <p>The {@link Fault} that arming returns tells whether it has fired. So a test can break an exchange behind each of its bytes without
 * knowing how many there are:
 *
 * <pre>{@code
 * for (int bytes = 0; ; bytes++) {
 *     FaultyProxy.Fault fault = proxy.cutAfter(Direction.TO_TARGET, bytes);
 *     callAndAssert(); // on a new connection, if the last one broke
 *     if (fault.disarm()) {
 *         break; // that was one byte more than there are
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe. What the system refuses, such as a port to listen on, fails with an {@link UncheckedIOException}.
 */
public final class FaultyProxy implements AutoCloseable {

    /** Way of the bytes. */
    public enum Direction {
        /** From who connected to the proxy to the port behind it. */
        TO_TARGET,
        /** From the port behind the proxy to who connected. */
        TO_CLIENT;

        private Direction opposite() {
            return this == TO_TARGET ? TO_CLIENT : TO_TARGET;
        }
    }

    private enum Kind { CUT, RESET, FREEZE }

    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final ServerSocket listener;
    private final int targetPort;
    private final Thread acceptor;
    private final Gate toTarget = new Gate();
    private final Gate toClient = new Gate();

    // Guards the fields below; nothing blocks under it.
    private final Object lock = new Object();
    private final List<Link> links = new ArrayList<>();
    private final List<Thread> pumps = new ArrayList<>();
    private int accepted;
    private boolean refusing;
    private boolean closed;

    private FaultyProxy(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.targetPort = targetPort;
        this.acceptor = thread("accept", this::acceptAll);
    }

    /** Returns a running proxy from a free port to this port of 127.0.0.1; nobody has to listen there yet. */
    public static FaultyProxy to(int targetPort) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(ScriptedPeer.loopback(0));
            FaultyProxy proxy = new FaultyProxy(listener, targetPort);
            proxy.acceptor.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the port to connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns how many connections it has accepted, those included that it refused. */
    public int accepted() {
        synchronized (lock) {
            return accepted;
        }
    }

    /** Returns how many connections are open; one that is closed in one direction only still is. */
    public int open() {
        synchronized (lock) {
            return links.size();
        }
    }

    /**
     * Closes the connection, both ends in order, after so many more bytes in this direction. As everywhere, bytes from an end that were not
     * read by then turn its FIN into a reset.
     *
     * @param bytes 0 or more
     */
    public Fault cutAfter(Direction direction, long bytes) {
        return gate(direction).arm(Kind.CUT, bytes);
    }

    /**
     * Resets the connection, both ends, after so many more bytes in this direction. Whether the receiver still reads the bytes in front of
     * a reset is up to its system.
     *
     * @param bytes 0 or more
     */
    public Fault resetAfter(Direction direction, long bytes) {
        return gate(direction).arm(Kind.RESET, bytes);
    }

    /**
     * Holds back all that goes in this direction, on all connections, after so many more bytes, as a network that is gone does: the ends
     * notice nothing, an end of stream or a reset is held back, too, and both ends stay open. Whoever sends more than the buffers of the
     * kernels hold can write no more. The opposite direction goes on.
     *
     * @param bytes 0 or more; with 0 it is frozen when this returns
     */
    public Fault freezeAfter(Direction direction, long bytes) {
        return gate(direction).arm(Kind.FREEZE, bytes);
    }

    /**
     * Ends the freezes, also those that are only armed. What was held back goes out, in order, and nothing is missing, for TCP loses nothing
     * while a connection lives. Where the outage shall cost the connections, {@link #killConnections()} first.
     */
    public void thaw() {
        toTarget.thaw();
        toClient.thaw();
    }

    /** Closes every open connection, both ends in order. */
    public void killConnections() {
        openLinks().forEach(link -> link.close(false));
    }

    /**
     * While true, new connections are accepted and reset at once, as they always are while nobody listens at the target. Who connects sees
     * the reset either on the connection or, if that is slower, as the failure of its connect. Open connections go on.
     */
    public void refuse(boolean refuse) {
        synchronized (lock) {
            refusing = refuse;
        }
    }

    /** Stops listening, kills the connections and waits for its threads. Idempotent. */
    @Override
    public void close() {
        List<Thread> threads;
        synchronized (lock) {
            closed = true;
            threads = new ArrayList<>(pumps);
        }
        closeQuietly(listener);
        killConnections();
        threads.add(acceptor);
        for (Thread thread : threads) {
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
    }

    private Gate gate(Direction direction) {
        return direction == Direction.TO_TARGET ? toTarget : toClient;
    }

    private List<Link> openLinks() {
        synchronized (lock) {
            return List.copyOf(links);
        }
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                serve(listener.accept());
            } catch (IOException e) {
                // Only close() ends the loop: a connection that died before it was accepted is none.
            }
        }
    }

    private void serve(Socket client) {
        Link link = new Link(client, new Socket());
        boolean refused;
        synchronized (lock) {
            accepted++;
            refused = refusing || closed;
            if (!refused) {
                // Before the target can know of it: a test that sees the connection there can already kill it.
                links.add(link);
            }
        }
        if (refused || !link.connect()) {
            link.close(true);
            return;
        }
        List<Thread> both = List.of(
                thread("to-target", () -> link.pump(Direction.TO_TARGET)), thread("to-client", () -> link.pump(Direction.TO_CLIENT)));
        synchronized (lock) {
            pumps.removeIf(pump -> !pump.isAlive());
            if (!closed) {
                pumps.addAll(both);
                // Under the lock, so that a pump in the list has been started.
                both.forEach(Thread::start);
            }
        }
    }

    private Thread thread(String role, Runnable body) {
        Thread thread = new Thread(body, "longlink-testkit-proxy-" + port() + "-" + role);
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // Closed is all that it has to be.
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }

    /** A fault that was armed. Thread-safe. */
    public static final class Fault {

        private final Gate gate;
        private final Kind kind;
        // Both guarded by the gate.
        private long bytesLeft;
        private @Nullable Long firedNanos;

        private Fault(Gate gate, Kind kind, long bytes) {
            this.gate = gate;
            this.kind = kind;
            this.bytesLeft = bytes;
        }

        /**
         * Returns whether it has fired. Whoever has received the last byte that it let through sees true; the end of the connection comes
         * right behind.
         */
        public boolean hasFired() {
            synchronized (gate) {
                return firedNanos != null;
            }
        }

        /**
         * Returns when it fired, in the time of {@link System#nanoTime()}: the moment before it let the last of its bytes through, so that
         * nobody has noticed it earlier.
         *
         * @throws IllegalStateException if it has not fired
         */
        public long firedNanos() {
            synchronized (gate) {
                if (firedNanos == null) {
                    throw new IllegalStateException("has not fired");
                }
                return firedNanos;
            }
        }

        /** Returns true if it had not fired, and now never will. */
        public boolean disarm() {
            synchronized (gate) {
                if (gate.armed == this) {
                    gate.armed = null;
                }
                return firedNanos == null;
            }
        }
    }

    /** How many of the bytes at hand go through, and what happens behind them. */
    private record Passage(int bytes, @Nullable Kind fired) {}

    /** The armed fault and the freeze of one direction. */
    private static final class Gate {

        private @Nullable Fault armed;
        private boolean frozen;

        synchronized Fault arm(Kind kind, long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("bytes must be >= 0: " + bytes);
            }
            Fault fault = new Fault(this, kind, bytes);
            armed = fault;
            if (kind == Kind.FREEZE && bytes == 0) {
                fire(fault);
            }
            return fault;
        }

        private void fire(Fault fault) {
            fault.firedNanos = System.nanoTime();
            frozen |= fault.kind == Kind.FREEZE;
            armed = null;
        }

        synchronized void thaw() {
            frozen = false;
            if (armed != null && armed.kind == Kind.FREEZE) {
                armed = null;
            }
            notifyAll();
        }

        /** Waits while the direction is frozen. Bytes of a connection that was killed go nowhere and do not count. */
        synchronized Passage admit(Link link, int bytes) throws InterruptedException {
            awaitThaw(link);
            Fault fault = armed;
            if (fault == null || link.isClosed()) {
                return new Passage(bytes, null);
            }
            int through = (int) Math.min(bytes, fault.bytesLeft);
            fault.bytesLeft -= through;
            if (fault.bytesLeft > 0) {
                return new Passage(through, null);
            }
            fire(fault);
            return new Passage(through, fault.kind);
        }

        /** Returns when the direction is not frozen, or the connection has been killed. */
        synchronized void awaitThaw(Link link) throws InterruptedException {
            while (frozen && !link.isClosed()) {
                wait();
            }
        }

        synchronized void wake() {
            notifyAll();
        }
    }

    /** One proxied connection: two sockets, and a thread for each direction. */
    private final class Link {

        private final Socket client;
        private final Socket target;
        private int openDirections = 2;
        private volatile boolean closed;

        Link(Socket client, Socket target) {
            this.client = client;
            this.target = target;
        }

        boolean isClosed() {
            return closed;
        }

        /** Returns whether the target could be reached. */
        boolean connect() {
            try {
                client.setTcpNoDelay(true);
                target.setTcpNoDelay(true);
                target.connect(ScriptedPeer.loopback(targetPort));
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        void pump(Direction direction) {
            Socket from = direction == Direction.TO_TARGET ? client : target;
            Socket to = direction == Direction.TO_TARGET ? target : client;
            byte[] chunk = new byte[8192];
            try {
                while (!closed) {
                    int count;
                    try {
                        count = from.getInputStream().read(chunk);
                    } catch (IOException e) {
                        gate(direction).awaitThaw(this);
                        close(true);
                        return;
                    }
                    if (count < 0) {
                        gate(direction).awaitThaw(this);
                        end(to);
                        return;
                    }
                    if (!forward(chunk, count, to, direction)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                // Nobody interrupts a pump; if it happens, it has to end.
                close(true);
            }
        }

        /** Returns false if the connection has ended. */
        private boolean forward(byte[] chunk, int count, Socket to, Direction direction) throws InterruptedException {
            for (int sent = 0; sent < count; ) {
                Passage passage = gate(direction).admit(this, count - sent);
                if (closed) {
                    return false;
                }
                try {
                    to.getOutputStream().write(chunk, sent, passage.bytes());
                } catch (IOException e) {
                    // The news that the receiver is gone travels against the bytes.
                    gate(direction.opposite()).awaitThaw(this);
                    close(true);
                    return false;
                }
                sent += passage.bytes();
                if (passage.fired() == Kind.CUT || passage.fired() == Kind.RESET) {
                    close(passage.fired() == Kind.RESET);
                    return false;
                }
            }
            return true;
        }

        private void end(Socket to) {
            boolean last;
            synchronized (this) {
                last = --openDirections == 0;
            }
            try {
                to.shutdownOutput();
            } catch (IOException e) {
                // The receiver is gone; the pump that reads from it says so.
            }
            if (last) {
                close(false);
            }
        }

        void close(boolean withReset) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            // First, so that whoever sees the end also sees the count.
            synchronized (lock) {
                links.remove(this);
            }
            for (Socket socket : List.of(client, target)) {
                if (withReset) {
                    reset(socket);
                } else {
                    closeQuietly(socket);
                }
            }
            toTarget.wake();
            toClient.wake();
        }
    }
}
