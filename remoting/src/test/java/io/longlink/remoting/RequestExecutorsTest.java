package io.longlink.remoting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestExecutorsTest {

    @Test
    void eventLoop_runsWhereItIsAsked() {
        Thread[] ran = new Thread[1];
        RequestExecutors.eventLoop().execute(() -> ran[0] = Thread.currentThread());
        assertSame(Thread.currentThread(), ran[0]);
    }

    @Test
    void eventLoop_cannotBeShutDown() {
        ExecutorService loop = RequestExecutors.eventLoop();
        assertThrows(UnsupportedOperationException.class, loop::shutdown);
        assertThrows(UnsupportedOperationException.class, loop::shutdownNow);
        assertFalse(loop.isShutdown());
    }

    @Test
    void pool_runsOnNamedDaemonThreadsOfNetty() throws Exception {
        ThreadPoolExecutor pool = RequestExecutors.pool("store", 2, 10);
        try {
            CompletableFuture<Thread> ran = new CompletableFuture<>();
            pool.execute(() -> ran.complete(Thread.currentThread()));
            Thread thread = ran.get(10, TimeUnit.SECONDS);
            assertTrue(thread instanceof FastThreadLocalThread && thread.isDaemon());
            assertTrue(thread.getName().startsWith("store-"), thread.getName());
        } finally {
            pool.shutdown();
            assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void pool_thatIsFull_turnsAway_andGivesBackWhatWaitsAtItsEnd() throws Exception {
        ThreadPoolExecutor pool = RequestExecutors.pool("store", 1, 2);
        CountDownLatch go = new CountDownLatch(1);
        pool.execute(() -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        pool.execute(() -> {});
        pool.execute(() -> {});
        assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
        assertEquals(2, pool.shutdownNow().size());
        assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
    }

    @Test
    void pool_withoutThreadsOrRoom_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> RequestExecutors.pool("store", 0, 1));
        assertThrows(IllegalArgumentException.class, () -> RequestExecutors.pool("store", 1, 0));
    }
}
