package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.internal.Connection;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page for operators names exists, and what exists it names. */
class ObservabilityPageTest {
    private static final Path PAGE = Path.of("..", "docs", "observability.md");
    private static final String PREFIX = "io.longlink.remoting.";
    private static final Pattern COUNTER_ROW = Pattern.compile("^\\| `([A-Z_]+)` (?:† )?\\|", Pattern.MULTILINE);
    private static final Pattern EVENT_ROW = Pattern.compile("^\\| `([A-Z]\\w+)` \\| (both|client|server) \\|(.*)$", Pattern.MULTILINE);
    private static final Pattern FIELD = Pattern.compile("`([a-z]\\w*)`");
    private static final Set<String> FIELDS_OF_CONNECTIONS = Set.of("side", "remoteAddress", "channelId");

    @TempDir
    private Path classes;

    @Test
    void counters_areThoseThatStatsHas() throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(0, page.indexOf("## Flight Recorder"));
        Set<String> named = COUNTER_ROW.matcher(section).results().map(row -> row.group(1)).collect(Collectors.toSet());

        assertEquals(Arrays.stream(Counter.values()).map(Counter::name).collect(Collectors.toSet()), named);
    }

    @Test
    void events_andTheirFields_areThoseThatAreRecorded() throws Exception {
        Map<String, Set<String>> named = EVENT_ROW.matcher(Files.readString(PAGE))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), ObservabilityPageTest::fieldsNamed, (a, b) -> a, TreeMap::new));
        Map<String, Set<String>> recorded = new TreeMap<>();
        for (Class<?> type : Class.forName(Connection.class.getPackageName() + ".FlightRecords").getDeclaredClasses()) {
            if (!Modifier.isAbstract(type.getModifiers())) {
                assertTrue(type.isAnnotationPresent(Label.class) && type.isAnnotationPresent(Description.class), type::getName);
                recorded.put(type.getAnnotation(Name.class).value().substring(PREFIX.length()), fieldsOf(type));
            }
        }
        recorded.values().stream().filter(fields -> fields.contains("side")).forEach(fields -> fields.removeAll(FIELDS_OF_CONNECTIONS));

        assertEquals(recorded, named);
    }

    /** What the last column has in backticks, but for types, which begin with a capital. */
    private static Set<String> fieldsNamed(MatchResult row) {
        String cells = row.group(3);
        String last = cells.substring(cells.lastIndexOf('|', cells.length() - 2));
        return FIELD.matcher(last).results().map(field -> field.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> fieldsOf(Class<?> type) {
        Set<String> fields = new TreeSet<>();
        for (Class<?> declaring = type; declaring != Event.class; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                // The virtual machine adds some of its own, which nobody labels.
                if (field.isAnnotationPresent(Label.class)) {
                    fields.add(field.getName());
                }
            }
        }
        return fields;
    }

    @Test
    void snippets_compile() throws IOException {
        List<Snippet> snippets = Snippet.in(PAGE);
        Snippet.compile(snippets, classes);

        assertEquals(List.of("StatsPrinter", "ConnectionWatch"), snippets.stream().map(Snippet::name).toList());
    }
}
