package io.longlink.remoting.client;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.internal.EndpointSettings;
import io.longlink.remoting.internal.HelloAnswer;
import io.longlink.remoting.internal.LivenessSettings;
import io.longlink.remoting.protocol.SerializeType;
import org.jspecify.annotations.Nullable;

/** A {@link NettyClientConfig} that has been checked and frozen; see its setters for what the values mean. */
record ClientSettings(
        int connectTimeoutMillis,
        int executorThreads,
        int onewayPermits,
        int requestPermits,
        boolean negotiate,
        long pingIntervalMillis,
        long writerIdleMillis,
        long allIdleMillis,
        long readerIdleMillis,
        boolean closeOnTimeout,
        long goAwayHoldMillis,
        int maxWaitingRequests,
        long maxWaitingBytes,
        int shutdownWaitTimeSeconds,
        boolean shutdownOnJvmExit,
        long deferredTimeoutMillis,
        int frameMaxLength,
        long frameTimeoutMillis,
        int version,
        SerializeType serializeType,
        TransportOptions transport,
        @Nullable SessionRestorer sessionRestorer,
        ReconnectPolicy reconnectPolicy,
        @Nullable AddressSource addressSource) {

    EndpointSettings endpoint() {
        return new EndpointSettings(
                version,
                serializeType,
                frameMaxLength,
                frameTimeoutMillis,
                deferredTimeoutMillis,
                requestPermits,
                onewayPermits,
                executorThreads,
                executorThreads,
                new HelloAnswer(0, 0),
                LivenessSettings.ofClient(pingIntervalMillis, writerIdleMillis, allIdleMillis, readerIdleMillis, closeOnTimeout));
    }
}
