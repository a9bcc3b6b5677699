package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Ext fields as a binary header has them (PROTOCOL section 4), kept as bytes until somebody asks: back to back, key and value
 * each behind its length. Stateless and thread-safe; nobody changes the arrays.
 *
 * <pre>
 * size  field
 *    2  K, signed
 *    K  key, UTF-8
 *    4  V
 *    V  value, UTF-8
 * </pre>
 *
 * <p>Of a key that appears twice the last value counts. Broken UTF-8 becomes U+FFFD, as in RocketMQ.
 */
final class PackedExtFields {
    static final int KEY_LENGTH = 2;
    static final int VALUE_LENGTH = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private PackedExtFields() {}

    /**
     * Checks what a peer sent: every length against what is left, at least one byte of key, and the bytes used up exactly. The
     * other methods rely on it.
     *
     * @param offset where the fields stood in their header, for the message
     */
    static void check(byte[] fields, int offset) throws RemotingCommandException {
        int end = fields.length;
        int at = 0;
        int count = 0;
        while (at < end) {
            if (++count > RemotingCommand.MAX_EXT_FIELDS) {
                throw malformed(offset + at, "more than " + RemotingCommand.MAX_EXT_FIELDS + " ext fields");
            }
            if (end - at < KEY_LENGTH) {
                throw malformed(offset + at, "truncated ext field name length");
            }
            int keyLength = keyLength(fields, at);
            at += KEY_LENGTH;
            if (keyLength <= 0 || keyLength > end - at) {
                throw malformed(offset + at, "ext field name of " + keyLength + " bytes");
            }
            at += keyLength;
            if (end - at < VALUE_LENGTH) {
                throw malformed(offset + at, "truncated ext field value length");
            }
            int valueLength = (int) INT.get(fields, at);
            at += VALUE_LENGTH;
            if (valueLength < 0 || valueLength > end - at) {
                throw malformed(offset + at, "ext field value of " + valueLength + " bytes");
            }
            at += valueLength;
        }
    }

    private static RemotingCommandException malformed(int position, String what) {
        return new RemotingCommandException("malformed binary header at byte " + position + ": " + what);
    }

    /** {@return the fields as a new map} */
    static Map<String, String> toMap(byte[] fields) {
        Map<String, String> map = new HashMap<>();
        int at = 0;
        while (at < fields.length) {
            int valueAt = valueAt(fields, at);
            int from = valueAt + VALUE_LENGTH;
            int to = valueEnd(fields, valueAt);
            map.put(text(fields, at + KEY_LENGTH, valueAt), text(fields, from, to));
            at = to;
        }
        return map;
    }

    static String text(byte[] fields, int from, int to) {
        return new String(fields, from, to - from, StandardCharsets.UTF_8);
    }

    /** {@return where the value is, its length included, of the field that begins here} */
    static int valueAt(byte[] fields, int at) {
        return at + KEY_LENGTH + keyLength(fields, at);
    }

    /** {@return where the value that begins here, with its length, ends} The next field is there. */
    static int valueEnd(byte[] fields, int valueAt) {
        return valueAt + VALUE_LENGTH + (int) INT.get(fields, valueAt);
    }

    /** {@return whether the key between these places, its length included, is this one} */
    static boolean isName(byte[] fields, int at, int valueAt, byte[] name) {
        return Arrays.equals(fields, at, valueAt, name, 0, name.length);
    }

    /** {@return a key as it is written, its length included} One that is too long for that is never found. */
    static byte[] name(byte[] key) {
        byte[] name = new byte[KEY_LENGTH + key.length];
        System.arraycopy(key, 0, name, KEY_LENGTH, key.length);
        SHORT.set(name, 0, (short) key.length);
        return name;
    }

    /** Writes the length of the key that was put between its place and {@code end}; returns false if it is too long. */
    static boolean setKeyLength(byte[] fields, int at, int end) {
        int length = end - at - KEY_LENGTH;
        SHORT.set(fields, at, (short) length);
        return length <= Short.MAX_VALUE;
    }

    /** Writes the length of the value that was put between its place and {@code end}. */
    static void setValueLength(byte[] fields, int at, int end) {
        INT.set(fields, at, end - at - VALUE_LENGTH);
    }

    private static int keyLength(byte[] fields, int at) {
        return (short) SHORT.get(fields, at);
    }
}
