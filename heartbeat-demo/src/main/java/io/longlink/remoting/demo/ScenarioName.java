package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Scenario;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What can be played, by the name that {@code --scenario} knows it by. */
enum ScenarioName {
    /** Several servers, each replaced once. */
    ROLLING("servers are drained and replaced, one after the other; the default") {
        @Override
        Scenario scenario(Stage stage) {
            return LedgerScenario.rolling(stage, options(stage.arguments(), Duration.ofSeconds(13), 2_000, 3, 5, Duration.ofSeconds(1)));
        }
    },
    /** One server at one fixed address. */
    SINGLE("one server at one fixed address is away for 2s, and calls wait for it") {
        @Override
        Scenario scenario(Stage stage) {
            return LedgerScenario.rolling(stage, options(stage.arguments(), Duration.ofSeconds(12), 1_000, 1, 2, Duration.ofSeconds(2)));
        }
    };

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

    private static DemoOptions options(Arguments arguments, Duration duration, int rate, int servers, int clients, Duration gap) {
        Duration actualGap = arguments.gap(gap);
        return new DemoOptions(
                arguments.duration(duration),
                arguments.rate(rate),
                arguments.servers(servers),
                arguments.clients(clients),
                actualGap,
                arguments.deadline(actualGap));
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
