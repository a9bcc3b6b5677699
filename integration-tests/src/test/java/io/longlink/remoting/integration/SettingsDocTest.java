package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.ReconnectPolicy;
import io.longlink.remoting.client.heartbeat.HeartbeatConfig;
import io.longlink.remoting.netty.NettyDecoder;
import io.longlink.remoting.protocol.MQVersion;
import io.longlink.remoting.server.NettyServerConfig;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of docs/settings.md say what the code says: which settings there are, their defaults, units and least values. */
class SettingsDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COMPUTED = Pattern.compile("max\\((\\d+), processors(?: / (\\d+))?\\)");
    private static final Pattern NUMBER = Pattern.compile("(\\d[\\d,_]*)(?: (KiB|MiB))?");
    private static final Pattern LEAST = Pattern.compile("(\\d+) (?:or more|to \\d+)\\b.*");
    private static final Pattern PROPERTY = Pattern.compile("\"([a-z]+(?:\\.[A-Za-z]+){2,})\"");

    /** One line of a table, without the dress. */
    private record Row(String setting, String defaultValue, String unit, String range) {}

    @ParameterizedTest
    @ValueSource(classes = {NettyServerConfig.class, NettyClientConfig.class, HeartbeatConfig.class})
    void config_itsTable_hasEachSetterOnceWithUnitAndDefault(Class<?> config) throws Exception {
        Map<String, Row> rows = rows(config.getSimpleName());
        assertEquals(new TreeSet<>(setters(config).keySet()), rows.keySet());
        Object fresh = config.getConstructor().newInstance();
        for (Row row : rows.values()) {
            Field field = config.getDeclaredField(row.setting());
            field.setAccessible(true);
            assertDefault(row, field.get(fresh));
            assertUnit(row);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {NettyServerConfig.class, NettyClientConfig.class, HeartbeatConfig.class})
    void config_leastValueOfItsTable_isTakenAndOneLessIsNot(Class<?> config) throws Exception {
        Map<String, Method> setters = setters(config);
        for (Row row : rows(config.getSimpleName()).values()) {
            Integer least = least(row);
            if (least != null) {
                Object fresh = config.getConstructor().newInstance();
                Method setter = setters.get(row.setting());
                assertDoesNotThrow(() -> setter.invoke(fresh, number(setter.getParameterTypes()[0], least)), row::setting);
                assertRejected(row, () -> setter.invoke(fresh, number(setter.getParameterTypes()[0], least - 1)));
            }
        }
    }

    @Test
    void transportOptions_itsTable_hasEachComponentOnceWithUnitDefaultAndLeastValue() throws Exception {
        Map<String, Row> rows = rows("TransportOptions");
        RecordComponent[] components = TransportOptions.class.getRecordComponents();
        assertEquals(Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.toCollection(TreeSet::new)), rows.keySet());
        Constructor<TransportOptions> constructor = TransportOptions.class.getConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        for (int i = 0; i < components.length; i++) {
            int at = i;
            Row row = rows.get(components[i].getName());
            assertDefault(row, components[i].getAccessor().invoke(TransportOptions.defaults()));
            assertUnit(row);
            Integer least = least(row);
            if (least != null) {
                assertDoesNotThrow(() -> constructor.newInstance(withOne(components, at, least)), row::setting);
                assertRejected(row, () -> constructor.newInstance(withOne(components, at, least - 1)));
            }
        }
    }

    @Test
    void systemProperties_theirTable_hasEachOneThatTheLibraryReads() throws IOException {
        Map<String, Row> rows = rows("System properties");
        assertEquals(propertiesInSources(), rows.keySet());
        assertDefault(rows.get(NettyDecoder.MAX_FRAME_LENGTH_PROPERTY), NettyDecoder.DEFAULT_MAX_FRAME_LENGTH);
        assertDefault(rows.get("rocketmq.remoting.version"), MQVersion.V5_5_1);
    }

    // ---------------------------------------------------------------- the page

    /** The rows of the table under a heading, by setting; columns are found by their titles. */
    private static Map<String, Row> rows(String heading) throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        List<String> titles = List.of();
        boolean here = false;
        for (String line : Files.readAllLines(ROOT.resolve("docs/settings.md"))) {
            if (line.startsWith("#")) {
                here = line.replaceFirst("#+", "").replace("`", "").strip().equals(heading);
            } else if (here && line.strip().startsWith("|") && !line.matches("[\\s|:-]+")) {
                List<String> cells = cells(line);
                if (titles.isEmpty()) {
                    titles = cells.stream().map(title -> title.toLowerCase(Locale.ROOT)).toList();
                } else {
                    Row row = new Row(
                            cells.get(titles.indexOf("setting")),
                            cells.get(titles.indexOf("default")),
                            cells.get(titles.indexOf("unit")),
                            cells.get(titles.indexOf("range")));
                    assertEquals(null, rows.put(row.setting(), row), () -> row.setting() + " is there twice");
                }
            }
        }
        assertTrue(!rows.isEmpty(), () -> "no table under " + heading);
        return rows;
    }

    private static List<String> cells(String line) {
        String inner = line.strip().replaceFirst("^\\|", "").replaceFirst("\\|$", "");
        return Arrays.stream(inner.split("\\|", -1)).map(cell -> cell.replaceAll("[`*]", "").strip()).toList();
    }

    // ---------------------------------------------------------------- the code

    private static Map<String, Method> setters(Class<?> config) {
        Map<String, Method> setters = new TreeMap<>();
        for (Method method : config.getMethods()) {
            if (method.getName().startsWith("set")) {
                setters.put(method.getName().substring(3, 4).toLowerCase(Locale.ROOT) + method.getName().substring(4), method);
            }
        }
        return setters;
    }

    /** What looks like the name of a property in the sources that ask for one. */
    private static Set<String> propertiesInSources() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String module : List.of("remoting", "remoting-client", "remoting-server")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                    String text = Files.readString(source);
                    if (text.matches("(?s).*(System\\.getProperty|Integer\\.getInteger|Long\\.getLong|Boolean\\.getBoolean)\\(.*")) {
                        PROPERTY.matcher(text).results().forEach(name -> found.add(name.group(1)));
                    }
                }
            }
        }
        return found;
    }

    private static Object[] withOne(RecordComponent[] components, int changed, int value) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            values.add(i == changed ? value : components[i].getAccessor().invoke(TransportOptions.defaults()));
        }
        return values.toArray();
    }

    // ---------------------------------------------------------------- both

    private static void assertDefault(@Nullable Row row, @Nullable Object actual) {
        assertTrue(row != null);
        String said = row.defaultValue();
        Matcher computed = COMPUTED.matcher(said);
        Matcher number = NUMBER.matcher(said);
        if (row.setting().equals("version")) {
            assertEquals(null, actual, "version is chosen later, when nobody has");
            assertEquals(MQVersion.defaultVersion(), Integer.parseInt(said), row.setting());
        } else if (actual instanceof Number value) {
            assertTrue(computed.matches() || number.matches(), () -> row.setting() + " has no number: " + said);
            assertEquals(computed.matches() ? compute(computed) : parse(number), value.longValue(), row.setting());
        } else if (actual instanceof TransportOptions) {
            assertEquals(TransportOptions.defaults(), actual, row.setting());
            assertEquals("defaults", said, row.setting());
        } else if (actual == null) {
            assertEquals("none", said, row.setting());
        } else if (row.setting().equals("reconnectPolicy")) {
            assertEquals("fullJitter", said);
            assertEquals("FullJitter", schedule(actual));
        } else if (actual instanceof String || actual instanceof Boolean || actual instanceof Enum) {
            assertEquals(said, actual.toString(), row.setting());
        } else {
            // Code of ours that does nothing.
            assertEquals("none", said, row.setting());
            assertTrue(actual.getClass().isSynthetic() || actual.getClass().isAnonymousClass(), () -> row.setting() + " is " + actual);
        }
    }

    private static String schedule(Object policy) {
        ReconnectPolicy made = (ReconnectPolicy) policy;
        return made.newSchedule(new Random(1)).getClass().getSimpleName();
    }

    private static long compute(Matcher computed) {
        int divisor = computed.group(2) == null ? 1 : Integer.parseInt(computed.group(2));
        return Math.max(Long.parseLong(computed.group(1)), Runtime.getRuntime().availableProcessors() / divisor);
    }

    private static long parse(Matcher number) {
        long value = Long.parseLong(number.group(1).replaceAll("[,_]", ""));
        String unit = number.group(2);
        return unit == null ? value : value * (unit.equals("KiB") ? 1024 : 1024 * 1024);
    }

    private static void assertUnit(Row row) {
        String name = row.setting();
        String unit = name.endsWith("Millis") ? "ms" : name.endsWith("Seconds") ? "s" : name.endsWith("Bytes") ? "bytes" : row.unit();
        assertEquals(unit, row.unit(), name);
    }

    /** The least value that the range allows; null if it is told in other words. */
    private static @Nullable Integer least(Row row) {
        Matcher range = LEAST.matcher(row.range());
        return range.matches() ? Integer.valueOf(range.group(1)) : null;
    }

    private static Object number(Class<?> type, int value) {
        return type == long.class ? (Object) (long) value : (Object) value;
    }

    private static void assertRejected(Row row, Executable call) {
        InvocationTargetException thrown = assertThrows(InvocationTargetException.class, call, row::setting);
        assertInstanceOf(IllegalArgumentException.class, thrown.getCause(), row::setting);
    }
}
