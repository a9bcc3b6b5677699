package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the binary header (PROTOCOL section 4). Stateless and thread-safe.
 *
 * <pre>
 * size  field
 *    2  code, signed
 *    1  language
 *    2  version, signed
 *    4  opaque
 *    4  flag
 *    4  R
 *    R  remark, UTF-8; R = 0 is null
 *    4  E
 *    E  ext fields, back to back, E = 0 is null:   2  K, signed   K  key   4  V   V  value
 * </pre>
 *
 * <p>The reader checks every length against what is left of its own area before it reads or allocates, wants at least one byte
 * of key, and uses the header up exactly. Broken UTF-8 in a string becomes U+FFFD, as in RocketMQ. A value of no bytes is the
 * empty string (RocketMQ: null).
 */
final class RocketMqHeaderCodec {
    private static final int FIXED_LENGTH = 21;

    private RocketMqHeaderCodec() {}

    /**
     * Appends the header of a command.
     *
     * @throws RemotingCommandException NOT_SENT if the command does not fit this form; part of the header may have been written
     */
    static void write(RemotingCommand command, ByteBuf out) throws RemotingCommandException {
        out.writeShort(sixteenBits("code", command.getCode()));
        out.writeByte(command.getLanguage().getCode());
        out.writeShort(sixteenBits("version", command.getVersion()));
        out.writeInt(command.getOpaque());
        out.writeInt(command.getFlag());
        String remark = command.getRemark();
        if (remark == null) {
            out.writeInt(0);
        } else {
            writeText(out, remark);
        }
        writeExtFields(command.getExtFields(), out);
    }

    private static void writeExtFields(@Nullable Map<String, String> fields, ByteBuf out) throws RemotingCommandException {
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        if (fields == null) {
            return;
        }
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String key = field.getKey();
            String value = field.getValue();
            if (value == null) {
                continue;
            }
            int keyLength = ByteBufUtil.utf8Bytes(key);
            if (keyLength == 0 || keyLength > Short.MAX_VALUE) {
                throw refused("a binary header carries ext field names of 1 to 32767 bytes, this one has " + keyLength);
            }
            out.writeShort(keyLength);
            ByteBufUtil.reserveAndWriteUtf8(out, key, keyLength);
            writeText(out, value);
        }
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex - 4);
    }

    private static void writeText(ByteBuf out, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        out.writeInt(length);
        ByteBufUtil.reserveAndWriteUtf8(out, text, length);
    }

    private static int sixteenBits(String field, int value) throws RemotingCommandException {
        if (value != (short) value) {
            throw refused("a binary header carries a " + field + " of 16 bits, not " + value + "; send it with a JSON header");
        }
        return value;
    }

    private static RemotingCommandException refused(String message) {
        return new RemotingCommandException(message, null, Outcome.NOT_SENT);
    }

    /**
     * Reads the header that fills {@code bytes[from, to)}; looks at no byte outside.
     *
     * @throws RemotingCommandException if the bytes are not one well-formed header
     */
    static RemotingCommand read(byte[] bytes, int from, int to) throws RemotingCommandException {
        if (to - from < FIXED_LENGTH) {
            throw new RemotingCommandException("malformed binary header: only " + (to - from) + " bytes of the fixed " + FIXED_LENGTH);
        }
        return new Reader(bytes, from, to).header();
    }

    private static final class Reader {
        private final byte[] bytes;
        private final int start;
        private final int end;
        private int position;

        Reader(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.start = from;
            this.position = from;
            this.end = to;
        }

        RemotingCommand header() throws RemotingCommandException {
            int code = readShort();
            LanguageCode language = LanguageCode.valueOf(bytes[position++]);
            int version = readShort();
            int opaque = readInt();
            int flag = readInt();
            int remarkLength = readInt();
            if (remarkLength < 0 || remarkLength > end - position - 4) {
                throw malformed("remark of " + remarkLength + " bytes");
            }
            String remark = remarkLength == 0 ? null : text(remarkLength);
            int extLength = readInt();
            if (extLength != end - position) {
                throw malformed("ext area of " + extLength + " bytes where " + (end - position) + " are left");
            }
            Map<String, String> extFields = extLength == 0 ? null : extFields();
            return new RemotingCommand(SerializeType.ROCKETMQ, code, language, version, opaque, flag, remark, extFields);
        }

        private Map<String, String> extFields() throws RemotingCommandException {
            Map<String, String> fields = new HashMap<>();
            int count = 0;
            while (position < end) {
                if (++count > RemotingCommand.MAX_EXT_FIELDS) {
                    throw malformed("more than " + RemotingCommand.MAX_EXT_FIELDS + " ext fields");
                }
                if (end - position < 2) {
                    throw malformed("truncated ext field name length");
                }
                int keyLength = readShort();
                if (keyLength <= 0 || keyLength > end - position) {
                    throw malformed("ext field name of " + keyLength + " bytes");
                }
                String key = text(keyLength);
                if (end - position < 4) {
                    throw malformed("truncated ext field value length");
                }
                int valueLength = readInt();
                if (valueLength < 0 || valueLength > end - position) {
                    throw malformed("ext field value of " + valueLength + " bytes");
                }
                fields.put(key, valueLength == 0 ? "" : text(valueLength));
            }
            return fields;
        }

        /** The caller has checked that the bytes are there. */
        private String text(int length) {
            String text = new String(bytes, position, length, StandardCharsets.UTF_8);
            position += length;
            return text;
        }

        private int readShort() {
            int value = (short) ((bytes[position] << 8) | (bytes[position + 1] & 0xFF));
            position += 2;
            return value;
        }

        private int readInt() {
            int value = (bytes[position] << 24)
                    | ((bytes[position + 1] & 0xFF) << 16)
                    | ((bytes[position + 2] & 0xFF) << 8)
                    | (bytes[position + 3] & 0xFF);
            position += 4;
            return value;
        }

        private RemotingCommandException malformed(String what) {
            return new RemotingCommandException("malformed binary header at byte " + (position - start) + ": " + what);
        }
    }
}
