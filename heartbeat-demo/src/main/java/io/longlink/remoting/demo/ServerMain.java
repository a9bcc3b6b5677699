package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The other end of {@link RemoteServer}: a JVM with one server in it, told what to do on its standard input, and telling on its standard
 * output what happens.
 *
 * <pre>
 *   is told                 tells
 *                           ready                             warm, once
 *   start PORT              started PORT | taken WHY
 *   counters                counters N ...
 *   drain MILLIS            counters N ... then stopped N ... then the end
 *                           x TAB id TAB kind TAB length TAB text     a message is executed, and will be answered after that
 * </pre>
 *
 * <p>Whoever told it has gone when its input ends: it ends at once, then.
 */
final class ServerMain {
    static final String READY = "ready";
    static final String START = "start";
    static final String STARTED = "started";
    static final String TAKEN = "taken";
    static final String COUNTERS = "counters";
    static final String DRAIN = "drain";
    static final String STOPPED = "stopped";
    static final String EXECUTED = "x\t";

    /** Fewer than in the first JVM, because several are born at a time. */
    private static final int WARM_UP_MESSAGES = 1_500;

    private final int number;
    private final int life;
    private final Duration commitInterval;

    /** Past {@link System#out}, whose buffer would be lost with a JVM that is killed. Its monitor keeps lines apart. */
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    /** Main thread only. */
    private @Nullable DemoServer server;

    private ServerMain(int number, int life, Duration commitInterval) {
        this.number = number;
        this.life = life;
        this.commitInterval = commitInterval;
    }

    /**
     * Runs one life of a server, until its input ends.
     *
     * @param args number, life, and milliseconds between commits
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        new ServerMain(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Duration.ofMillis(Long.parseLong(args[2]))).run();
        // Not an orderly end: nobody is left to whom it would matter.
        Runtime.getRuntime().halt(0);
    }

    private void run() throws IOException, InterruptedException {
        WarmUp.run(Workload.read(null), WARM_UP_MESSAGES);
        say(READY);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            obey(line.split(" "));
        }
    }

    private void obey(String[] words) {
        DemoServer running = server;
        if (words[0].equals(START)) {
            start(Integer.parseInt(words[1]));
        } else if (words[0].equals(COUNTERS)) {
            say(COUNTERS + ' ' + (running == null ? ServerCounters.NONE : running.counters()).line());
        } else if (words[0].equals(DRAIN) && running != null) {
            Duration timeout = Duration.ofMillis(Long.parseLong(words[1]));
            running.drain(timeout).whenComplete((report, failure) -> onStopped(running, report, failure));
        } else {
            throw new IllegalArgumentException("nothing to obey: " + String.join(" ", words));
        }
    }

    private void start(int port) {
        DemoServer next = new DemoServer(number, life, port, commitInterval, this::onExecute, Faults.NONE);
        try {
            next.start();
        } catch (UncheckedIOException e) {
            say(TAKEN + ' ' + e.getMessage());
            return;
        }
        server = next;
        say(STARTED + ' ' + next.port());
    }

    private void onExecute(int id, MessageKind kind, int unused, String text) {
        say(EXECUTED + id + '\t' + kind + '\t' + text.length() + '\t' + text);
    }

    private void onStopped(DemoServer ended, @Nullable DrainReport report, @Nullable Throwable failure) {
        if (report == null) {
            new IllegalStateException("server " + number + " cannot drain", failure).printStackTrace();
            Runtime.getRuntime().halt(1);
            return;
        }
        say(COUNTERS + ' ' + ended.counters().line());
        say(STOPPED + ' ' + line(report));
        Runtime.getRuntime().halt(0);
    }

    /** One write for each line: what the pipe has, outlives us. */
    private void say(String line) {
        byte[] bytes = (line + '\n').getBytes(StandardCharsets.UTF_8);
        try {
            synchronized (out) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("nobody hears what server " + number + " says", e);
        }
    }

    /** A report as {@link #parseReport} reads it. */
    static String line(DrainReport report) {
        return String.format(
                "%d %d %d %d %d %d %d %d %d %d %d %d %d",
                report.connections(),
                report.told(),
                report.closedByPeer(),
                report.quietClosed(),
                report.forced(),
                report.broken(),
                report.inFlight(),
                report.acceptedLater(),
                report.finished(),
                report.unanswered(),
                report.refused(),
                report.oneWaysExecuted(),
                report.duration().toNanos());
    }

    /** Reads what {@link #STOPPED} is followed by: a report as {@link #line} writes it. */
    static DrainReport parseReport(String line) {
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new DrainReport(
                n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], Duration.ofNanos(n[12]));
    }
}
