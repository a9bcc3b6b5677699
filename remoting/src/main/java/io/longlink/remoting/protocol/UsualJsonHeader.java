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

    /** What {@link #integer()} returns if there is none; no int is equal to it. */
    private static final long NONE = Long.MIN_VALUE;

    private final byte[] bytes;
    private int position;

    /** A header that fills the array, which is used up in reading it. */
    UsualJsonHeader(byte[] bytes) {
        this.bytes = bytes;
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
        boolean ended = isAt(position, '}') && position + 1 == bytes.length;
        if (flag == NONE || language == null || opaque == NONE || version == NONE || !ended) {
            return null;
        }
        return new RemotingCommand(
                SerializeType.JSON, (int) code, language, (int) version, (int) opaque, (int) flag, remark, extFields);
    }

    /** Moves behind these eight bytes or more if they are next. */
    private boolean take(byte[] expected) {
        int last = expected.length - Long.BYTES;
        if (bytes.length - position < expected.length) {
            return false;
        }
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) EIGHT_BYTES.get(bytes, position + i) != (long) EIGHT_BYTES.get(expected, i)) {
                return false;
            }
        }
        if ((long) EIGHT_BYTES.get(bytes, position + last) != (long) EIGHT_BYTES.get(expected, last)) {
            return false;
        }
        position += expected.length;
        return true;
    }

    private boolean isAt(int at, char token) {
        return at < bytes.length && bytes[at] == token;
    }

    /** An int in the shortest way to write it. */
    private long integer() {
        boolean negative = isAt(position, '-');
        int first = negative ? position + 1 : position;
        int at = first;
        long value = 0;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - first < 10) {
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
            int behind = position + LANGUAGES[i].length;
            if (isAt(behind, '"') && Arrays.equals(bytes, position, behind, LANGUAGES[i], 0, LANGUAGES[i].length)) {
                position = behind;
                return LanguageCode.valueOf((byte) i);
            }
        }
        return null;
    }

    private @Nullable String string() {
        int length = moveString(0);
        return length < 0 ? null : new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Takes the members of an object whose opening brace was taken, and {@linkplain PackedExtFields packs} them. In place: two
     * lengths take as much as four quotes, a colon and a comma, and what is before the object is no longer needed.
     */
    private byte @Nullable [] extFields() {
        int packed = 0;
        for (int count = 1; count <= RemotingCommand.MAX_EXT_FIELDS; count++) {
            int keyEnd = moveString(packed + PackedExtFields.KEY_LENGTH);
            if (keyEnd < 0 || !take(':') || !PackedExtFields.setKeyLength(bytes, packed, keyEnd)) {
                return null;
            }
            packed = moveString(keyEnd + PackedExtFields.VALUE_LENGTH);
            if (packed < 0) {
                return null;
            }
            PackedExtFields.setValueLength(bytes, keyEnd, packed);
            if (take('}')) {
                return Arrays.copyOf(bytes, packed);
            }
            if (!take(',')) {
                return null;
            }
        }
        return null;
    }

    private boolean take(char token) {
        if (!isAt(position, token)) {
            return false;
        }
        position++;
        return true;
    }

    /** Takes a plain string and moves its content to the front; returns the end of where it is then, -1 if there is none. */
    private int moveString(int to) {
        if (!isAt(position, '"')) {
            return -1;
        }
        int target = to;
        for (int at = position + 1; at < bytes.length; at++) {
            byte b = bytes[at];
            if (b == '"') {
                position = at + 1;
                return target;
            }
            if (b < ' ' || b == '\\') {
                return -1;
            }
            bytes[target++] = b;
        }
        return -1;
    }
}
