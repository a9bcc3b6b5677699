package io.longlink.remoting.benchmarks;

import io.longlink.remoting.RequestExecutors;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.HdrHistogram.Histogram;

/** Who is measured. */
enum Contender {
    /** Netty with a length field, and nothing else: what the machine can do. */
    BARE("bare Netty"),
    /** Longlink, binary header, processors on an executor of four threads, callbacks on the client's executor. */
    LONGLINK("Longlink"),
    /** The same with processors and callbacks on the event loops. */
    LONGLINK_LOOP("Longlink, on the event loop"),
    /** {@link #LONGLINK} with JSON headers. */
    LONGLINK_JSON("Longlink, JSON headers"),
    /** RocketMQ's remoting, binary header, processors on an executor of four threads, its defaults else. */
    ROCKETMQ("RocketMQ"),
    /** The same with all its settings that save threads: pipeline, processors and callbacks on the event loops. */
    ROCKETMQ_LOOP("RocketMQ, on the event loop"),
    /** {@link #ROCKETMQ} with JSON headers, its default. */
    ROCKETMQ_JSON("RocketMQ, JSON headers"),
    /** {@link #ROCKETMQ} with the dependencies that it was published with, Netty 4.1 among them. */
    ROCKETMQ_AS_PUBLISHED("RocketMQ, on its own Netty 4.1");

    /** Threads that processors run on. */
    private static final int EXECUTOR_THREADS = 4;

    private static final int EXECUTOR_QUEUE = 100_000;

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** The same for everybody: with the JDK's own pool all are slower. */
    static ExecutorService fourThreads() {
        return RequestExecutors.pool("echo", EXECUTOR_THREADS, EXECUTOR_QUEUE);
    }

    EchoServer startServer() {
        return switch (this) {
            case BARE -> BareNetty.server();
            case LONGLINK -> LonglinkEcho.server(true, false);
            case LONGLINK_LOOP -> LonglinkEcho.server(true, true);
            case LONGLINK_JSON -> LonglinkEcho.server(false, false);
            case ROCKETMQ, ROCKETMQ_JSON -> RocketMqEcho.server(false, fourThreads());
            case ROCKETMQ_LOOP -> RocketMqEcho.server(true, RequestExecutors.eventLoop());
            // Nothing of ours is on its class path.
            case ROCKETMQ_AS_PUBLISHED -> RocketMqEcho.server(false, Executors.newFixedThreadPool(EXECUTOR_THREADS));
        };
    }

    EchoClient startClient() {
        return switch (this) {
            case BARE -> BareNetty.client();
            case LONGLINK -> LonglinkEcho.client(true, false);
            case LONGLINK_LOOP -> LonglinkEcho.client(true, true);
            case LONGLINK_JSON -> LonglinkEcho.client(false, false);
            case ROCKETMQ, ROCKETMQ_AS_PUBLISHED -> RocketMqEcho.client(true, false);
            case ROCKETMQ_LOOP -> RocketMqEcho.client(true, true);
            case ROCKETMQ_JSON -> RocketMqEcho.client(false, false);
        };
    }

    /** Of both its JVMs. */
    String classPath() throws IOException {
        if (this != ROCKETMQ_AS_PUBLISHED) {
            return System.getProperty("java.class.path");
        }
        // Worked out by the module that does it for the compatibility tests.
        String published = Files.readString(Path.of(System.getProperty("rig.publishedClassPath"))).strip();
        return String.join(File.pathSeparator, home(Contender.class), home(Histogram.class), published);
    }

    private static String home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
