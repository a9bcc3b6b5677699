package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the JSON header (PROTOCOL section 3): exactly eight fields, by hand, without binding, references or types.
 * Stateless and thread-safe.
 *
 * <pre>
 * {"code":34,"extFields":{"k":"v"},"flag":0,"language":"JAVA","opaque":1,"remark":"r","serializeTypeCurrentRPC":"JSON","version":515}
 *  int, must  object of strings,    int, 0   string, JAVA      int, must  string, null  ignored, the frame decides        int, 0
 *             null                                                                                        (value of a missing field)
 * </pre>
 *
 * <p>The reader takes RFC 8259 objects in strict UTF-8, fields in any order, unknown fields of any shape up to a depth of
 * {@value #MAX_DEPTH}, and beyond the types above: integers in strings, numbers and booleans as ext values, and null, which
 * means absent (an unknown language for {@code language}, and refused for {@code code} and {@code opaque}). One of the eight
 * that appears twice is refused; of an ext field that appears twice the last one counts. Each byte is looked at a small,
 * constant number of times. Headers in the very form above are read by {@link UsualJsonHeader}, faster; all others by the reader
 * in this class.
 */
final class JsonHeaderCodec {
    /** How deep values may nest, the header object included. */
    static final int MAX_DEPTH = 64;

    static final byte[] OUT_CODE = ascii("{\"code\":");
    static final byte[] OUT_EXT_FIELDS = ascii(",\"extFields\":{");
    static final byte[] OUT_FLAG = ascii(",\"flag\":");
    /** From behind the flag to the opaque, by the language's code. */
    static final byte[][] OUT_LANGUAGE_OPAQUE = Arrays.stream(LanguageCode.values())
            .map(language -> ascii(",\"language\":\"" + language.name() + "\",\"opaque\":"))
            .toArray(byte[][]::new);

    static final byte[] OUT_REMARK = ascii(",\"remark\":");
    static final byte[] OUT_VERSION = ascii(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");
    private static final byte[] HEX = ascii("0123456789abcdef");

    private static final byte[] CODE = ascii("code");
    private static final byte[] EXT_FIELDS = ascii("extFields");
    private static final byte[] FLAG = ascii("flag");
    private static final byte[] LANGUAGE = ascii("language");
    private static final byte[] OPAQUE = ascii("opaque");
    private static final byte[] REMARK = ascii("remark");
    private static final byte[] VERSION = ascii("version");

    private JsonHeaderCodec() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---------------------------------------------------------------------------------------------------------------- writing

    /**
     * Appends the header of a command.
     *
     * @param mapping how to write the header object, whose fields are all ext fields; null if they are in the command's map
     */
    static void write(RemotingCommand command, @Nullable CustomHeaderMapping mapping, ByteBuf out) {
        HeaderWriter writer = HeaderWriter.to(out);
        try {
            writeHeader(command, mapping, writer);
            writer.flush();
        } finally {
            writer.release();
        }
    }

    private static void writeHeader(RemotingCommand command, @Nullable CustomHeaderMapping mapping, HeaderWriter out) {
        out.put(OUT_CODE);
        out.putDecimal(command.getCode());
        if (mapping != null) {
            writeCustomHeader(out, mapping, Objects.requireNonNull(command.readCustomHeader()));
        } else {
            writeExtFields(out, command.getExtFields());
        }
        out.put(OUT_FLAG);
        out.putDecimal(command.getFlag());
        out.put(OUT_LANGUAGE_OPAQUE[command.getLanguage().getCode()]);
        out.putDecimal(command.getOpaque());
        String remark = command.getRemark();
        if (remark != null) {
            out.put(OUT_REMARK);
            writeString(out, remark);
        }
        out.put(OUT_VERSION);
        out.putDecimal(command.getVersion());
        out.putByte('}');
    }

    private static void writeCustomHeader(HeaderWriter out, CustomHeaderMapping mapping, CommandCustomHeader header) {
        out.put(OUT_EXT_FIELDS);
        // A name brings the end of the value before it along; the first one goes without.
        int skipped = HeaderField.JSON_SEPARATOR_LENGTH;
        for (HeaderField field : mapping.fields()) {
            Object value = field.isWhole ? null : field.get(header);
            if (value == null && !field.isWhole) {
                continue;
            }
            out.put(field.jsonName, skipped);
            skipped = 0;
            if (value == null) {
                out.putDecimal(field.getWhole(header));
            } else if (value instanceof Integer || value instanceof Long) {
                out.putDecimal(((Number) value).longValue());
            } else {
                writeText(out, HeaderField.text(value));
            }
        }
        if (skipped == 0) {
            out.putByte('"');
        }
        out.putByte('}');
    }

    private static void writeExtFields(HeaderWriter out, @Nullable Map<String, String> fields) {
        if (fields == null) {
            return;
        }
        out.put(OUT_EXT_FIELDS);
        boolean first = true;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String value = field.getValue();
            if (value == null) {
                continue;
            }
            if (!first) {
                out.putByte(',');
            }
            first = false;
            writeString(out, field.getKey());
            out.putByte(':');
            writeString(out, value);
        }
        out.putByte('}');
    }

    private static void writeString(HeaderWriter out, String text) {
        out.putByte('"');
        writeText(out, text);
        out.putByte('"');
    }

    private static void writeText(HeaderWriter out, String text) {
        if (!out.putPlain(text)) {
            writeEscaped(out.flush(), text);
        }
    }

    private static void writeEscaped(ByteBuf out, String text) {
        int written = 0;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\') {
                continue;
            }
            writeRun(out, text, written, i);
            writeEscape(out, c);
            written = i + 1;
        }
        writeRun(out, text, written, length);
    }

    /** Text without anything to escape; a lone surrogate becomes a question mark. */
    private static void writeRun(ByteBuf out, String text, int from, int to) {
        if (from < to) {
            ByteBufUtil.reserveAndWriteUtf8(out, text, from, to, ByteBufUtil.utf8Bytes(text, from, to));
        }
    }

    private static void writeEscape(ByteBuf out, char c) {
        out.writeByte('\\');
        switch (c) {
            case '\b' -> out.writeByte('b');
            case '\t' -> out.writeByte('t');
            case '\n' -> out.writeByte('n');
            case '\f' -> out.writeByte('f');
            case '\r' -> out.writeByte('r');
            case '"', '\\' -> out.writeByte(c);
            default -> {
                out.writeByte('u');
                out.writeByte('0');
                out.writeByte('0');
                out.writeByte(HEX[c >> 4]);
                out.writeByte(HEX[c & 0xF]);
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- reading

    /**
     * Reads a header; looks at no byte outside, and moves no index.
     *
     * @throws RemotingCommandException if the bytes are not one acceptable header
     */
    static RemotingCommand read(ByteBuf frame, int index, int length) throws RemotingCommandException {
        RemotingCommand usual = UsualJsonHeader.read(frame, index, length);
        if (usual != null) {
            return usual;
        }
        byte[] bytes = new byte[length];
        frame.getBytes(index, bytes);
        return new Reader(bytes).header();
    }

    /** One pass over one header. */
    private static final class Reader {
        private final byte[] bytes;
        private final int end;
        private int position;

        /** The content of the string scanned last, without its quotes. */
        private int textStart;
        private int textEnd;
        /** Whether that content is ASCII without escapes, so that bytes are characters. */
        private boolean textPlain;

        private int code;
        private int flag;
        private int opaque;
        private int version;
        private LanguageCode language = LanguageCode.JAVA;
        private @Nullable String remark;
        private @Nullable Map<String, String> extFields;

        /** One bit for each known field that was seen. */
        private int seen;

        Reader(byte[] bytes) {
            this.bytes = bytes;
            this.end = bytes.length;
        }

        RemotingCommand header() throws RemotingCommandException {
            expect('{');
            if (!tryTake('}')) {
                do {
                    field();
                } while (separated('}'));
            }
            skipBlanks();
            if (position != end) {
                throw malformed("bytes behind the object");
            }
            if ((seen & 1) == 0) {
                throw malformed("no code");
            }
            if ((seen & (1 << 4)) == 0) {
                throw malformed("no opaque");
            }
            RemotingCommand command = new RemotingCommand(SerializeType.JSON, code, language, version, opaque, flag, remark, null);
            if (extFields != null) {
                command.takeExtFields(extFields);
            }
            return command;
        }

        private void field() throws RemotingCommandException {
            skipBlanks();
            scanString();
            if (nameIs(CODE)) {
                once(0);
                code = requiredInt("code");
            } else if (nameIs(EXT_FIELDS)) {
                once(1);
                extFields = extFields();
            } else if (nameIs(FLAG)) {
                once(2);
                flag = takeNull() ? 0 : integer();
            } else if (nameIs(LANGUAGE)) {
                once(3);
                language = language();
            } else if (nameIs(OPAQUE)) {
                once(4);
                opaque = requiredInt("opaque");
            } else if (nameIs(REMARK)) {
                once(5);
                remark = takeNull() ? null : string();
            } else if (nameIs(VERSION)) {
                once(6);
                version = takeNull() ? 0 : integer();
            } else {
                // Unknown ones and serializeTypeCurrentRPC, which the frame contradicts at will.
                validateText();
                expect(':');
                skipValue(1);
            }
        }

        /** Notes a known field whose name was just read, and moves to its value. */
        private void once(int bit) throws RemotingCommandException {
            if ((seen & (1 << bit)) != 0) {
                throw malformed("a field twice");
            }
            seen |= 1 << bit;
            expect(':');
            skipBlanks();
        }

        private boolean nameIs(byte[] name) throws RemotingCommandException {
            if (textPlain) {
                return Arrays.equals(bytes, textStart, textEnd, name, 0, name.length);
            }
            // An escaped name is legal and rare; six bytes for one character is the longest way to write it.
            return textEnd - textStart <= 6 * name.length && text().equals(new String(name, StandardCharsets.US_ASCII));
        }

        private int requiredInt(String field) throws RemotingCommandException {
            if (takeNull()) {
                throw malformed("null for " + field);
            }
            return integer();
        }

        private LanguageCode language() throws RemotingCommandException {
            if (takeNull()) {
                return LanguageCode.OTHER;
            }
            if (peek() == '"') {
                return LanguageCode.ofName(string());
            }
            int number = integer();
            return number == (byte) number ? LanguageCode.valueOf((byte) number) : LanguageCode.OTHER;
        }

        private @Nullable Map<String, String> extFields() throws RemotingCommandException {
            if (takeNull()) {
                return null;
            }
            expect('{');
            Map<String, String> fields = new HashMap<>();
            if (tryTake('}')) {
                return fields;
            }
            int count = 0;
            do {
                if (++count > RemotingCommand.MAX_EXT_FIELDS) {
                    throw malformed("more than " + RemotingCommand.MAX_EXT_FIELDS + " ext fields");
                }
                skipBlanks();
                String key = string();
                expect(':');
                skipBlanks();
                String value = scalar();
                if (value == null) {
                    fields.remove(key);
                } else {
                    fields.put(key, value);
                }
            } while (separated('}'));
            return fields;
        }

        /** A string, or the text of a number or boolean; null for null. */
        private @Nullable String scalar() throws RemotingCommandException {
            int first = peek();
            if (first == '"') {
                return string();
            }
            if (first == '{' || first == '[') {
                throw malformed("an ext field that is no scalar");
            }
            if (takeNull()) {
                return null;
            }
            int from = position;
            skipValue(2);
            return new String(bytes, from, position - from, StandardCharsets.ISO_8859_1);
        }

        // ------------------------------------------------------------------------------------------------------------ values

        /**
         * Passes over one value of any shape.
         *
         * @param depth containers around it, at most {@link #MAX_DEPTH}; bounds the recursion
         */
        private void skipValue(int depth) throws RemotingCommandException {
            skipBlanks();
            switch (peek()) {
                case '"' -> {
                    scanString();
                    validateText();
                }
                case '{' -> {
                    enter(depth);
                    if (tryTake('}')) {
                        return;
                    }
                    do {
                        skipBlanks();
                        scanString();
                        validateText();
                        expect(':');
                        skipValue(depth + 1);
                    } while (separated('}'));
                }
                case '[' -> {
                    enter(depth);
                    if (tryTake(']')) {
                        return;
                    }
                    do {
                        skipValue(depth + 1);
                    } while (separated(']'));
                }
                case 't' -> literal("true");
                case 'f' -> literal("false");
                case 'n' -> literal("null");
                default -> skipNumber();
            }
        }

        private void enter(int depth) throws RemotingCommandException {
            if (depth >= MAX_DEPTH) {
                throw malformed("nested deeper than " + MAX_DEPTH);
            }
            position++;
        }

        private void literal(String word) throws RemotingCommandException {
            for (int i = 0; i < word.length(); i++) {
                if (peek() != word.charAt(i)) {
                    throw malformed("no value");
                }
                position++;
            }
        }

        private boolean takeNull() throws RemotingCommandException {
            if (peek() != 'n') {
                return false;
            }
            literal("null");
            return true;
        }

        private void skipNumber() throws RemotingCommandException {
            if (peek() == '-') {
                position++;
            }
            if (peek() == '0') {
                position++;
            } else {
                digits();
            }
            if (peek() == '.') {
                position++;
                digits();
            }
            if (peek() == 'e' || peek() == 'E') {
                position++;
                if (peek() == '+' || peek() == '-') {
                    position++;
                }
                digits();
            }
        }

        private void digits() throws RemotingCommandException {
            if (!isDigit(peek())) {
                throw malformed("no value");
            }
            do {
                position++;
            } while (isDigit(peek()));
        }

        /** An integer of 32 bits, bare or in a string. */
        private int integer() throws RemotingCommandException {
            if (peek() != '"') {
                return bareInteger();
            }
            scanString();
            int behind = position;
            position = textStart;
            int value = bareInteger();
            if (position != textEnd) {
                throw malformed("no integer");
            }
            position = behind;
            return value;
        }

        /** Gives up at the first digit that leaves the range, so a number of any length costs little. */
        private int bareInteger() throws RemotingCommandException {
            boolean negative = peek() == '-';
            if (negative) {
                position++;
            }
            int first = peek();
            if (!isDigit(first)) {
                throw malformed("no integer");
            }
            long value = 0;
            for (int c = first; isDigit(c); c = peek()) {
                value = value * 10 + (c - '0');
                if (value > Integer.MAX_VALUE + (negative ? 1L : 0L)) {
                    throw malformed("an integer of more than 32 bits");
                }
                if (value != 0 && first == '0') {
                    throw malformed("an integer with a leading zero");
                }
                position++;
            }
            int next = peek();
            if (next == '.' || next == 'e' || next == 'E') {
                throw malformed("no integer");
            }
            return (int) (negative ? -value : value);
        }

        // ------------------------------------------------------------------------------------------------------------ strings

        private String string() throws RemotingCommandException {
            scanString();
            return text();
        }

        /**
         * Passes over a string up to its closing quote and remembers where its content is. Does not look at escapes and UTF-8
         * yet.
         */
        private void scanString() throws RemotingCommandException {
            if (peek() != '"') {
                throw malformed("no string");
            }
            int at = position + 1;
            textStart = at;
            boolean plain = true;
            while (at < end) {
                byte b = bytes[at];
                if (b == '"') {
                    textEnd = at;
                    textPlain = plain;
                    position = at + 1;
                    return;
                }
                if (b == '\\') {
                    plain = false;
                    at++;
                } else if (b < 0) {
                    plain = false;
                } else if (b < ' ') {
                    throw malformed("a control character in a string");
                }
                at++;
            }
            throw malformed("an unfinished string");
        }

        private String text() throws RemotingCommandException {
            if (textPlain) {
                return new String(bytes, textStart, textEnd - textStart, StandardCharsets.ISO_8859_1);
            }
            char[] chars = new char[textEnd - textStart];
            return new String(chars, 0, unescape(chars));
        }

        private void validateText() throws RemotingCommandException {
            if (!textPlain) {
                unescape(null);
            }
        }

        /** Checks and decodes the string scanned last; each character of the result takes at least one byte of the source. */
        private int unescape(char @Nullable [] sink) throws RemotingCommandException {
            int count = 0;
            int at = textStart;
            while (at < textEnd) {
                int c = bytes[at++];
                if (c == '\\') {
                    // The scan has made sure that a byte follows.
                    int escape = bytes[at++];
                    if (escape == 'u') {
                        c = hex4(at);
                        at += 4;
                    } else {
                        c = simpleEscape(escape);
                    }
                } else if (c < 0) {
                    int lead = c & 0xFF;
                    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
                    c = codePoint(lead, at, more);
                    at += more;
                    if (c > 0xFFFF) {
                        if (sink != null) {
                            sink[count] = Character.highSurrogate(c);
                        }
                        count++;
                        c = Character.lowSurrogate(c);
                    }
                }
                if (sink != null) {
                    sink[count] = (char) c;
                }
                count++;
            }
            return count;
        }

        /** A code point of two to four bytes, shortest form only, no surrogates, none beyond U+10FFFF (RFC 3629). */
        private int codePoint(int lead, int at, int more) throws RemotingCommandException {
            if (lead < 0xC2 || lead > 0xF4 || textEnd - at < more) {
                throw malformed("broken UTF-8");
            }
            int value = lead & (0x3F >> more);
            for (int i = 0; i < more; i++) {
                int b = bytes[at + i];
                if ((b & 0xC0) != 0x80) {
                    throw malformed("broken UTF-8");
                }
                value = (value << 6) | (b & 0x3F);
            }
            boolean overlong = value < (more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80);
            boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
            if (overlong || surrogate || value > Character.MAX_CODE_POINT) {
                throw malformed("broken UTF-8");
            }
            return value;
        }

        private int simpleEscape(int escape) throws RemotingCommandException {
            return switch (escape) {
                case '"', '\\', '/' -> escape;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                default -> throw malformed("an unknown escape");
            };
        }

        private int hex4(int at) throws RemotingCommandException {
            if (textEnd - at < 4) {
                throw malformed("an unfinished escape");
            }
            int value = 0;
            for (int i = at; i < at + 4; i++) {
                int digit = bytes[i] < 0 ? -1 : Character.digit(bytes[i], 16);
                if (digit < 0) {
                    throw malformed("an escape that is not hexadecimal");
                }
                value = (value << 4) | digit;
            }
            return value;
        }

        // ------------------------------------------------------------------------------------------------------------ tokens

        /** The byte at the position, -1 at the end. A byte of a multi-byte character is another negative number. */
        private int peek() {
            return position < end ? bytes[position] : -1;
        }

        private static boolean isDigit(int c) {
            return c >= '0' && c <= '9';
        }

        private void skipBlanks() {
            while (position < end) {
                byte b = bytes[position];
                if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                    return;
                }
                position++;
            }
        }

        private void expect(char token) throws RemotingCommandException {
            if (!tryTake(token)) {
                throw malformed("no " + token);
            }
        }

        private boolean tryTake(char token) {
            skipBlanks();
            if (peek() != token) {
                return false;
            }
            position++;
            return true;
        }

        /** Behind an element: true if another one follows, false if the container was closed. */
        private boolean separated(char close) throws RemotingCommandException {
            if (tryTake(',')) {
                return true;
            }
            expect(close);
            return false;
        }

        private RemotingCommandException malformed(String what) {
            return new RemotingCommandException("malformed JSON header at byte " + position + ": " + what);
        }
    }
}
