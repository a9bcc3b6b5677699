package io.longlink.remoting.demo.view;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers and names as people read them. Stateless. */
final class Labels {
    /** Names that taking apart does not make better. */
    private static final Map<String, String> KNOWN = Map.of(
            "goAways", "GO_AWAYs heard",
            "failedUnknown", "Failed, may have run",
            "failedConnect", "Failed, not sent",
            "onewaySent", "One-way sent",
            "onewayLost", "One-way lost",
            "maxWaitMillis", "Longest wait",
            "digestSent", "SHA-256 of what was sent",
            "digestExecuted", "SHA-256 of what was executed");

    private Labels() {}

    /** A number of these, each a stretch of time long, and no time itself. */
    private static final Pattern PER_STRETCH = Pattern.compile("(.+)Per(\\d+)Millis");

    /** A fact's name: {@code connectionsLeft} is "Connections left"; a unit at the end moves to the value. */
    static String label(String name) {
        String known = KNOWN.get(name);
        if (known != null) {
            return known;
        }
        Matcher perStretch = PER_STRETCH.matcher(name);
        if (perStretch.matches()) {
            return label(perStretch.group(1)) + " per " + perStretch.group(2) + " ms";
        }
        String bare = name.replaceFirst("(?<=.)(Millis|Micros)$", "");
        String words = bare.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return capital(words);
    }

    /** The beginning of a sentence. */
    static String capital(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** A fact's value, with the unit that its name ends with; a dash if there is none. */
    static String value(String name, @Nullable Object value) {
        if (value == null) {
            return "-";
        }
        if (value instanceof List<?> values) {
            return values.stream().map(one -> value(name, one)).collect(Collectors.joining(", "));
        }
        if (!(value instanceof Number number)) {
            return value.toString();
        }
        if (name.endsWith("Micros")) {
            return micros(number.longValue());
        }
        if (name.endsWith("Millis") && !PER_STRETCH.matcher(name).matches()) {
            return millis(number.longValue());
        }
        return value instanceof Integer || value instanceof Long ? count(number.longValue()) : number.toString();
    }

    /** As it is, but for round seconds. */
    private static String millis(long millis) {
        return millis >= 1_000 && millis % 100 == 0 ? plainSeconds((double) millis) : count(millis) + " ms";
    }

    /** 12,345. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Two or three digits and the unit that fits: 85 µs, 1.2 ms, 340 ms, 2.1 s. */
    static String micros(long micros) {
        if (micros < 1_000) {
            return micros + " \u00b5s";
        }
        if (micros < 1_000_000) {
            return digits(micros / 1e3) + " ms";
        }
        return digits(micros / 1e6) + " s";
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }

    /** 3.24 s. */
    static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1e3);
    }

    /** A power of ten of microseconds: 100 µs, 1 ms, 10 s. */
    static String decade(long micros) {
        if (micros < 1_000) {
            return micros + " \u00b5s";
        }
        return micros < 1_000_000 ? micros / 1_000 + " ms" : micros / 1_000_000 + " s";
    }

    /** A tick of the time axis: 0 s, 0.5 s, 12 s. */
    static String plainSeconds(double millis) {
        long whole = Math.round(millis);
        return (whole % 1_000 == 0 ? Long.toString(whole / 1_000) : Double.toString(whole / 1e3)) + " s";
    }
}
