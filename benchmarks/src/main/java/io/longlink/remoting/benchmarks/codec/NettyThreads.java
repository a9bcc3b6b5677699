package io.longlink.remoting.benchmarks.codec;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that JMH measures on: Netty's, as event loops have them, because its pools are slower on any other. */
public final class NettyThreads extends ThreadPoolExecutor {
    /** JMH calls it. */
    public NettyThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
