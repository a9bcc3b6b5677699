package io.longlink.remoting;

import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a port, answers requests and sends requests to the clients that are connected. Thread-safe.
 *
 * <p>Calls to clients are never retried: the connection is the address. To one that was told to go away two-way calls fail
 * as NOT_SENT; a client that is leaving refuses them, which is a {@link io.longlink.remoting.exception.RemotingGoAwayException}, REFUSED.
 */
public interface RemotingServer extends RemotingService {

    /**
     * Registers who answers the requests of a code.
     *
     * @param executor runs the processor, see {@link RequestExecutors}; {@code null} for a shared one
     * @throws IllegalArgumentException for the codes 1500 to 1502, which belong to the library
     */
    void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable ExecutorService executor);

    /** Registers who answers the requests of every code that has no processor of its own. */
    void registerDefaultProcessor(NettyRequestProcessor processor, @Nullable ExecutorService executor);

    /**
     * Registers code that runs when a shutdown begins, after the listening sockets closed and before clients are told. A processor that
     * parks requests answers them here, with a result or with {@link io.longlink.remoting.protocol.ResponseCode#GO_AWAY}, which promises
     * that the request did not run. The drain waits for all hooks together for 5 s, or for half of the time that is left if that is less.
     *
     * <p>Hooks are called again every 250 ms while connections are left, for requests that passed the gate just before it closed and were
     * parked just after the hooks ran.
     */
    void registerDrainHook(Runnable hook);

    /** The port it listens on, or -1 before the start. */
    int localListenPort();

    /**
     * Makes a server on another port, with its own processors and hooks, that shares the threads, the listener and the counters of this
     * one. It must be started; it drains together with this one, or alone if it is shut down itself.
     *
     * @throws IllegalArgumentException if there is one for that port already (0, any free port, may be asked for repeatedly)
     */
    RemotingServer newRemotingServer(int port);

    /** Shuts down and forgets the server on another port that is listening there; nothing happens if there is none. Does not block. */
    void removeRemotingServer(int port);

    /**
     * Sends a request to a client and blocks for its response.
     *
     * @throws IllegalStateException on an event loop, where nobody may block
     */
    RemotingCommand invokeSync(Channel channel, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingSendRequestException, RemotingTimeoutException;

    /** Sends a request to a client; the callback hears how it ended. Never blocks, and every failure goes to the callback. */
    void invokeAsync(Channel channel, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback)
            throws InterruptedException, RemotingTooMuchRequestException, RemotingTimeoutException, RemotingSendRequestException;

    /** Sends a request to a client; the future completes on the callback executor. */
    CompletableFuture<RemotingCommand> invoke(Channel channel, RemotingCommand request, long timeoutMillis);

    /** Sends a request that nobody answers, and blocks until it is written; on an event loop it is refused as NOT_SENT. */
    void invokeOneway(Channel channel, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingTooMuchRequestException, RemotingTimeoutException, RemotingSendRequestException;
}
