package io.longlink.remoting.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON that a header needs: a strict RFC 8259 reader by recursive descent, and the quoting of strings. */
final class HeaderJson {

    private static final int MAX_DEPTH = 64;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    /** A number, kept as it was written. */
    private record Literal(String text) {}

    private final String text;
    private int at;
    private Map<?, ?> fields = Map.of();

    private HeaderJson(String text) {
        this.text = text;
    }

    /**
     * Reads one object and nothing behind it.
     *
     * @throws IllegalArgumentException if the bytes are anything else; the message names the position
     */
    static HeaderJson parse(byte[] utf8) {
        HeaderJson json;
        try {
            json = new HeaderJson(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the JSON header is not UTF-8", e);
        }
        Object value = json.value(0);
        json.skipBlanks();
        if (json.at != json.text.length()) {
            throw json.broken("the end of the header");
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("the JSON header is no object: " + json.text);
        }
        json.fields = map;
        return json;
    }

    int requiredInt(String name) {
        if (fields.get(name) == null) {
            throw new IllegalArgumentException("no \"" + name + "\" in " + text);
        }
        return optionalInt(name, 0);
    }

    int optionalInt(String name, int otherwise) {
        String number = scalar(name, fields.get(name));
        if (number == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + name + "\" is no 32-bit integer: " + number, e);
        }
    }

    @Nullable String text(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new IllegalArgumentException("\"" + name + "\" is no string in " + text);
    }

    @Nullable Map<String, String> texts(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("\"" + name + "\" is no object in " + text);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, element) -> {
            String scalar = scalar(name + "." + key, element);
            if (scalar != null) {
                texts.put((String) key, scalar);
            }
        });
        return texts;
    }

    private static @Nullable String scalar(String name, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Map || value instanceof List) {
            throw new IllegalArgumentException("\"" + name + "\" is no scalar: " + value);
        }
        return value instanceof Literal number ? number.text() : value.toString();
    }

    static void quote(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw broken("at most " + MAX_DEPTH + " levels");
        }
        skipBlanks();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        expect('{');
        skipBlanks();
        if (peek() != '}') {
            do {
                skipBlanks();
                String name = string();
                if (depth == 0 && members.containsKey(name)) {
                    throw broken("each field once, not a second \"" + name + "\" before this");
                }
                skipBlanks();
                expect(':');
                members.put(name, value(depth + 1));
                skipBlanks();
            } while (skip(','));
        }
        expect('}');
        return members;
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> elements = new ArrayList<>();
        expect('[');
        skipBlanks();
        if (peek() != ']') {
            do {
                elements.add(value(depth + 1));
                skipBlanks();
            } while (skip(','));
        }
        expect(']');
        return elements;
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            char c = next();
            if (c < ' ') {
                at--;
                throw broken("an escape instead of a control character");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        expect('"');
        return out.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'f' -> '\f';
            case 'r' -> '\r';
            case 'u' -> unicode();
            default -> throw broken("an escape before this");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw broken("four hex digits before this");
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    private Literal number() {
        var matcher = NUMBER.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw broken("a value");
        }
        at = matcher.end();
        return new Literal(matcher.group());
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw broken(word);
        }
        at += word.length();
        return value;
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at == text.length()) {
            throw broken("more");
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private boolean skip(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char wanted) {
        if (!skip(wanted)) {
            throw broken("'" + wanted + "'");
        }
    }

    private IllegalArgumentException broken(String wanted) {
        return new IllegalArgumentException("the JSON header wants " + wanted + " at character " + at + ": " + text);
    }
}
