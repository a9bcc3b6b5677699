package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Story;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/**
 * The command line of the demo. Exit codes: 0 the verdict is green, 1 it is red or the run broke off, 2 the arguments make no sense.
 */
@Command(
        name = "heartbeat-demo",
        sortOptions = false,
        description = {
            "Replaces broker-like servers under load and checks, id by id, that nobody noticed.",
            "Everything runs in this process, on free ports of the loopback interface.%n"
        },
        footer = {
            "%nDurations: 500ms, 3s, 1m. Exit codes: 0 green, 1 red, 2 bad arguments.",
            "In the DIR of --ledger, bash lists what was lost and what was executed twice, then both numbers and the rest:",
            "  comm -3 --total <(cut -f1,2,4- sent.tsv | sort) <(cut -f1,2,4- executed.tsv | sort)"
        })
public final class HeartbeatDemo implements Callable<Integer> {
    private static final int RED = 1;

    private final PrintStream out;
    private final Faults faults;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--duration", paramLabel = "TIME", converter = DurationText.class, description = "how long to send; default 13s")
    private Duration duration = Duration.ofSeconds(13);

    @Option(names = "--rate", paramLabel = "N", description = "messages per second, all clients together; default 2000")
    private int rate = 2_000;

    @Option(names = "--servers", paramLabel = "N", description = "servers, each of which is replaced once; default 3")
    private int servers = 3;

    @Option(names = "--clients", paramLabel = "N", description = "clients, each of which sends to every server; default 5")
    private int clients = 5;

    @Option(names = "--gap", paramLabel = "TIME", converter = DurationText.class, description = "how long a server is away; default 1s")
    private Duration gap = Duration.ofSeconds(1);

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

    @Option(names = "--json", description = "tell events as JSON, one object a line, the verdict last")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this and end")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
    private boolean help;

    private HeartbeatDemo(PrintStream out, Faults faults) {
        this.out = out;
        this.faults = faults;
    }

    /** Runs the demo. Returns if it was green, so that nothing is cut off, and exits the JVM with the code otherwise. */
    public static void main(String[] args) {
        int code = execute(args, System.out, System.err, Faults.NONE);
        System.out.flush();
        System.err.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs the demo and returns its exit code. */
    static int execute(String[] args, PrintStream out, PrintStream err, Faults faults) {
        CommandLine commandLine = new CommandLine(new HeartbeatDemo(out, faults))
                .setUsageHelpWidth(120)
                .setOut(new PrintWriter(out, true, Charset.defaultCharset()))
                .setErr(new PrintWriter(err, true, Charset.defaultCharset()))
                .setParameterExceptionHandler((e, arguments) -> {
                    err.println("heartbeat-demo: " + e.getMessage() + " (--help says more)");
                    return CommandLine.ExitCode.USAGE;
                });
        return commandLine.execute(args);
    }

    @Override
    public Integer call() throws InterruptedException {
        DemoOptions options;
        Workload workload;
        LedgerFiles files;
        try {
            Duration callDeadline = deadline == null ? DemoOptions.defaultDeadline(gap) : deadline;
            options = new DemoOptions(duration, rate, servers, clients, gap, callDeadline);
            workload = Workload.read(input);
            files = ledgerDirectory == null ? null : new LedgerFiles(ledgerDirectory);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), e.getMessage(), e);
        }
        Story story = new Story(out, json);
        Ledger ledger = new Ledger(workload, options.messages(), files);
        Result result;
        try {
            if (faults == Faults.NONE) {
                // A run that is broken on purpose need not be fast.
                WarmUp.run(options, workload, story);
            }
            result = new RollingRestart(options, ledger, story, faults).play();
        } finally {
            if (files != null) {
                files.close();
            }
        }
        story.tell("verdict", result.facts(), result.sentences());
        return result.isGreen() ? 0 : RED;
    }

    private CommandLine commandLine() {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("picocli sets the spec before it calls");
        }
        return command.commandLine();
    }
}
