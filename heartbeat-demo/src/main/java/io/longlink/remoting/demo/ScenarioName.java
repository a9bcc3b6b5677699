package io.longlink.remoting.demo;

import io.longlink.remoting.demo.crowd.Herd;
import io.longlink.remoting.demo.crowd.Idle;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.watchdog.WatchdogStory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What can be played, by the name that {@code --scenario} knows it by. */
enum ScenarioName {
    /** Several servers, each replaced once. */
    ROLLING("servers are told to go and replaced, one after the other; the default") {
        @Override
        Scenario scenario(Stage stage) {
            return plannedRestarts(stage, Profile.ROLLING);
        }
    },
    /** One server, replaced several times. */
    SINGLE("one server at one fixed address is away for 2s, three times; all calls wait for it, none fails") {
        @Override
        Scenario scenario(Stage stage) {
            return plannedRestarts(stage, Profile.SINGLE);
        }
    },
    /** Servers that are killed. */
    CRASH("server JVMs are killed hard; calls fail, and say truly whether they may have run") {
        @Override
        Scenario scenario(Stage stage) {
            return new LedgerScenario(stage, DemoOptions.of(stage.arguments(), Profile.CRASH, true), Crash::new);
        }
    },
    /** Many connections, nobody uses them, the server leaves. */
    IDLE("10000 idle connections are told that their server leaves") {
        @Override
        Scenario scenario(Stage stage) {
            return new Idle(stage.arguments().connections(CONNECTIONS), stage.story());
        }
    },
    /** Many connections come back. */
    HERD("10000 idle connections come back to a restarted server, and not all at once") {
        @Override
        Scenario scenario(Stage stage) {
            return new Herd(stage.arguments().connections(CONNECTIONS), stage.story());
        }
    },
    /** One connection is kept alive, lost and given up. */
    WATCHDOG("PINGs, a silent client, a crash, 12 attempts to reconnect, and giving up; 20s") {
        @Override
        Scenario scenario(Stage stage) {
            return new WatchdogStory(stage.story());
        }
    };

    private static final int CONNECTIONS = 10_000;

    private final String summary;

    ScenarioName(String summary) {
        this.summary = summary;
    }

    /**
     * Makes it, ready to be played.
     *
     * @throws IllegalArgumentException if the arguments make no sense for it, in words for the command line
     */
    abstract Scenario scenario(Stage stage);

    /** What is typed. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them, a line each, for {@code --help}. */
    static String[] help() {
        return Arrays.stream(values()).map(name -> String.format("  %-10s%s", name.text(), name.summary)).toArray(String[]::new);
    }

    private static Scenario plannedRestarts(Stage stage, Profile profile) {
        DemoOptions options = DemoOptions.of(stage.arguments(), profile, stage.arguments().processes());
        return new LedgerScenario(stage, options, RollingRestart::new);
    }

    /** Reads what is typed. */
    static final class Converter implements ITypeConverter<ScenarioName> {
        @Override
        public ScenarioName convert(String text) {
            return Arrays.stream(values())
                    .filter(name -> name.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of "
                            + Arrays.stream(values()).map(ScenarioName::text).collect(Collectors.joining(", "))));
        }
    }
}
