package io.longlink.remoting.server;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.internal.DrainOrder;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.FlightEvents;
import io.longlink.remoting.internal.GoAwayNotice;
import io.longlink.remoting.internal.InUseCount;
import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.ShutdownDeadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections of one or more ports as DESIGN 3.2 says: lame duck, listening sockets, hooks, gates and announcements, the wait, the
 * force. Reads from top to bottom; runs on the thread of the shutdown.
 */
final class DrainController {
    /** What hooks may take (DESIGN 3.2.2 with an end to the wait). */
    private static final long HOOKS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a request that was parked too late waits for the hooks. */
    private static final long HOOKS_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Longer than the two seconds that a forced connection reads on, and the quarter of one that it may wait before. */
    private static final Duration FORCE_TIMEOUT = Duration.ofMillis(2_500);

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(DrainController.class);

    private final OwnThreads threads;
    private final ServerLoops loops;
    private final ServerSettings settings;
    private final CompletableFuture<Void> listenersClosed = new CompletableFuture<>();

    DrainController(OwnThreads threads, ServerLoops loops, ServerSettings settings) {
        this.threads = threads;
        this.loops = loops;
        this.settings = settings;
    }

    /** Completes when a replacement can bind. */
    CompletableFuture<Void> listenersClosed() {
        return listenersClosed;
    }

    DrainReport drain(List<ServerPort> ports, ShutdownDeadline deadline) {
        Consumer<DrainReport> recorded = FlightEvents.drainBegins(ports.get(0).acceptor().port(), ports.size());
        long beganNanos = System.nanoTime();
        if (settings.lameDuckMillis() > 0) {
            deadline.pause(settings.lameDuckMillis());
        }
        try {
            ports.forEach(port -> port.acceptor().unbind());
        } finally {
            listenersClosed.complete(null);
        }
        loops.awaitTurn();
        Hooks hooks = new Hooks(ports);
        hooks.run(deadline);

        DrainTally tally = new DrainTally();
        GoAwayNotice notice = new GoAwayNotice(GoAwayNotice.REASON_SHUTDOWN, deadline.leftMillis());
        DrainOrder order = new DrainOrder(tally, notice, settings.quietMillis());
        ports.forEach(port -> port.registry().drain(order));
        // Again and again: a request may have passed the gate before it closed, and be parked after the hooks ran.
        while (!awaitConnections(ports, deadline, HOOKS_AGAIN_NANOS) && deadline.leftNanos() > 0) {
            hooks.run(deadline);
        }
        boolean allEnded = awaitConnections(ports, deadline, 0) || tryForce(ports);
        Duration duration = Duration.ofNanos(System.nanoTime() - beganNanos);
        for (ServerPort port : ports) {
            if (!deadline.awaitNone(port.endpoint().executions())) {
                log.warn("{} requests were still being executed when the drain's deadline came", port.endpoint().executions().get());
            }
        }
        DrainReport report = allEnded ? tally.report(duration) : tally.reportWithThoseLeft(duration);
        recorded.accept(report);
        return report;
    }

    private static boolean awaitConnections(List<ServerPort> ports, ShutdownDeadline deadline, long atMostNanos) {
        for (ServerPort port : ports) {
            if (!deadline.awaitNone(port.registry().open(), atMostNanos)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all connections have ended with that. */
    private static boolean tryForce(List<ServerPort> ports) {
        log.warn("the drain's deadline came with {} connections left, they are closed", open(ports));
        ports.forEach(port -> port.registry().force());
        if (awaitConnections(ports, ShutdownDeadline.in(FORCE_TIMEOUT), Long.MAX_VALUE)) {
            return true;
        }
        ports.forEach(port -> port.registry().closeAll());
        if (awaitConnections(ports, ShutdownDeadline.in(CLOSE_TIMEOUT), Long.MAX_VALUE)) {
            return true;
        }
        log.warn("{} connections cannot be closed: something blocks their event loops", open(ports));
        return false;
    }

    private static long open(List<ServerPort> ports) {
        return ports.stream().mapToLong(port -> port.registry().open().get()).sum();
    }

    /** The drain hooks of all ports, on a thread of their own, one round at a time. */
    private final class Hooks {
        private final List<Runnable> hooks;
        private final InUseCount running = new InUseCount();

        Hooks(List<ServerPort> ports) {
            hooks = ports.stream().flatMap(port -> port.drainHooks().stream()).toList();
        }

        /** Runs a round and waits for it, but not for ever; does nothing while the last round still runs. */
        void run(ShutdownDeadline deadline) {
            if (hooks.isEmpty() || running.get() > 0) {
                return;
            }
            running.begin();
            threads.newThread("drain-hooks", () -> {
                try {
                    hooks.forEach(DrainController::runHook);
                } finally {
                    running.end();
                }
            }).start();
            long patienceNanos = Math.min(HOOKS_NANOS, deadline.leftNanos() / 2);
            // A drain without any time does not wait, and nobody is too slow for it.
            if (!deadline.awaitNone(running, patienceNanos) && patienceNanos > 0) {
                log.warn("drain hooks take too long, the drain goes on without waiting for them");
            }
        }
    }

    private static void runHook(Runnable hook) {
        try {
            hook.run();
        } catch (RuntimeException | Error e) {
            log.error("drain hook {} failed", hook.getClass().getName(), e);
        }
    }
}
