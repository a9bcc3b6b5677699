package io.longlink.remoting.server;

import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.ShutdownDeadline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of a server: one that accepts, some that do everything else. Shared with sub-servers. */
final class ServerLoops {
    private static final Logger log = LoggerFactory.getLogger(ServerLoops.class);

    private final EventLoopGroup acceptLoop;
    private final EventLoopGroup workers;

    ServerLoops(OwnThreads threads, int workerThreads) {
        // Not daemons: a server keeps its process alive until it is shut down.
        acceptLoop = new MultiThreadIoEventLoopGroup(1, threads.eventLoops("accept", false), NioIoHandler.newFactory());
        workers = new MultiThreadIoEventLoopGroup(workerThreads, threads.eventLoops("io", false), NioIoHandler.newFactory());
    }

    EventLoopGroup acceptLoop() {
        return acceptLoop;
    }

    EventLoopGroup workers() {
        return workers;
    }

    /**
     * Blocks until every worker has done what it was given before, such as registering connections that were just accepted; for a second
     * at most, should something block a loop.
     */
    void awaitTurn() {
        List<Future<?>> turns = new ArrayList<>();
        for (EventExecutor worker : workers) {
            try {
                turns.add(worker.submit(() -> {}));
            } catch (RejectedExecutionException e) {
                log.debug("event loop {} has ended, nothing is left to be done there", worker);
            }
        }
        turns.forEach(turn -> turn.awaitUninterruptibly(1, TimeUnit.SECONDS));
    }

    /** Ends the loops and blocks until they have ended, for a second at most. */
    void stop(ShutdownDeadline deadline) {
        long millis = Math.min(1_000, deadline.leftMillis());
        Future<?> acceptEnd = acceptLoop.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS);
        workers.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS).awaitUninterruptibly(millis);
        acceptEnd.awaitUninterruptibly(Math.min(millis, deadline.leftMillis()));
    }
}
