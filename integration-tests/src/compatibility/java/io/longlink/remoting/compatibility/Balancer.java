package io.longlink.remoting.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP balancer on 127.0.0.1: each connection goes to the next backend that accepts. It knows nothing of its backends but whether they
 * accept, and forwards an end of stream as a half-close and a reset as a reset. Thread-safe.
 */
final class Balancer implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ServerSocket listener;
    private final List<Integer> backends = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Balancer(ServerSocket listener) {
        this.listener = listener;
    }

    static Balancer start() {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(loopback(0));
            Balancer balancer = new Balancer(listener);
            balancer.threads.execute(balancer::acceptAll);
            return balancer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    int port() {
        return listener.getLocalPort();
    }

    void add(int backend) {
        backends.add(backend);
    }

    void remove(int backend) {
        backends.remove((Integer) backend);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                run(() -> connect(client));
            } catch (IOException e) {
                // Closed: the loop ends.
            }
        }
    }

    private void run(Runnable command) {
        try {
            threads.execute(command);
        } catch (RejectedExecutionException e) {
            // The balancer was closed meanwhile, and all its sockets are.
            sockets.forEach(this::drop);
        }
    }

    private void connect(Socket client) {
        int first = turn.getAndIncrement();
        List<Integer> candidates = List.copyOf(backends);
        for (int i = 0; i < candidates.size(); i++) {
            Socket backend = new Socket();
            sockets.add(backend);
            try {
                client.setTcpNoDelay(true);
                backend.setTcpNoDelay(true);
                backend.connect(loopback(candidates.get(Math.floorMod(first + i, candidates.size()))), CONNECT_MILLIS);
            } catch (IOException e) {
                drop(backend);
                continue;
            }
            run(() -> pump(backend, client));
            pump(client, backend);
            return;
        }
        drop(client);
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                out.write(buffer, 0, length);
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) {
                drop(from);
                drop(to);
            }
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already, which is what is wanted.
        }
        drop(socket);
    }

    private void drop(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdown();
        sockets.forEach(this::drop);
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
