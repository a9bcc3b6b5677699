package io.longlink.remoting.benchmarks;

import io.longlink.remoting.benchmarks.Load.Shape;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Runs rounds.
 *
 * @param warmUpMillis under the load, before anything is measured
 * @param measuredMillis under the same load
 */
record RoundRunner(long warmUpMillis, long measuredMillis) {
    /** Connections that are open before idle ones are weighed, so that what is there once is not counted. */
    static final int OPEN_BEFORE = 100;

    private static final long LOOK_MILLIS = 500;
    private static final int SETTLED_LOOKS = 6;
    private static final long SETTLES_MILLIS = 20_000;
    private static final long CLOSES_MILLIS = 60_000;

    Round run(Load load, Contender contender, int number) throws IOException, InterruptedException {
        try (ChildJvm server = ChildJvm.start(ServerProcess.class, contender)) {
            long port = server.hear().get("port");
            try (ChildJvm client = ChildJvm.start(ClientProcess.class, contender, load.toString(), Long.toString(port))) {
                client.hear();
                Figures figures = load.shape() == Shape.IDLE ? idle(load, server, client) : loaded(load, server, client);
                return new Round(load, contender, number, figures, null);
            }
        } catch (RoundFailedException e) {
            return new Round(load, contender, number, Figures.NONE, e.getMessage());
        }
    }

    private Figures loaded(Load load, ChildJvm server, ChildJvm client) throws IOException, InterruptedException {
        client.ask("open 0 " + load.connections());
        client.ask("start " + warmUpMillis);
        long begunNanos = System.nanoTime();
        long busyBefore = Machine.busyNanos();
        Figures before = server.ask("usage");
        Figures measured = client.ask("measure " + measuredMillis);
        measured = measured.with("server", server.ask("usage").since(before));
        long ours = measured.get("clientCpuNanos") + measured.get("serverCpuNanos");
        measured = measured.with("otherCpuNanos", Math.max(0, Machine.busyNanos() - busyBefore - ours))
                .with("otherWindowNanos", System.nanoTime() - begunNanos);
        return load.shape() == Shape.ONEWAY || load.shape() == Shape.FLOOD ? oneways(measured, server, client) : measured;
    }

    /** One-ways count where they arrive. Those that were taken by the contender and do not arrive, even when time passes, are lost. */
    private static Figures oneways(Figures measured, ChildJvm server, ChildJvm client) throws IOException, InterruptedException {
        client.ask("stop");
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLES_MILLIS);
        long missing = Long.MIN_VALUE;
        for (int unchanged = 0; unchanged < SETTLED_LOOKS && missing != 0 && System.nanoTime() - deadlineNanos < 0; ) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            long now = client.ask("stop").get("calls") - server.ask("usage").get("oneways");
            unchanged = now == missing ? unchanged + 1 : 0;
            missing = now;
        }
        return measured.with("calls", measured.get("serverOneways")).with("lost", missing);
    }

    private static Figures idle(Load load, ChildJvm server, ChildJvm client) throws IOException, InterruptedException {
        client.ask("open 0 " + OPEN_BEFORE);
        Figures serverBefore = server.ask("weigh");
        Figures clientBefore = client.ask("weigh");
        int openBefore = openFiles(server, client) - 2 * OPEN_BEFORE;
        long begunNanos = System.nanoTime();
        client.ask("open " + OPEN_BEFORE + " " + (OPEN_BEFORE + load.connections()));
        Figures measured = Figures.NONE.with("openNanos", System.nanoTime() - begunNanos)
                .with("server", server.ask("weigh").since(serverBefore))
                .with("client", client.ask("weigh").since(clientBefore));
        begunNanos = System.nanoTime();
        client.tell("close");
        awaitClosed(load, server, client, openBefore, begunNanos);
        measured = measured.with("closeNanos", System.nanoTime() - begunNanos);
        client.hear();
        return measured;
    }

    private static int openFiles(ChildJvm server, ChildJvm client) throws IOException {
        return server.openFiles() + client.openFiles();
    }

    /** Until both have let go of all sockets; a few files that are none may be new. Looks rarely, for looking costs time. */
    private static void awaitClosed(Load load, ChildJvm server, ChildJvm client, int openBefore, long begunNanos)
            throws IOException, InterruptedException {
        int few = 2 + load.connections() / 200;
        while (true) {
            long lookNanos = System.nanoTime();
            int left = openFiles(server, client) - openBefore;
            long now = System.nanoTime();
            if (left <= few) {
                return;
            }
            if (now - begunNanos > TimeUnit.MILLISECONDS.toNanos(CLOSES_MILLIS)) {
                throw new RoundFailedException("after a minute " + left + " sockets are open");
            }
            TimeUnit.NANOSECONDS.sleep(Math.max(TimeUnit.MILLISECONDS.toNanos(1), 10 * (now - lookNanos)));
        }
    }
}
