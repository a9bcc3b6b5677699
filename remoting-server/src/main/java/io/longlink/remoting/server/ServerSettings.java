package io.longlink.remoting.server;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.internal.EndpointSettings;
import io.longlink.remoting.internal.HelloAnswer;
import io.longlink.remoting.internal.LivenessSettings;
import io.longlink.remoting.protocol.SerializeType;

/** A {@link NettyServerConfig} that has been checked and frozen; see its setters for what the values mean. */
record ServerSettings(
        String bindAddress,
        int listenPort,
        int executorThreads,
        int onewayPermits,
        int requestPermits,
        int shutdownWaitTimeSeconds,
        boolean shutdownOnJvmExit,
        long lameDuckMillis,
        long quietMillis,
        long deferredTimeoutMillis,
        long minPingIntervalMillis,
        long maxIdleMillis,
        int stockIdleSeconds,
        long readerIdleMillis,
        long maxConnectionIdleMillis,
        long maxConnectionAgeMillis,
        int maxConnections,
        int frameMaxLength,
        long frameTimeoutMillis,
        int version,
        SerializeType serializeType,
        TransportOptions transport) {

    ServerSettings withListenPort(int otherPort) {
        return new ServerSettings(
                bindAddress,
                otherPort,
                executorThreads,
                onewayPermits,
                requestPermits,
                shutdownWaitTimeSeconds,
                shutdownOnJvmExit,
                lameDuckMillis,
                quietMillis,
                deferredTimeoutMillis,
                minPingIntervalMillis,
                maxIdleMillis,
                stockIdleSeconds,
                readerIdleMillis,
                maxConnectionIdleMillis,
                maxConnectionAgeMillis,
                maxConnections,
                frameMaxLength,
                frameTimeoutMillis,
                version,
                serializeType,
                transport);
    }

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
                new HelloAnswer(minPingIntervalMillis, maxIdleMillis),
                LivenessSettings.ofServer(
                        readerIdleMillis, stockIdleSeconds * 1_000L, maxConnectionIdleMillis, maxConnectionAgeMillis, quietMillis));
    }
}
