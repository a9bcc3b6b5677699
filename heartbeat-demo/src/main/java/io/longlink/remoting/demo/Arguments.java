package io.longlink.remoting.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What was typed behind the command, as it was typed: what was left out is {@code null}, because every scenario has defaults of its own.
 * Filled by picocli, not changed afterwards.
 */
final class Arguments {
    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "how long to send; default 13s, single 12s, crash 9s")
    private @Nullable Duration duration;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "messages per second, all clients together; default 2000, single and crash 1000")
    private @Nullable Integer rate;

    @Option(
            names = "--servers",
            paramLabel = "N",
            description = "servers, each of which is replaced; default 3, crash 2; single has 1")
    private @Nullable Integer servers;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "clients, each of which sends to every server; default 5, single 2, crash 3")
    private @Nullable Integer clients;

    @Option(names = "--connections", paramLabel = "N", description = "connections of idle and herd; default 10000")
    private @Nullable Integer connections;

    @Option(
            names = "--gap",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "how long nobody listens at a server's port; default 1s, single 2s, crash 300ms")
    private @Nullable Duration gap;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "how long a call may take; default the longer of 5s and gap + 3s")
    private @Nullable Duration deadline;

    @Option(names = "--input", paramLabel = "FILE", description = "UTF-8 text, a line is a message; default a text that comes along")
    private @Nullable Path input;

    @Option(names = "--ledger", paramLabel = "DIR", description = "where to write sent.tsv and executed.tsv; default nowhere")
    private @Nullable Path ledgerDirectory;

    @Option(names = "--processes", description = "every server has a JVM of its own, as it always has in crash")
    private boolean processes;

    /** How long to send. */
    Duration duration(Duration unlessGiven) {
        return duration == null ? unlessGiven : duration;
    }

    /** Messages per second. */
    int rate(int unlessGiven) {
        return rate == null ? unlessGiven : rate;
    }

    /** How many servers. */
    int servers(int unlessGiven) {
        return servers == null ? unlessGiven : servers;
    }

    /** How many clients. */
    int clients(int unlessGiven) {
        return clients == null ? unlessGiven : clients;
    }

    /** How many connections. */
    int connections(int unlessGiven) {
        return connections == null ? unlessGiven : connections;
    }

    /** How long a server is away. */
    Duration gap(Duration unlessGiven) {
        return gap == null ? unlessGiven : gap;
    }

    /** How long a call may take; long enough to sit out a restart, unless it is given. */
    Duration deadline(Duration actualGap) {
        return deadline == null ? DemoOptions.defaultDeadline(actualGap) : deadline;
    }

    /** The text, {@code null} for the one that comes along. */
    @Nullable Path input() {
        return input;
    }

    /** Where the ledger's files go, {@code null} for nowhere. */
    @Nullable Path ledgerDirectory() {
        return ledgerDirectory;
    }

    /** Whether servers get JVMs of their own. */
    boolean processes() {
        return processes;
    }
}
