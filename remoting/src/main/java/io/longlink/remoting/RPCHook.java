package io.longlink.remoting;

import io.longlink.remoting.protocol.RemotingCommand;
import org.jspecify.annotations.Nullable;

/**
 * Sees requests and responses, for example to sign and to check signatures.
 *
 * <p>On the side that calls, {@link #doBeforeRequest} runs on the calling thread, once per call however often the call is retried on that
 * address, and {@link #doAfterResponse} on the thread that hands over the result. On the side that answers, both run on the processor's
 * executor, around the processor. HELLO (PROTOCOL 1501) passes through the hooks as well, on an executor, never on an event loop.
 *
 * <p>A hook that throws before a request fails that request: on the calling side as NOT_SENT, on the answering side with SYSTEM_ERROR or,
 * with {@link AbortProcessException}, with a code of its choice.
 */
public interface RPCHook {

    /** Called before a request leaves (caller) or is processed (answerer); may change the request's ext fields. */
    void doBeforeRequest(String remoteAddr, RemotingCommand request);

    /**
     * Called when the response has arrived (caller) or was made (answerer).
     *
     * @param response {@code null} on the answering side if the processor answers later or the request was one-way
     */
    void doAfterResponse(String remoteAddr, RemotingCommand request, @Nullable RemotingCommand response);
}
