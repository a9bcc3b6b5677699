package io.longlink.remoting.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The version of commands for which nobody chose one: a system property, read once when the first such command asks, else 515.
 */
final class DefaultVersion {
    static final String PROPERTY = "rocketmq.remoting.version";

    private DefaultVersion() {}

    /** The property as it was at first use. A bad value is kept and complained about at each use, not only at the first. */
    private static final class AtFirstUse {
        static final @Nullable String VALUE = System.getProperty(PROPERTY);
        static final @Nullable Integer NUMBER = tryParse(VALUE);
    }

    /**
     * {@return the default version of this JVM}
     *
     * @throws IllegalArgumentException if the property holds no number
     */
    static int get() {
        Integer number = AtFirstUse.NUMBER;
        if (number == null) {
            throw badValue(AtFirstUse.VALUE);
        }
        return number;
    }

    /** Reads a value of the property; absent or blank means the built-in default. */
    static int parse(@Nullable String value) {
        Integer number = tryParse(value);
        if (number == null) {
            throw badValue(value);
        }
        return number;
    }

    private static @Nullable Integer tryParse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return MQVersion.V5_5_1;
        }
        try {
            return Integer.valueOf(value.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static IllegalArgumentException badValue(@Nullable String value) {
        return new IllegalArgumentException("system property " + PROPERTY + " must be a decimal int: <" + value + ">");
    }
}
