package io.longlink.remoting.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON headers that have the form that RocketMQ and this library write: the fields in their order, no blanks, and texts that
 * are ASCII without escapes. It refuses nothing: any other header, a bad one too, is left to {@link JsonHeaderCodec}'s own reader,
 * to which this one is a shortcut.
 *
 * <p>The header is copied first, for an array is read several times faster than a buffer. Each thread that reads has one reader,
 * with room for {@value #ROOM} bytes, so that the copy costs no memory; a longer header gets a reader of its own.
 */
final class UsualJsonHeader {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FOUR_BYTES = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** What {@link #integer()} returns if there is none; no int is equal to it. */
    private static final long NONE = Long.MIN_VALUE;

    /** Longest header that is read in the room of the thread; an ordinary one has some 200 bytes. */
    private static final int ROOM = 1024;

    /** Strings are moved in words of eight bytes, the last of which may reach beyond the header. */
    private static final int WORD = Long.BYTES;

    /** Stands behind the header. It ends texts and numbers, and is in nothing that is expected, so nobody has to look where the end is. */
    private static final byte END = 0;

    // What stands between texts, the first byte lowest.
    private static final int QUOTE = '"';
    private static final int QUOTE_COLON_QUOTE = '"' | ':' << 8 | '"' << 16;
    private static final int QUOTE_COMMA_QUOTE = '"' | ',' << 8 | '"' << 16;
    private static final int QUOTE_BRACE = '"' | '}' << 8;

    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** Never in use by two at a time: nothing that is called in between reads a header. */
    private static final FastThreadLocal<UsualJsonHeader> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected UsualJsonHeader initialValue() {
            return new UsualJsonHeader(ROOM);
        }
    };

    /** The header, used up in reading it, and {@link #END} and at least the rest of a {@link #WORD} behind it. */
    private final byte[] bytes;

    /** At most where {@link #END} is. */
    private int position;

    private UsualJsonHeader(int room) {
        this.bytes = new byte[room + WORD];
    }

    /** {@return the command of a header within a frame, without its body; null if the header has another form} */
    static @Nullable RemotingCommand read(ByteBuf frame, int index, int length) {
        UsualJsonHeader header = length <= ROOM ? OF_THREAD.get() : new UsualJsonHeader(length);
        frame.getBytes(index, header.bytes, 0, length);
        header.bytes[length] = END;
        header.position = 0;
        return header.read(length);
    }

    private @Nullable RemotingCommand read(int length) {
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
        LanguageCode language = languageAndOpaqueName();
        long opaque = language != null ? integer() : NONE;
        String remark = null;
        if (take(JsonHeaderCodec.OUT_REMARK)) {
            remark = string();
            if (remark == null) {
                return null;
            }
        }
        long version = take(JsonHeaderCodec.OUT_VERSION) ? integer() : NONE;
        boolean ended = bytes[position] == '}' && position + 1 == length;
        if (flag == NONE || language == null || opaque == NONE || version == NONE || !ended) {
            return null;
        }
        return new RemotingCommand(
                SerializeType.JSON, (int) code, language, (int) version, (int) opaque, (int) flag, remark, extFields);
    }

    /** Moves behind these eight bytes or more if they are next. */
    private boolean take(byte[] expected) {
        int last = expected.length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) WORDS.get(bytes, position + i) != (long) WORDS.get(expected, i)) {
                return false;
            }
        }
        if ((long) WORDS.get(bytes, position + last) != (long) WORDS.get(expected, last)) {
            return false;
        }
        position += expected.length;
        return true;
    }

    /** An int in the shortest way to write it. */
    private long integer() {
        boolean negative = bytes[position] == '-';
        int first = negative ? position + 1 : position;
        int at = first;
        long value = 0;
        while (bytes[at] >= '0' && bytes[at] <= '9' && at - first < 10) {
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

    /** Takes the language and the name of the opaque behind it. */
    private @Nullable LanguageCode languageAndOpaqueName() {
        for (int i = 0; i < JsonHeaderCodec.OUT_LANGUAGE_OPAQUE.length; i++) {
            if (take(JsonHeaderCodec.OUT_LANGUAGE_OPAQUE[i])) {
                return LanguageCode.valueOf((byte) i);
            }
        }
        return null;
    }

    private @Nullable String string() {
        if (!take(QUOTE, 1)) {
            return null;
        }
        int length = moveText(0);
        return take(QUOTE, 1) ? new String(bytes, 0, length, StandardCharsets.ISO_8859_1) : null;
    }

    /**
     * Takes the members of an object whose opening brace was taken, and {@linkplain PackedExtFields packs} them. In place: two
     * lengths take as much as four quotes, a colon and a comma, and what is before the object is no longer needed.
     */
    private byte @Nullable [] extFields() {
        if (!take(QUOTE, 1)) {
            return null;
        }
        int packed = 0;
        for (int count = 1; count <= RemotingCommand.MAX_EXT_FIELDS; count++) {
            int keyEnd = moveText(packed + PackedExtFields.KEY_LENGTH);
            if (!take(QUOTE_COLON_QUOTE, 3) || !PackedExtFields.setKeyLength(bytes, packed, keyEnd)) {
                return null;
            }
            packed = moveText(keyEnd + PackedExtFields.VALUE_LENGTH);
            PackedExtFields.setValueLength(bytes, keyEnd, packed);
            if (take(QUOTE_BRACE, 2)) {
                return Arrays.copyOf(bytes, packed);
            }
            if (!take(QUOTE_COMMA_QUOTE, 3)) {
                return null;
            }
        }
        return null;
    }

    /** Moves behind the lowest of these four bytes if they are next. */
    private boolean take(int token, int length) {
        int mask = -1 >>> (Integer.SIZE - length * Byte.SIZE);
        if (((int) FOUR_BYTES.get(bytes, position) & mask) != token) {
            return false;
        }
        position += length;
        return true;
    }

    /**
     * Moves plain text to the front, up to what cannot be plain text; returns where it ends then. It moves by more than a word, so that
     * nothing is lost which was not read.
     */
    private int moveText(int to) {
        int distance = position - to;
        int plain = WORD;
        while (plain == WORD) {
            long word = (long) WORDS.get(bytes, position);
            WORDS.set(bytes, position - distance, word);
            plain = plainBytes(word);
            position += plain;
        }
        return position - distance;
    }

    /** {@return how many of the bytes of a word are plain text, up to the first quote, backslash, control character, or no ASCII} */
    private static int plainBytes(long word) {
        // Each sum has the highest bit of a byte set if the byte is none of those, up to the first that is not ASCII.
        long noControl = word + (0x80 - ' ') * EACH_BYTE;
        long noQuote = (word ^ '"' * EACH_BYTE) + 0x7F * EACH_BYTE;
        long noBackslash = (word ^ '\\' * EACH_BYTE) + 0x7F * EACH_BYTE;
        long special = ~(noControl & noQuote & noBackslash & ~word) & HIGH_BITS;
        // A processor guesses branches and waits for sums: with the switch it reads on before it has counted.
        return switch (Long.numberOfTrailingZeros(special) / Byte.SIZE) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 2;
            case 3 -> 3;
            case 4 -> 4;
            case 5 -> 5;
            case 6 -> 6;
            case 7 -> 7;
            default -> WORD;
        };
    }
}
