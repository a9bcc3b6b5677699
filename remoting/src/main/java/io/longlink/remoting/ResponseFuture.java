package io.longlink.remoting;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/** How one asynchronous call ended, as an {@link InvokeCallback} sees it. Immutable. */
public final class ResponseFuture {
    private final RemotingCommand request;
    private final int opaque;
    private final long timeoutMillis;
    private final @Nullable RemotingCommand response;
    private final @Nullable Throwable cause;

    private ResponseFuture(
            RemotingCommand request,
            int opaque,
            long timeoutMillis,
            @Nullable RemotingCommand response,
            @Nullable Throwable cause) {
        this.request = request;
        this.opaque = opaque;
        this.timeoutMillis = timeoutMillis;
        this.response = response;
        this.cause = cause;
    }

    /** A call that was answered. Made by the library; public for tests of callbacks. */
    public static ResponseFuture answered(RemotingCommand request, long timeoutMillis, RemotingCommand response) {
        return new ResponseFuture(request, request.getOpaque(), timeoutMillis, response, null);
    }

    /** A call that failed. Made by the library; public for tests of callbacks. */
    public static ResponseFuture failed(RemotingCommand request, long timeoutMillis, Throwable cause) {
        return new ResponseFuture(request, request.getOpaque(), timeoutMillis, null, cause);
    }

    /** The opaque the caller's request had. The wire may have seen another one, if the request was retried. */
    public int getOpaque() {
        return opaque;
    }

    /** The caller's request. */
    public RemotingCommand getRequestCommand() {
        return request;
    }

    /** The response, or {@code null} if the call failed. */
    public @Nullable RemotingCommand getResponseCommand() {
        return response;
    }

    /** Why the call failed, or {@code null} if it was answered. */
    public @Nullable Throwable getCause() {
        return cause;
    }

    /** Whether the request left this process completely, as far as we know: it was answered, or may have run. */
    public boolean isSendRequestOK() {
        return cause == null
                || (cause instanceof RemotingException failure && failure.outcome() != RemotingException.Outcome.NOT_SENT);
    }

    /** Whether the call failed because its time was up. */
    public boolean isTimeout() {
        return cause instanceof RemotingTimeoutException;
    }

    /** The time the caller allowed for, in milliseconds. */
    public long getTimeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public String toString() {
        return "ResponseFuture[opaque=" + opaque + ", timeoutMillis=" + timeoutMillis + ", response=" + response + ", cause=" + cause + ']';
    }
}
