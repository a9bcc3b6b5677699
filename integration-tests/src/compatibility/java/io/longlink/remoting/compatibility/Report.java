package io.longlink.remoting.compatibility;

import io.longlink.remoting.compatibility.ApiComparison.Fate;
import io.longlink.remoting.compatibility.ApiComparison.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The page on compatibility: a text written by hand, and in its gaps what a run has found. */
final class Report {
    static final Path API_REASONS = Path.of("src", "compatibility", "report", "api-reasons.txt");

    private static final Path TEMPLATE = Path.of("src", "compatibility", "report", "compatibility.md");
    private static final String NOTHING = "–";

    private static final Map<String, String> CALLS = calls();

    private final Matrix matrix;
    private final List<StockVersion> versions;

    Report(Matrix matrix, List<StockVersion> versions) {
        this.matrix = matrix;
        this.versions = versions;
    }

    private static Map<String, String> calls() {
        Map<String, String> calls = new LinkedHashMap<>(Calls.CASES);
        calls.put(Lane.GATE, "draining server refuses new versions only");
        calls.put(Lane.HELLO_SILENT, "HELLO is never answered");
        calls.put(Lane.HELLO_ERROR, "HELLO is answered with an error");
        calls.put(Lane.LOG, "stock peer logs no error but one for HELLO");
        calls.put(Lane.LOG_WITHOUT_HELLO, "without HELLO it logs none");
        return calls;
    }

    String text() throws IOException, ClassNotFoundException {
        String text = Files.readString(TEMPLATE);
        text = text.replace("{{calls}}", Arrays.stream(Direction.values()).map(this::callTable).collect(Collectors.joining("\n")));
        text = text.replace("{{restarts}}", Arrays.stream(RestartCase.values()).map(this::restartTable).collect(Collectors.joining("\n")));
        text = text.replace("{{reasons}}", reasons());
        text = text.replace("{{imports}}", imports());
        return text.replace("{{api}}", api());
    }

    // ---------------------------------------------------------------- calls

    private String callTable(Direction direction) {
        StringBuilder table = new StringBuilder("| " + direction + " |");
        versions.forEach(version -> table.append(" ").append(version).append(" |"));
        table.append("\n|---|").append("---|".repeat(versions.size())).append("\n");
        CALLS.forEach((name, words) -> {
            List<String> results = versions.stream().map(version -> callCell(version, direction, name)).toList();
            if (!results.stream().allMatch(NOTHING::equals)) {
                table.append("| ").append(words).append(" | ").append(String.join(" | ", results)).append(" |\n");
            }
        });
        return table.toString();
    }

    /** Both forms of headers in one cell, as long as there is nothing to tell apart. */
    private String callCell(StockVersion version, Direction direction, String name) {
        List<String> results = new ArrayList<>();
        for (Header header : Header.values()) {
            matrix.outcome(version, direction, header, name)
                    .ifPresent(outcome -> results.add(outcome.isClean() ? outcome.toString() : "**" + header + ": " + outcome + "**"));
        }
        return results.isEmpty() ? NOTHING : String.join("; ", results.stream().distinct().toList());
    }

    // ---------------------------------------------------------------- restarts

    private String restartTable(RestartCase restart) {
        StringBuilder table = new StringBuilder("| " + restart + " | headers |");
        List<Direction> directions = Arrays.stream(Direction.values())
                .filter(direction -> restart.isGraceful() || direction != Direction.STOCK_TO_OURS)
                .toList();
        directions.forEach(direction -> table.append(" ").append(direction).append(" |"));
        table.append("\n|---|---|").append("---|".repeat(directions.size())).append("\n");
        for (StockVersion version : versions) {
            for (Header header : Header.values()) {
                table.append("| ").append(version).append(" | ").append(header).append(" |");
                directions.forEach(direction -> table.append(" ").append(restartCell(version, direction, header, restart)).append(" |"));
                table.append("\n");
            }
        }
        return table.toString();
    }

    private String restartCell(StockVersion version, Direction direction, Header header, RestartCase restart) {
        Optional<Outcome> outcome = matrix.outcome(version, direction, header, restart.name());
        if (outcome.isEmpty() && direction == Direction.STOCK_TO_STOCK) {
            return matrix.yardstick(version, header, restart).map(other -> cell(other) + " \\*").orElse(NOTHING);
        }
        return outcome.map(Report::cell).orElse(NOTHING);
    }

    private static String cell(Outcome outcome) {
        return outcome instanceof Tally tally ? tally + " of " + tally.sent() : outcome.toString();
    }

    private String reasons() {
        StringBuilder list = new StringBuilder();
        for (Direction direction : Direction.values()) {
            for (RestartCase restart : RestartCase.values()) {
                Tally all = matrix.sum(direction, restart);
                if (all.failed() > 0) {
                    list.append("- ").append(direction).append(", ").append(restart).append(":\n");
                    all.reasons().forEach((reason, count) -> list.append("  - ").append(count).append(" × ").append(reason).append("\n"));
                }
            }
        }
        return list.toString().stripTrailing();
    }

    // ---------------------------------------------------------------- the API

    private static String imports() {
        StringBuilder table = new StringBuilder("| RocketMQ | Longlink Remoting |\n|---|---|\n");
        Library.IMPORTS.forEach((theirs, ours) -> table.append("| `").append(theirs).append("` | `").append(ours).append("` |\n"));
        return table.toString().stripTrailing();
    }

    private static String api() throws IOException, ClassNotFoundException {
        ApiReasons reasons = ApiReasons.read(API_REASONS);
        Map<String, List<Name>> types = Api.compare(StockVersion.V5_5_1).stream()
                .collect(Collectors.groupingBy(Name::type, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder();
        types.forEach((type, names) -> {
            text.append("\n### ").append(type).append("\n\n");
            text.append("Same: ").append(members(names.stream().filter(name -> name.fate() == Fate.SAME).toList())).append(".\n\n");
            for (Fate fate : List.of(Fate.CHANGED, Fate.ABSENT)) {
                Map<String, List<Name>> byReason = names.stream()
                        .filter(name -> name.fate() == fate)
                        .collect(Collectors.groupingBy(name -> reasons.why(name).orElse("?"), TreeMap::new, Collectors.toList()));
                byReason.forEach((why, those) -> text.append("- ")
                        .append(fate.name().toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(members(those))
                        .append(": ")
                        .append(why)
                        .append("\n"));
            }
        });
        return text.toString().strip();
    }

    private static String members(List<Name> names) {
        return names.isEmpty() ? "nothing" : names.stream().map(name -> "`" + name.member() + "`").collect(Collectors.joining(", "));
    }
}
