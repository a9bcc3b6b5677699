package io.longlink.remoting.demo.story;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One JSON object on one line, written field by field in the order of the calls, in ASCII only. Not thread-safe. */
public final class JsonObject {
    private final StringBuilder text = new StringBuilder("{");

    /** Adds a string; {@code null} becomes {@code null}. */
    public JsonObject put(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /** Adds a whole number. */
    public JsonObject put(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    /** Adds an array of whole numbers. */
    public JsonObject put(String name, long[] values) {
        name(name);
        text.append('[');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                text.append(',');
            }
            text.append(values[i]);
        }
        text.append(']');
        return this;
    }

    /** Adds true or false. */
    public JsonObject put(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** Adds an array of strings. */
    public JsonObject put(String name, List<String> values) {
        name(name);
        text.append('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                text.append(',');
            }
            quote(values.get(i));
        }
        text.append(']');
        return this;
    }

    /** Adds the fields of another object behind those of this one. */
    public JsonObject putAll(JsonObject other) {
        if (other.text.length() > 1) {
            separate();
            text.append(other.text, 1, other.text.length());
        }
        return this;
    }

    private void name(String name) {
        separate();
        quote(name);
        text.append(':');
    }

    private void separate() {
        if (text.length() > 1) {
            text.append(',');
        }
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // Whatever the console's charset is, ASCII survives it; lone surrogates survive as well.
                    if (c < 0x20 || c > 0x7e) {
                        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
