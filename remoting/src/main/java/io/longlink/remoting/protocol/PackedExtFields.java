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
            int valueLength = valueLength(fields, at);
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
            int keyLength = keyLength(fields, at);
            String key = new String(fields, at + KEY_LENGTH, keyLength, StandardCharsets.UTF_8);
            at += KEY_LENGTH + keyLength;
            map.put(key, value(fields, at));
            at += VALUE_LENGTH + valueLength(fields, at);
        }
        return map;
    }

    /**
     * Looks for the value of a key.
     *
     * @param name the key as it is written, its length included
     * @return where the value's length is, the text behind it; negative if there is no such key
     */
    static int find(byte[] fields, byte[] name) {
        int found = -1;
        int at = 0;
        while (at < fields.length) {
            int valueAt = at + KEY_LENGTH + keyLength(fields, at);
            if (valueAt - at == name.length && Arrays.equals(fields, at, valueAt, name, 0, name.length)) {
                found = valueAt;
            }
            at = valueAt + VALUE_LENGTH + valueLength(fields, valueAt);
        }
        return found;
    }

    static int valueLength(byte[] fields, int at) {
        return (int) INT.get(fields, at);
    }

    /** {@return the text behind a value's length} */
    static String value(byte[] fields, int at) {
        return new String(fields, at + VALUE_LENGTH, valueLength(fields, at), StandardCharsets.UTF_8);
    }

    /** {@return a key as it is written, its length included} One that is too long for that is never found. */
    static byte[] name(byte[] key) {
        byte[] name = new byte[KEY_LENGTH + key.length];
        putKey(name, 0, key, 0, key.length);
        return name;
    }

    /** Writes a key; returns where its value goes. */
    static int putKey(byte[] fields, int at, byte[] key, int from, int length) {
        SHORT.set(fields, at, (short) length);
        System.arraycopy(key, from, fields, at + KEY_LENGTH, length);
        return at + KEY_LENGTH + length;
    }

    /** Writes a value; returns where the next key goes. */
    static int putValue(byte[] fields, int at, byte[] value, int from, int length) {
        INT.set(fields, at, length);
        System.arraycopy(value, from, fields, at + VALUE_LENGTH, length);
        return at + VALUE_LENGTH + length;
    }

    private static int keyLength(byte[] fields, int at) {
        return (short) SHORT.get(fields, at);
    }
}
