package io.longlink.remoting;

import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to addresses and answers the requests that servers send back. Thread-safe.
 *
 * <p>Addresses are {@code host:port} or {@code [ipv6]:port}. There is one connection to an address at a time, made on demand and kept.
 * A timeout covers everything: connecting, waiting for an address that announced its restart, sending, the answer. Every
 * {@link io.longlink.remoting.exception.RemotingException} tells by its {@code outcome()} whether the request may have run.
 *
 * <p>A call to the address {@code null} goes to the name-server list ({@link #updateNameServerAddressList}, or an address source): to those
 * that are READY, one after the other, and to the next one as long as the request provably did not run. It waits for an address only while
 * no other of the list is READY. With an empty list it fails at once, NOT_SENT, with {@link RemotingConnectException}.
 *
 * <p>Until a call has ended, its request object belongs to the library: do not change it. A request whose opaque is in flight to the same
 * server already, such as a forwarded one, travels under another; its response has the one that was asked with.
 */
public interface RemotingClient extends RemotingService {

    /**
     * Sends a request and blocks for its response.
     *
     * @param timeoutMillis above 0
     * @return the response, with whatever code and with the opaque of {@code request}
     * @throws RemotingConnectException no connection could be made; the request was not sent
     * @throws RemotingSendRequestException it could not be sent, was refused, or the connection ended before the answer
     * @throws RemotingTimeoutException no answer in time
     * @throws IllegalStateException on an event loop, where nobody may block
     */
    RemotingCommand invokeSync(@Nullable String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingSendRequestException, RemotingTimeoutException;

    /**
     * Sends a request; the callback hears how it ended. Never blocks, and every failure goes to the callback: the checked exceptions are
     * declared only so that code written for RocketMQ's remoting compiles.
     *
     * @throws IllegalArgumentException if the code is one of the library's (1500 to 1502) or the timeout is not above 0; as for all methods
     *     here, nothing has been sent and no callback comes
     */
    void invokeAsync(@Nullable String addr, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback)
            throws InterruptedException, RemotingConnectException, RemotingTooMuchRequestException, RemotingTimeoutException,
                    RemotingSendRequestException;

    /**
     * Sends a request.
     *
     * @return completes on the callback executor with the response, or with a
     *     {@link io.longlink.remoting.exception.RemotingException}; cancelling it changes nothing but the future itself
     */
    CompletableFuture<RemotingCommand> invoke(@Nullable String addr, RemotingCommand request, long timeoutMillis);

    /**
     * Sends a request that nobody answers, and blocks until it is written. A normal return means that it is with the kernel, not that it
     * ran. On an event loop it is refused as NOT_SENT instead of waiting: use {@link #invokeOnewayAsync} there.
     *
     * @throws RemotingConnectException no connection could be made; not sent
     * @throws RemotingSendRequestException not sent, or its write broke off
     * @throws RemotingTimeoutException not written in time
     * @throws RemotingTooMuchRequestException not sent: too many one-way requests are being written already
     */
    void invokeOneway(@Nullable String addr, RemotingCommand request, long timeoutMillis)
            throws InterruptedException, RemotingConnectException, RemotingSendRequestException, RemotingTimeoutException,
                    RemotingTooMuchRequestException;

    /** As {@link #invokeOneway}, without blocking: completes on the callback executor when the request is written. */
    CompletableFuture<@Nullable Void> invokeOnewayAsync(@Nullable String addr, RemotingCommand request, long timeoutMillis);

    /**
     * Registers who answers the requests of a code that servers send on this client's connections.
     *
     * @param executor runs the processor; {@code null} for a shared one
     * @throws IllegalArgumentException for the codes 1500 to 1502, which belong to the library
     */
    void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable ExecutorService executor);

    /**
     * Replaces the executor of callbacks and of the returned futures. It stays the caller's: it is not shut down by the client. One that runs
     * tasks on the thread that hands them over would run them on event loops, where nobody may block; one that drops tasks silently loses
     * results.
     */
    void setCallbackExecutor(ExecutorService callbackExecutor);

    /** Whether the address has a connection that is ready, and whose buffer takes more right now. */
    boolean isChannelWritable(String addr);

    /**
     * Replaces the name-server list: where calls to {@code null} go. Its addresses are connected to without being asked, from
     * {@link #start()} on, and again when they are lost. The connections of addresses that leave the list finish what is pending and close.
     *
     * @param addrs in any order, duplicates are ignored; empty clears the list
     * @throws IllegalArgumentException if one of them is no {@code host:port}; nothing has changed
     */
    void updateNameServerAddressList(List<String> addrs);

    /** The name-server list, as it was set last or as its source told last. Unmodifiable. */
    List<String> getNameServerAddressList();

    /** The addresses of the name-server list that are READY at this moment. Unmodifiable. */
    List<String> getAvailableNameSrvList();

    /** Where the client stands with an address; it may have moved on when you read this. */
    AddressState addressState(String addr);

    /** Adds a watcher of all addresses; it hears of what comes after. */
    void addAddressStateListener(AddressStateListener listener);

    /** Removes a watcher; it hears no more, but for what is being told it at this moment. */
    void removeAddressStateListener(AddressStateListener listener);

    /**
     * Closes the connections of these addresses when what is pending on them has ended. The next call makes a new one; addresses of the
     * name-server list get a new one at once.
     */
    void closeChannels(List<String> addrList);

    /**
     * Whether the address is READY, or becomes so at the first try. Blocks for that try, but on an event loop tells only what is. An address
     * that is known to be dead is not tried once more.
     */
    boolean isAddressReachable(String addr);
}
