package io.longlink.remoting.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON header if it has the form that RocketMQ and this library write: the fields in their order, no blanks, and texts
 * that are ASCII without escapes. It refuses nothing: any other header, a bad one too, is left to {@link JsonHeaderCodec}'s own
 * reader, to which this one is a shortcut.
 */
final class UsualJsonHeader {
    private static final byte[][] LANGUAGES =
            Arrays.stream(LanguageCode.values()).map(language -> JsonHeaderCodec.ascii(language.name())).toArray(byte[][]::new);

    private static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = EACH << 7;

    /** What {@link #integer()} returns if there is none; no int is equal to it. */
    private static final long NONE = Long.MIN_VALUE;

    private final byte[] bytes;
    private final int end;
    private int position;

    /** The header that fills {@code bytes[from, to)}; looks at no byte outside. */
    UsualJsonHeader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    /** {@return the command, without its body; null if the header has another form} */
    @Nullable RemotingCommand read() {
        long code = take(JsonHeaderCodec.OUT_CODE) ? integer() : NONE;
        if (code == NONE) {
            return null;
        }
        byte[] extFields = null;
        if (take(JsonHeaderCodec.OUT_EXT_FIELDS)) {
            extFields = extFields();
            if (extFields == null) {
                return null;
            }
        }
        long flag = take(JsonHeaderCodec.OUT_FLAG) ? integer() : NONE;
        LanguageCode language = take(JsonHeaderCodec.OUT_LANGUAGE) ? language() : null;
        long opaque = take(JsonHeaderCodec.OUT_OPAQUE) ? integer() : NONE;
        String remark = null;
        if (take(JsonHeaderCodec.OUT_REMARK)) {
            remark = string();
            if (remark == null) {
                return null;
            }
        }
        long version = take(JsonHeaderCodec.OUT_VERSION) ? integer() : NONE;
        boolean complete = flag != NONE && language != null && opaque != NONE && version != NONE && isAt(position, '}') && position + 1 == end;
        if (!complete) {
            return null;
        }
        return new RemotingCommand(
                SerializeType.JSON, (int) code, language, (int) version, (int) opaque, (int) flag, remark, extFields);
    }

    /** Moves behind these bytes if they are next. */
    private boolean take(byte[] expected) {
        int behind = position + expected.length;
        if (behind > end || !Arrays.equals(bytes, position, behind, expected, 0, expected.length)) {
            return false;
        }
        position = behind;
        return true;
    }

    private boolean isAt(int at, char token) {
        return at < end && bytes[at] == token;
    }

    /** An int in the shortest way to write it. */
    private long integer() {
        boolean negative = isAt(position, '-');
        int first = negative ? position + 1 : position;
        int at = first;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - first < 10) {
            value = value * 10 + (bytes[at] - '0');
            at++;
        }
        boolean leadingZero = at - first > 1 && bytes[first] == '0';
        value = negative ? -value : value;
        if (at == first || leadingZero || value != (int) value) {
            return NONE;
        }
        position = at;
        return value;
    }

    private @Nullable LanguageCode language() {
        for (int i = 0; i < LANGUAGES.length; i++) {
            if (isAt(position + LANGUAGES[i].length, '"') && take(LANGUAGES[i])) {
                return LanguageCode.valueOf((byte) i);
            }
        }
        return null;
    }

    private @Nullable String string() {
        int close = plainStringEnd(position);
        if (close < 0) {
            return null;
        }
        String text = new String(bytes, position + 1, close - position - 1, StandardCharsets.ISO_8859_1);
        position = close + 1;
        return text;
    }

    /** The members of an object whose opening brace was taken, {@linkplain PackedExtFields packed}. */
    private byte @Nullable [] extFields() {
        int close = endOfFields();
        if (close < 0) {
            return null;
        }
        // Two lengths take as much as four quotes, a colon and a comma.
        byte[] packed = new byte[close - position + 1];
        int packedTo = 0;
        int at = position;
        while (at < close) {
            int keyEnd = plainStringEnd(at);
            int valueEnd = plainStringEnd(keyEnd + 2);
            packedTo = PackedExtFields.putKey(packed, packedTo, bytes, at + 1, keyEnd - at - 1);
            packedTo = PackedExtFields.putValue(packed, packedTo, bytes, keyEnd + 3, valueEnd - keyEnd - 3);
            at = valueEnd + 2;
        }
        position = close + 1;
        return packed;
    }

    /** {@return where the closing brace is} */
    private int endOfFields() {
        int at = position;
        for (int count = 1; count <= RemotingCommand.MAX_EXT_FIELDS; count++) {
            int keyEnd = plainStringEnd(at);
            if (keyEnd < 0 || keyEnd - at - 1 > Short.MAX_VALUE || !isAt(keyEnd + 1, ':')) {
                return -1;
            }
            int valueEnd = plainStringEnd(keyEnd + 2);
            if (isAt(valueEnd + 1, '}') && valueEnd >= 0) {
                return valueEnd + 1;
            }
            if (valueEnd < 0 || !isAt(valueEnd + 1, ',')) {
                return -1;
            }
            at = valueEnd + 2;
        }
        return -1;
    }

    /** {@return where the string that begins here has its closing quote, -1 if it has none or is not plain} */
    private int plainStringEnd(int open) {
        if (!isAt(open, '"')) {
            return -1;
        }
        int at = open + 1;
        while (at + Long.BYTES <= end) {
            long special = special((long) EIGHT_BYTES.get(bytes, at));
            if (special != 0) {
                at += Long.numberOfTrailingZeros(special) / Byte.SIZE;
                return bytes[at] == '"' ? at : -1;
            }
            at += Long.BYTES;
        }
        while (at < end && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return isAt(at, '"') ? at : -1;
    }

    /**
     * Marks, by its high bit, each of eight bytes that a plain string cannot have: a quote, a backslash, a control character, or
     * part of a character that is not ASCII. Above the lowest marked byte marks may be wrong.
     */
    private static long special(long word) {
        long quote = word ^ EACH * '"';
        long backslash = word ^ EACH * '\\';
        return (((quote - EACH) & ~quote) | ((backslash - EACH) & ~backslash) | (word - EACH * ' ') | word) & HIGH_BITS;
    }
}
