package io.longlink.remoting.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named whole numbers in the order in which they were put: what the processes of a round tell each other, and what a round leaves. */
final class Figures {
    static final Figures NONE = new Figures(Map.of());

    private final Map<String, Long> values;

    private Figures(Map<String, Long> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    static Figures copyOf(Map<String, Long> values) {
        return new Figures(new LinkedHashMap<>(values));
    }

    Figures with(String name, long value) {
        Map<String, Long> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Figures(more);
    }

    /** These and those, whose names get a prefix. */
    Figures with(String prefix, Figures others) {
        Map<String, Long> more = new LinkedHashMap<>(values);
        others.values.forEach((name, value) -> more.put(prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1), value));
        return new Figures(more);
    }

    /** How much each has grown. */
    Figures since(Figures before) {
        Map<String, Long> grown = new LinkedHashMap<>(values);
        grown.replaceAll((name, value) -> value - before.get(name));
        return new Figures(grown);
    }

    /** @throws IllegalArgumentException if there is none of that name */
    long get(String name) {
        Long value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " in " + values);
        }
        return value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Map<String, Long> asMap() {
        return values;
    }

    /** As processes say it to each other. */
    String line() {
        StringBuilder line = new StringBuilder();
        values.forEach((name, value) -> line.append(line.length() == 0 ? "" : " ").append(name).append('=').append(value));
        return line.toString();
    }

    static Figures parse(String line) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String pair : line.split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals), Long.parseLong(pair.substring(equals + 1)));
            }
        }
        return new Figures(values);
    }
}
