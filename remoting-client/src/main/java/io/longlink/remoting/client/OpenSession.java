package io.longlink.remoting.client;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Caller;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionRestorer} sends with, on a connection that nobody else may use yet. Thread-safe. */
final class OpenSession implements SessionRestorer.Session {
    private final String address;
    private final Connection connection;
    private final RemotingEndpoint endpoint;
    private volatile boolean refused;

    OpenSession(String address, Connection connection, RemotingEndpoint endpoint) {
        this.address = address;
        this.connection = connection;
        this.endpoint = endpoint;
    }

    /** Whether the server answered anything with GO_AWAY. */
    boolean wasRefused() {
        return refused;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Channel channel() {
        return connection.channel();
    }

    @Override
    public CompletableFuture<RemotingCommand> invoke(RemotingCommand request, long timeoutMillis) {
        CompletableFuture<RemotingCommand> result = new CompletableFuture<>();
        long deadlineNanos = Caller.deadline(request, timeoutMillis);
        try {
            endpoint.hooks().beforeCall(address, request);
        } catch (RemotingSendRequestException e) {
            return CompletableFuture.failedFuture(e);
        }
        connection.sendWhileOpening(request, deadlineNanos, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                if (response.getCode() == ResponseCode.GO_AWAY) {
                    refused = true;
                }
                offLoop(result, () -> {
                    try {
                        endpoint.hooks().afterCall(address, request, response);
                        result.complete(response);
                    } catch (RemotingSendRequestException e) {
                        result.completeExceptionally(e);
                    }
                });
            }

            @Override
            public void onFailure(RemotingException cause) {
                offLoop(result, () -> result.completeExceptionally(cause));
            }
        });
        return result;
    }

    @Override
    public CompletableFuture<@Nullable Void> invokeOneway(RemotingCommand request, long timeoutMillis) {
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        long deadlineNanos = Caller.deadline(request, timeoutMillis);
        try {
            endpoint.hooks().beforeCall(address, request);
        } catch (RemotingSendRequestException e) {
            return CompletableFuture.failedFuture(e);
        }
        request.markOnewayRPC();
        connection.sendOnewayWhileOpening(request, deadlineNanos, new WriteListener() {
            @Override
            public void onWritten() {
                offLoop(result, () -> result.complete(null));
            }

            @Override
            public void onFailure(RemotingException cause) {
                offLoop(result, () -> result.completeExceptionally(cause));
            }
        });
        return result;
    }

    private void offLoop(CompletableFuture<?> result, Runnable completion) {
        try {
            endpoint.sessionExecutor().execute(completion);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new RemotingSendRequestException("the client has ended", e, Outcome.UNKNOWN));
        }
    }
}
