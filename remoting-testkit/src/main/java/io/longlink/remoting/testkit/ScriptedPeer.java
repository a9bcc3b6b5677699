package io.longlink.remoting.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The other end of a connection, played by the test: it does what the test says, when the test says it, and nothing else. In the role of
 * the server it is an instance of this class, in the role of the client the {@link Connection} that {@link #connect} returns:
 *
 * <pre>{@code
 * try (ScriptedPeer server = ScriptedPeer.listen()) {
 *     CompletableFuture<RemotingCommand> reply = client.invoke("127.0.0.1:" + server.port(), request, 3000);
 *     ScriptedPeer.Connection connection = server.acceptReady();
 *     connection.send(Frame.response(connection.receive(), 0));
 * }
 * }</pre>
 *
 * <p>There is no thread behind it. A peer reads only inside {@code receive} and {@code expect...}, so one that is asked for nothing pushes
 * back as soon as the buffers of both kernels are full; a small receive buffer makes that soon. All sockets are on 127.0.0.1.
 *
 * <p>Every wait ends after {@link #TIMEOUT} with an {@link AssertionError}; a socket that cannot be used as told fails with an
 * {@link UncheckedIOException}.
 */
public final class ScriptedPeer implements AutoCloseable {

    /** How long a peer waits for what it expects. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ServerSocket listener;
    private final Queue<Connection> accepted = new ConcurrentLinkedQueue<>();

    private ScriptedPeer(ServerSocket listener) {
        this.listener = listener;
    }

    /** Returns a peer that listens on a free port. */
    public static ScriptedPeer listen() {
        return listenWithReceiveBuffer(0);
    }

    /**
     * Returns a peer that listens on a free port and soon pushes back.
     *
     * @param receiveBufferBytes size of the kernel's receive buffer of each connection, a hint; 0 leaves it to the system
     */
    public static ScriptedPeer listenWithReceiveBuffer(int receiveBufferBytes) {
        try {
            ServerSocket socket = new ServerSocket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.bind(loopback(0));
            return new ScriptedPeer(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a new connection to a port. */
    public static Connection connect(int port) {
        return connectWithReceiveBuffer(port, 0);
    }

    /**
     * Returns a new connection to a port, one that soon pushes back.
     *
     * @param receiveBufferBytes size of the kernel's receive buffer, a hint; 0 leaves it to the system
     */
    public static Connection connectWithReceiveBuffer(int port, int receiveBufferBytes) {
        Socket socket = new Socket();
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(loopback(port), (int) TIMEOUT.toMillis());
            return new Connection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to port " + port, e);
        }
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Returns the port it listens on. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns the next connection, in the order in which they came. */
    public Connection accept() {
        try {
            listener.setSoTimeout((int) TIMEOUT.toMillis());
            Connection connection = new Connection(listener.accept());
            accepted.add(connection);
            return connection;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nobody connected to port " + port() + " within " + TIMEOUT.toSeconds() + " s", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the next connection when its client is ready to send requests: takes its HELLO, and answers as a server that knows GO_AWAY does.
     * A server that does not would {@link #accept()} and answer with code 3.
     */
    public Connection acceptReady() {
        Connection connection = accept();
        Frame hello = connection.receive();
        if (hello.code() != Frame.HELLO) {
            throw new AssertionError("expected HELLO, but there is " + hello);
        }
        connection.send(Frame.helloAnswer(hello));
        return connection;
    }

    /** Stops listening and closes every connection that was accepted. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepted.forEach(Connection::close);
    }

    /** One connection. One thread reads, another may write, any may close. */
    public static final class Connection implements AutoCloseable {

        private static final int REMEMBERED_FRAMES = 8;

        private final Socket socket;
        private final Deque<String> lastFrames = new ArrayDeque<>();
        private int frameCount;
        private byte[] pending = new byte[64];
        private int pendingBytes;

        private Connection(Socket socket) throws SocketException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
        }

        /**
         * Opens the connection as a client that knows GO_AWAY does: says HELLO, and takes the answer. Whoever has said HELLO is told of a drain,
         * and then owes an answer to the PING that comes behind the announcement. For the first frame of a connection only.
         *
         * @return this
         */
        public Connection sayHello() {
            Frame hello = Frame.hello();
            send(hello);
            Frame answer = receive();
            if (!answer.isResponse() || answer.opaque() != hello.opaque() || answer.ext("minPingIntervalMillis") == null) {
                throw new AssertionError("expected a good answer to HELLO, but there is " + answer);
            }
            return this;
        }

        /** Writes a frame; blocks for as long as the other end reads nothing and the buffers are full. */
        public void send(Frame frame) {
            sendBytes(frame.encode());
        }

        /** Writes bytes as they are: parts of frames, several frames at once, garbage. Blocks like {@link #send}. */
        public void sendBytes(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot send " + bytes.length + " bytes; " + soFar(), e);
            }
        }

        /** Returns the next frame; fails if none is complete in time, if the stream ends, or if the bytes are no frame. */
        public Frame receive() {
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            need(4, deadline);
            int length = ByteBuffer.wrap(pending).getInt();
            if (length < 4 || length > Frame.MAX_LENGTH - 4) {
                throw new AssertionError("no frame has a length word of " + length + "; " + soFar());
            }
            need(4 + length, deadline);
            try {
                Frame frame = Frame.decode(Arrays.copyOf(pending, pendingBytes));
                pendingBytes = 0;
                remember(frame);
                return frame;
            } catch (IllegalArgumentException e) {
                throw new AssertionError("received no valid frame: " + e.getMessage() + "; " + soFar(), e);
            }
        }

        /** Waits for all of this time and fails if a frame, a part of one, or the end of the stream arrives. */
        public void expectNoFrame(Duration duration) {
            switch (readMore(1, System.nanoTime() + duration.toNanos())) {
                case TIMED_OUT -> { }
                case BYTES -> throw new AssertionError("expected no frame, but there is " + describeArriving());
                case END, RESET -> throw new AssertionError("expected an open and silent connection, but it ended; " + soFar());
            }
        }

        /** Fails unless the next thing to arrive is the other end's FIN. This direction stays open. */
        public void expectEndOfStream() {
            switch (readMore(1, System.nanoTime() + TIMEOUT.toNanos())) {
                case END -> { }
                case BYTES -> throw new AssertionError("expected the end of the stream, but there is " + describeArriving());
                case RESET -> throw new AssertionError("expected the end of the stream, but the connection was reset; " + soFar());
                case TIMED_OUT -> throw new AssertionError("expected the end of the stream; " + soFar());
            }
        }

        /** Fails unless the connection is reset. Bytes before it are dropped: whether they survive a reset is up to the system. */
        public void expectReset() {
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            Arrival arrival;
            do {
                pendingBytes = 0;
                arrival = readMore(1, deadline);
            } while (arrival == Arrival.BYTES);
            if (arrival != Arrival.RESET) {
                String what = arrival == Arrival.END ? "the stream ended in order" : "it is still open";
                throw new AssertionError("expected a reset, but " + what + "; " + soFar());
            }
        }

        /** Sends FIN; what the other end sends can still be received. */
        public void halfClose() {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Closes both directions. As everywhere, bytes that were not received yet turn the FIN into a reset. */
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Closes with a reset; bytes that are still on their way in either direction are lost. */
        public void reset() {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
            close();
        }

        private enum Arrival { BYTES, END, RESET, TIMED_OUT }

        private void need(int bytes, long deadlineNanos) {
            while (pendingBytes < bytes) {
                switch (readMore(bytes - pendingBytes, deadlineNanos)) {
                    case BYTES -> { }
                    case END -> throw new AssertionError("expected a frame, but the stream ended; " + soFar());
                    case RESET -> throw new AssertionError("expected a frame, but the connection was reset; " + soFar());
                    case TIMED_OUT -> throw new AssertionError("no frame within " + TIMEOUT.toSeconds() + " s; " + soFar());
                }
            }
        }

        private Arrival readMore(int atMost, long deadlineNanos) {
            if (pending.length < pendingBytes + atMost) {
                pending = Arrays.copyOf(pending, pendingBytes + atMost);
            }
            try {
                InputStream in = socket.getInputStream();
                // A timeout of 0 would mean forever.
                long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                socket.setSoTimeout((int) Math.max(1, millis));
                int count = in.read(pending, pendingBytes, atMost);
                if (count < 0) {
                    return Arrival.END;
                }
                pendingBytes += count;
                return Arrival.BYTES;
            } catch (SocketTimeoutException e) {
                return Arrival.TIMED_OUT;
            } catch (IOException e) {
                if (socket.isClosed()) {
                    throw new UncheckedIOException("this end of the connection is closed", e);
                }
                return Arrival.RESET;
            }
        }

        /** After a surprising byte: the frame it belongs to, if that can be had at once. */
        private String describeArriving() {
            try {
                return receive().toString();
            } catch (AssertionError e) {
                return "a byte: " + e.getMessage();
            }
        }

        private void remember(Frame frame) {
            frameCount++;
            lastFrames.addLast(frame.toString());
            if (lastFrames.size() > REMEMBERED_FRAMES) {
                lastFrames.removeFirst();
            }
        }

        private String soFar() {
            int shown = Math.min(pendingBytes, 64);
            return "so far " + frameCount + " frames" + (frameCount == 0 ? "" : ", the last of them " + lastFrames)
                    + ", then " + pendingBytes + " bytes " + HexFormat.of().formatHex(pending, 0, shown)
                    + (shown < pendingBytes ? "..." : "");
        }
    }
}
