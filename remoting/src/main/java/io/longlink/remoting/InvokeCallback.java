package io.longlink.remoting;

import io.longlink.remoting.protocol.RemotingCommand;

/**
 * Hears how an asynchronous call ended. Called on the callback executor, or on whichever thread notices when all
 * executors have ended with the service: first {@link #operationSucceed} or
 * {@link #operationFail}, then {@link #operationComplete}, each at most once.
 */
@FunctionalInterface
public interface InvokeCallback {

    /** Called last, whatever the outcome. */
    void operationComplete(ResponseFuture responseFuture);

    /** A response arrived, with whatever code. */
    default void operationSucceed(RemotingCommand response) {}

    /** No response arrived; a {@link io.longlink.remoting.exception.RemotingException} says whether the request may have run. */
    default void operationFail(Throwable throwable) {}
}
