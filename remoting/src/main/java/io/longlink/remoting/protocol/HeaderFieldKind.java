package io.longlink.remoting.protocol;

import org.jspecify.annotations.Nullable;

/** The types of header fields that can be read, and what text is a value of them. */
enum HeaderFieldKind {
    STRING,
    INT,
    LONG,
    BOOLEAN,
    DOUBLE,
    ENUM,
    UNSUPPORTED;

    static HeaderFieldKind of(Class<?> type) {
        if (type == String.class) {
            return STRING;
        } else if (type == int.class || type == Integer.class) {
            return INT;
        } else if (type == long.class || type == Long.class) {
            return LONG;
        } else if (type == boolean.class || type == Boolean.class) {
            return BOOLEAN;
        } else if (type == double.class || type == Double.class) {
            return DOUBLE;
        }
        return type.isEnum() ? ENUM : UNSUPPORTED;
    }

    /** The value of a text, null if it is none of this kind. */
    @Nullable Object parse(String text, Class<?> type) {
        try {
            return switch (this) {
                case STRING -> text;
                case INT -> isNumber(text) ? Integer.valueOf(text) : null;
                case LONG -> isNumber(text) ? Long.valueOf(text) : null;
                case DOUBLE -> isDouble(text) ? Double.valueOf(text) : null;
                case BOOLEAN -> "true".equalsIgnoreCase(text) ? Boolean.TRUE : "false".equalsIgnoreCase(text) ? Boolean.FALSE : null;
                case ENUM -> constant(text, type);
                case UNSUPPORTED -> null;
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Java's own parser also takes a plus sign and the digits of other scripts. */
    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c != '-' || i != 0)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What {@code Double.toString} can produce and plain decimals; Java's own parser also takes blanks, type suffixes and
     * hex.
     */
    private static boolean isDouble(String text) {
        if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Object constant(String text, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        return null;
    }
}
