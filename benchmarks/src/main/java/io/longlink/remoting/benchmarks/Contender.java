package io.longlink.remoting.benchmarks;

import java.util.function.Supplier;

/** Who is measured. */
enum Contender {
    /** Netty with a length field, and nothing else: what the machine can do. */
    BARE(BareNetty::server, BareNetty::client),
    /** Longlink, binary header, processors on an executor of four threads. */
    LONGLINK(() -> LonglinkEcho.server(true), () -> LonglinkEcho.client(true)),
    /** The same with JSON headers. */
    LONGLINK_JSON(() -> LonglinkEcho.server(false), () -> LonglinkEcho.client(false)),
    /** RocketMQ's remoting, binary header, processors on an executor of four threads. */
    ROCKETMQ(() -> RocketMqEcho.server(true), () -> RocketMqEcho.client(true)),
    /** The same with JSON headers. */
    ROCKETMQ_JSON(() -> RocketMqEcho.server(false), () -> RocketMqEcho.client(false));

    /** Threads that processors run on. */
    static final int EXECUTOR_THREADS = 4;

    private final Supplier<EchoServer> server;
    private final Supplier<EchoClient> client;

    Contender(Supplier<EchoServer> server, Supplier<EchoClient> client) {
        this.server = server;
        this.client = client;
    }

    EchoServer startServer() {
        return server.get();
    }

    EchoClient startClient() {
        return client.get();
    }
}
