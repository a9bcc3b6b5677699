package io.longlink.remoting.benchmarks;

/** Who is measured. */
enum Contender {
    /** Netty with a length field, and nothing else: what the machine can do. */
    BARE,
    /** Longlink, binary header, processors on an executor of four threads. */
    LONGLINK,
    /** The same with JSON headers. */
    LONGLINK_JSON,
    /** RocketMQ's remoting, binary header, processors on an executor of four threads. */
    ROCKETMQ,
    /** The same with JSON headers. */
    ROCKETMQ_JSON;

    /** Threads that processors run on. */
    static final int EXECUTOR_THREADS = 4;

    EchoServer startServer() {
        return switch (this) {
            case BARE -> BareNetty.server();
            case LONGLINK -> LonglinkEcho.server(true);
            case LONGLINK_JSON -> LonglinkEcho.server(false);
            case ROCKETMQ, ROCKETMQ_JSON -> RocketMqEcho.server();
        };
    }

    EchoClient startClient() {
        return switch (this) {
            case BARE -> BareNetty.client();
            case LONGLINK -> LonglinkEcho.client(true);
            case LONGLINK_JSON -> LonglinkEcho.client(false);
            case ROCKETMQ -> RocketMqEcho.client(true);
            case ROCKETMQ_JSON -> RocketMqEcho.client(false);
        };
    }
}
