package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.testkit.LeakGuard;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
class OwnThreadsTest {
    private final OwnThreads mine = new OwnThreads("longlink-mine");
    private final OwnThreads others = new OwnThreads("longlink-others");
    private final List<String> seen = new ArrayList<>();

    private void look() {
        seen.add((mine.isCurrent() ? "mine" : others.isCurrent() ? "others" : "foreign") + (OwnThreads.onEventLoop() ? " loop" : ""));
    }

    private static Thread run(Thread thread) throws InterruptedException {
        thread.start();
        thread.join(5_000);
        assertFalse(thread.isAlive());
        return thread;
    }

    @Test
    void threads_knowWhoseTheyAre_andWhetherTheyAreLoops() throws Exception {
        Thread loop = run(mine.eventLoops("io", false).newThread(this::look));
        Thread worker = run(mine.workers("public").newThread(this::look));
        Thread single = run(mine.newThread("shutdown", this::look));
        run(others.eventLoops("io", true).newThread(this::look));
        run(new Thread(this::look));
        assertEquals(List.of("mine loop", "mine", "mine", "others loop", "foreign"), seen);
        assertFalse(loop.isDaemon());
        assertTrue(worker.isDaemon());
        assertTrue(single.isDaemon());
        assertEquals("longlink-mine-io-1", loop.getName());
        assertEquals("longlink-mine-public-1", worker.getName());
        assertEquals("longlink-mine-shutdown", single.getName());
        assertTrue(loop instanceof FastThreadLocalThread);
    }

    @Test
    void factory_numbersItsThreads() {
        var factory = mine.workers("public");
        assertEquals("longlink-mine-public-1", factory.newThread(() -> {}).getName());
        assertEquals("longlink-mine-public-2", factory.newThread(() -> {}).getName());
    }

    @Test
    void enter_onAForeignThread_marksItUntilItLeaves() {
        look();
        boolean entered = mine.enter();
        look();
        mine.leave(entered);
        look();
        assertEquals(List.of("foreign", "mine", "foreign"), seen);
    }

    @Test
    void enter_withinAnother_keepsTheOuterMark() {
        boolean outer = mine.enter();
        boolean inner = others.enter();
        look();
        others.leave(inner);
        look();
        mine.leave(outer);
        look();
        assertEquals(List.of("mine", "mine", "foreign"), seen);
    }
}
