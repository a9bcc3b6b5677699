package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import org.jspecify.annotations.Nullable;

/** A plot with messages in it, and what is around it: the text is read, the JVM warmed up, the ledger kept and closed. Plays once. */
final class LedgerScenario implements Scenario {
    private final Stage stage;
    private final DemoOptions options;
    private final Workload workload;
    private final @Nullable LedgerFiles files;

    /** @throws IllegalArgumentException if the text cannot be read or the ledger not be written, in words for the command line */
    private LedgerScenario(Stage stage, DemoOptions options) {
        this.stage = stage;
        this.options = options;
        workload = Workload.read(stage.arguments().input());
        files = stage.arguments().ledgerDirectory() == null ? null : new LedgerFiles(stage.arguments().ledgerDirectory());
    }

    /** Planned restarts. */
    static Scenario rolling(Stage stage, DemoOptions options) {
        return new LedgerScenario(stage, options);
    }

    @Override
    public Result play() throws InterruptedException {
        try {
            if (stage.faults() == Faults.NONE) {
                // A run that is broken on purpose need not be fast.
                WarmUp.run(options, workload, stage.story());
            }
            Ledger ledger = new Ledger(workload, options.messages(), files);
            return new RollingRestart(options, ledger, stage.story(), stage.faults()).play();
        } finally {
            if (files != null) {
                files.close();
            }
        }
    }
}
