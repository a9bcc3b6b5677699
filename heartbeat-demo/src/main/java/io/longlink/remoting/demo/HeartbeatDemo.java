package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Picture;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Timeline;
import io.longlink.remoting.demo.view.LiveTable;
import io.longlink.remoting.demo.view.Report;
import io.longlink.remoting.demo.view.ReportFile;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
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
            "Everything runs on free ports of the loopback interface and ends by itself.%n"
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

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            converter = ScenarioName.Converter.class,
            description = "what to play, see below; default rolling")
    private ScenarioName scenario = ScenarioName.ROLLING;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--json", description = "tell events as JSON, one object a line, the verdict last")
    private boolean json;

    @Option(names = "--report", paramLabel = "FILE", description = "write a page with pictures of the run; default nowhere")
    private @Nullable Path report;

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
        CommandLine commandLine = new CommandLine(new HeartbeatDemo(out, faults));
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> scenarios());
        commandLine
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
        Timeline timeline = new Timeline();
        Story story;
        Result result;
        try (Story.Teller teller = teller(timeline)) {
            story = new Story(teller, json, timeline);
            Scenario plot;
            ReportFile file;
            try {
                plot = scenario.scenario(new Stage(arguments, story, faults));
                file = report == null ? null : new ReportFile(report);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(commandLine(), e.getMessage(), e);
            }
            result = play(plot, timeline, file);
        }
        story.tell("verdict", result.facts(), result.sentences());
        return result.isGreen() ? 0 : RED;
    }

    private Story.Teller teller(Timeline timeline) throws InterruptedException {
        // Whoever passes another stream has no terminal there.
        boolean live = !json && out == System.out && LiveTable.isPossible(System.getenv());
        return live ? LiveTable.open(out, timeline, System.getenv()) : Story.printing(out);
    }

    /** Plays, and writes the report whatever comes of it. */
    private Result play(Scenario plot, Timeline timeline, @Nullable ReportFile file) throws InterruptedException {
        try {
            Result result = plot.play();
            write(file, result, timeline);
            return result;
        } catch (RuntimeException | Error e) {
            String why = "the run broke off: " + e;
            write(file, new Result(new JsonObject(), "RED: " + why, List.of(why)), timeline);
            throw e;
        }
    }

    private void write(@Nullable ReportFile file, Result result, Timeline timeline) {
        if (file != null) {
            Picture picture = timeline.picture();
            String typed = String.join(" ", commandLine().getParseResult().originalArgs());
            file.write(new Report("scenario " + scenario.text(), result, picture, typed, Report.environment(picture)));
        }
    }

    private static String scenarios() {
        return String.format("%nScenarios:%n") + String.join(System.lineSeparator(), ScenarioName.help()) + System.lineSeparator();
    }

    private CommandLine commandLine() {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("picocli sets the spec before it calls");
        }
        return command.commandLine();
    }
}
