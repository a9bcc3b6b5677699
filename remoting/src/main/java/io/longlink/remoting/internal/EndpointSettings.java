package io.longlink.remoting.internal;

import io.longlink.remoting.protocol.SerializeType;

/**
 * What both sides' configurations have in common, frozen. Ranges were checked where the values were set.
 *
 * @param version stamped on commands whose maker did not choose one
 * @param serializeType of requests whose maker did not choose one; answers take their request's
 * @param frameMaxLength bytes of the largest frame to read or write, its length word included
 * @param frameTimeoutMillis how long a frame that has begun may take to end, or to grow by a good deal; 0 for ever
 * @param deferredTimeoutMillis how long a request may stay unanswered by its processor
 * @param requestPermits two-way requests in flight at a time
 * @param onewayPermits one-way requests waiting to be written at a time
 * @param publicExecutorThreads threads for processors that came without an executor
 * @param callbackThreads threads for callbacks and futures
 * @param hello what a server answers to HELLO; unused on a client
 * @param liveness when to ask whether a peer lives, and when to let it go
 */
public record EndpointSettings(
        int version,
        SerializeType serializeType,
        int frameMaxLength,
        long frameTimeoutMillis,
        long deferredTimeoutMillis,
        int requestPermits,
        int onewayPermits,
        int publicExecutorThreads,
        int callbackThreads,
        HelloAnswer hello,
        LivenessSettings liveness) {}
