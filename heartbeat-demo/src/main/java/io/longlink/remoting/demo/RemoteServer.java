package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.process.ChildJvm;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One life of a server in a JVM of its own, which is born with this object and warms itself up. What the server executes comes through
 * the pipe, written before it was answered, so that nothing is missing even when the JVM is killed. Thread-safe.
 */
final class RemoteServer implements ServerLife {
    /** Quick to start, small, and without warnings from any JDK. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** A JVM that does not answer for so long never will. */
    private static final long PATIENCE_SECONDS = 60;

    private final int number;
    private final int life;
    private final Executions executions;
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Integer> started = new CompletableFuture<>();
    private final CompletableFuture<DrainReport> stopped = new CompletableFuture<>();
    private final ChildJvm child;

    /** Guards the questions, in the order they were asked, and whether there is anybody left to ask. No user's code runs under it. */
    private final Object lock = new Object();

    private final Queue<CompletableFuture<ServerCounters>> questions = new ArrayDeque<>();
    private boolean ended;

    private volatile int port;
    private volatile ServerCounters last = ServerCounters.NONE;

    /**
     * A server whose JVM starts while this returns.
     *
     * @throws UncheckedIOException if no JVM can be started
     */
    RemoteServer(int number, int life, Duration commitInterval, Executions executions) {
        this.number = number;
        this.life = life;
        this.executions = executions;
        List<String> arguments = List.of(Integer.toString(number), Integer.toString(life), Long.toString(commitInterval.toMillis()));
        child = ChildJvm.start(JVM_OPTIONS, ServerMain.class, arguments, this::onLine);
        child.outputEnded().whenComplete((nothing, failure) -> onEnd(failure));
    }

    // ---------------------------------------------------------------- what it tells; the child's thread

    private void onLine(String line) {
        if (line.startsWith(ServerMain.EXECUTED)) {
            onExecuted(line.split("\t", 5));
            return;
        }
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        String rest = line.substring(space + 1);
        switch (word) {
            case ServerMain.READY -> ready.complete(null);
            case ServerMain.STARTED -> {
                port = Integer.parseInt(rest);
                started.complete(port);
            }
            case ServerMain.TAKEN -> started.completeExceptionally(new UncheckedIOException(new BindException(rest)));
            case ServerMain.COUNTERS -> onCounters(ServerCounters.parse(rest));
            case ServerMain.STOPPED -> stopped.complete(ServerMain.parseReport(rest));
            default -> throw new IllegalArgumentException("server " + number + " says what nobody understands: " + line);
        }
    }

    private void onExecuted(String[] columns) {
        // A kill can cut off the last line: such a message was not written down whole, so neither executed nor answered.
        if (columns.length == 5 && columns[4].length() == Integer.parseInt(columns[3])) {
            executions.onExecute(Integer.parseInt(columns[1]), MessageKind.valueOf(columns[2]), number, columns[4]);
        }
    }

    private void onCounters(ServerCounters counters) {
        last = counters;
        CompletableFuture<ServerCounters> question;
        synchronized (lock) {
            question = questions.poll();
        }
        if (question != null) {
            question.complete(counters);
        }
    }

    private void onEnd(@Nullable Throwable failure) {
        List<CompletableFuture<ServerCounters>> unanswered;
        synchronized (lock) {
            ended = true;
            unanswered = List.copyOf(questions);
            questions.clear();
        }
        unanswered.forEach(question -> question.complete(last));
        IllegalStateException why = new IllegalStateException("the JVM of server " + number + " has ended", failure);
        ready.completeExceptionally(why);
        started.completeExceptionally(why);
        stopped.completeExceptionally(why);
    }

    // ---------------------------------------------------------------- what it is told

    /** Sets the port on which it will listen when it is started, 0 for any free one; returns this. */
    RemoteServer on(int portToBe) {
        port = portToBe;
        return this;
    }

    /** Waits until its JVM is warm, so that it could start at once. */
    void awaitReady() {
        await(ready);
    }

    @Override
    public void start() {
        awaitReady();
        child.send(ServerMain.START + ' ' + port);
        await(started);
    }

    @Override
    public CompletableFuture<DrainReport> drain(Duration timeout) {
        if (!stopped.isDone()) {
            child.send(ServerMain.DRAIN + ' ' + timeout.toMillis());
        }
        return stopped;
    }

    @Override
    public ServerCounters counters() {
        CompletableFuture<ServerCounters> question = new CompletableFuture<>();
        synchronized (lock) {
            if (ended || stopped.isDone() || !started.isDone()) {
                return last;
            }
            try {
                child.send(ServerMain.COUNTERS);
            } catch (UncheckedIOException e) {
                // It is dying, and we have not heard of it yet.
                return last;
            }
            questions.add(question);
        }
        return await(question);
    }

    /** Kills its JVM, as a crash would. When this returns, everything that it wrote down has been heard. */
    void kill() {
        close();
        last = last.afterDeath();
    }

    @Override
    public void close() {
        child.kill();
        // If hearing it has failed, those who waited for an answer know. A process that is killed ends, so nobody waits for ever.
        CompletableFuture.allOf(child.ended(), child.outputEnded().handle((nothing, failure) -> null)).join();
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("a JVM with a server did not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a JVM with a server was to answer", e);
        }
    }

    // ---------------------------------------------------------------- what it is

    @Override
    public int number() {
        return number;
    }

    @Override
    public int life() {
        return life;
    }

    @Override
    public int port() {
        return port;
    }
}
