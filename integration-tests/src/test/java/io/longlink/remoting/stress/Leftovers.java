package io.longlink.remoting.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingService;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** What a service may not leave behind. Threads, buffers and uncaught exceptions are looked for by {@code LeakGuard}. */
final class Leftovers {

    private Leftovers() {}

    /** Of a service that has ended. */
    static void assertNone(Batch batch, String whose, RemotingService service, Connections connections, Processors processors)
            throws Exception {
        // A processor on an executor of ours may be just about to return.
        batch.await("no request executes at " + whose, () -> service.stats().get(Counter.EXECUTING) == 0);
        RemotingStats stats = service.stats();
        String all = whose + ": " + stats;
        assertEquals(0, stats.get(Counter.CONNECTIONS_OPEN), all);
        assertEquals(0, stats.get(Counter.EVENTS_DROPPED), all);
        assertEquals(0, stats.get(Counter.PROTOCOL_ERRORS), all);
        assertEquals(0, stats.get(Counter.UNSUPPORTED), all);
        assertEquals(0, stats.get(Counter.BUSY), all);
        assertEquals(List.of(), connections.wrongsAtTheEnd(), whose);
        assertEquals(stats.get(Counter.CONNECTIONS_OPENED), connections.made(), all);
        assertEveryRequestIsCounted(stats, processors.oneways(), all);
    }

    /** Each request was answered, refused, given up, executed as a one-way, or counted as a one-way that was dropped. */
    private static void assertEveryRequestIsCounted(RemotingStats stats, long oneways, String all) {
        long ended = stats.get(Counter.ANSWERED) + stats.get(Counter.UNANSWERED) + stats.get(Counter.GO_AWAYS_ANSWERED) + oneways;
        long others = stats.get(Counter.REQUESTS_RECEIVED) - ended;
        // A one-way that comes after the end is counted as dropped only.
        assertTrue(others >= 0 && others <= stats.get(Counter.ONEWAYS_DROPPED), () -> oneways + " one-ways ran, " + all);
    }

    /** How many timers wait on an event loop that lives. */
    static int timers(EventLoop loop) throws Exception {
        // Netty tells nobody.
        Field field = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
        field.setAccessible(true);
        return loop.submit(() -> {
            Queue<?> queue = (Queue<?>) field.get(loop);
            return queue == null ? 0 : queue.size();
        }).get(Batch.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
