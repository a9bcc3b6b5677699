package io.longlink.remoting.internal;

import io.longlink.remoting.AbortProcessException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a server's answer to HELLO, through the hooks if there are any. Stateless. */
final class HelloResponder {
    private static final Logger log = LoggerFactory.getLogger(HelloResponder.class);

    private HelloResponder() {}

    /** Calls back with the answer: at once if there are no hooks, otherwise on an executor, where hooks may take their time. */
    static void answer(RemotingEndpoint endpoint, Connection peer, RemotingCommand hello, Consumer<RemotingCommand> answered) {
        if (endpoint.hooks().isEmpty()) {
            answered.accept(endpoint.settings().hello().toResponse(hello));
            return;
        }
        try {
            endpoint.setupExecutor().execute(() -> answered.accept(throughHooks(endpoint, peer.remoteAddress(), hello)));
        } catch (RejectedExecutionException e) {
            answered.accept(RequestDispatcher.answer(hello, ResponseCode.SYSTEM_BUSY, "busy, try again later"));
        }
    }

    private static RemotingCommand throughHooks(RemotingEndpoint endpoint, String peer, RemotingCommand hello) {
        try {
            endpoint.hooks().doBefore(peer, hello);
            RemotingCommand response = endpoint.settings().hello().toResponse(hello);
            endpoint.hooks().doAfter(peer, hello, response);
            return response;
        } catch (AbortProcessException e) {
            return RequestDispatcher.answer(hello, e.getResponseCode(), e.getMessage());
        } catch (RuntimeException | Error e) {
            log.error("a hook failed on the HELLO of {}", peer, e);
            return RequestDispatcher.answer(hello, ResponseCode.SYSTEM_ERROR, "a hook failed");
        }
    }
}
