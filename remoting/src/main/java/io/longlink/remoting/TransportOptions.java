package io.longlink.remoting;

import org.apache.commons.lang3.Validate;

/**
 * Settings of sockets and event loops. Immutable; every {@code with} method returns a changed copy.
 *
 * @param eventLoopThreads threads that read, decode, encode and write; 1 or more
 * @param sendBufferBytes SO_SNDBUF; 0 leaves it to the system
 * @param receiveBufferBytes SO_RCVBUF; 0 leaves it to the system
 * @param writeBufferLowBytes a full connection takes new requests again when fewer bytes than this wait to be written
 * @param writeBufferHighBytes a connection is full when more bytes than this wait to be written
 * @param keepAlive SO_KEEPALIVE
 * @param backlog connections that may wait to be accepted; servers only
 */
public record TransportOptions(
        int eventLoopThreads,
        int sendBufferBytes,
        int receiveBufferBytes,
        int writeBufferLowBytes,
        int writeBufferHighBytes,
        boolean keepAlive,
        int backlog) {

    /** Checks the ranges. */
    public TransportOptions {
        Validate.isTrue(eventLoopThreads >= 1, "eventLoopThreads must be 1 or more: %d", eventLoopThreads);
        Validate.isTrue(sendBufferBytes >= 0, "sendBufferBytes must be 0 (system) or more: %d", sendBufferBytes);
        Validate.isTrue(receiveBufferBytes >= 0, "receiveBufferBytes must be 0 (system) or more: %d", receiveBufferBytes);
        Validate.isTrue(
                writeBufferLowBytes > 0 && writeBufferLowBytes <= writeBufferHighBytes,
                "writeBufferLowBytes must be above 0 and not above writeBufferHighBytes: %d",
                writeBufferLowBytes);
        Validate.isTrue(backlog >= 1, "backlog must be 1 or more: %d", backlog);
    }

    /** One loop per two processors but at least 2, system buffers, 256 KiB and 1 MiB water marks, no keep-alive, backlog 1024. */
    public static TransportOptions defaults() {
        int loops = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);
        return new TransportOptions(loops, 0, 0, 256 * 1024, 1024 * 1024, false, 1024);
    }

    /** A copy with other event loop threads. */
    public TransportOptions withEventLoopThreads(int threads) {
        return new TransportOptions(
                threads, sendBufferBytes, receiveBufferBytes, writeBufferLowBytes, writeBufferHighBytes, keepAlive, backlog);
    }

    /** A copy with other socket buffers, in bytes. */
    public TransportOptions withSocketBuffers(int sendBytes, int receiveBytes) {
        return new TransportOptions(
                eventLoopThreads, sendBytes, receiveBytes, writeBufferLowBytes, writeBufferHighBytes, keepAlive, backlog);
    }

    /** A copy with other water marks, in bytes. */
    public TransportOptions withWriteBuffer(int lowBytes, int highBytes) {
        return new TransportOptions(eventLoopThreads, sendBufferBytes, receiveBufferBytes, lowBytes, highBytes, keepAlive, backlog);
    }

    /** A copy with SO_KEEPALIVE switched. */
    public TransportOptions withKeepAlive(boolean on) {
        return new TransportOptions(
                eventLoopThreads, sendBufferBytes, receiveBufferBytes, writeBufferLowBytes, writeBufferHighBytes, on, backlog);
    }

    /** A copy with another backlog. */
    public TransportOptions withBacklog(int connections) {
        return new TransportOptions(
                eventLoopThreads, sendBufferBytes, receiveBufferBytes, writeBufferLowBytes, writeBufferHighBytes, keepAlive, connections);
    }
}
