package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A plot with messages in it, and what is around it: the text is read, the JVM warmed up, the ledger kept and closed. Plays once. */
final class LedgerScenario implements Scenario {

    /** Makes the plot itself. */
    @FunctionalInterface
    interface Plot {
        Scenario with(DemoOptions options, Ledger ledger, Stage stage);
    }

    private final Stage stage;
    private final DemoOptions options;
    private final Plot plot;
    private final Workload workload;
    private final @Nullable LedgerFiles files;

    /** @throws IllegalArgumentException if the text cannot be read or the ledger not be written, in words for the command line */
    LedgerScenario(Stage stage, DemoOptions options, Plot plot) {
        this.stage = stage;
        this.options = options;
        this.plot = plot;
        workload = Workload.read(stage.arguments().input());
        Path directory = stage.arguments().ledgerDirectory();
        files = directory == null ? null : new LedgerFiles(directory);
    }

    @Override
    public Result play() throws InterruptedException {
        try {
            if (stage.faults() == Faults.NONE) {
                // A run that is broken on purpose need not be fast.
                warmUp();
            }
            return plot.with(options, new Ledger(workload, options.messages(), files), stage).play();
        } finally {
            if (files != null) {
                files.close();
            }
        }
    }

    private void warmUp() throws InterruptedException {
        long beganNanos = System.nanoTime();
        long messages = WarmUp.run(workload, WarmUp.MESSAGES);
        long millis = Pause.millisSince(beganNanos);
        stage.story().tell(
                "warm",
                new JsonObject().put("messages", messages).put("millis", millis),
                String.format("warmed up: %d messages that do not count, in %d ms", messages, millis));
    }
}
