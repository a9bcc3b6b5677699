package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
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
 * of key, and uses the header up exactly. The ext fields are checked, and copied as they are: {@link PackedExtFields}. Broken
 * UTF-8 in a string becomes U+FFFD, as in RocketMQ. A value of no bytes is the empty string (RocketMQ: null).
 */
final class RocketMqHeaderCodec {
    /** What a header without remark and ext fields has. */
    private static final int FIXED_LENGTH = 21;

    private static final int REMARK_LENGTH_OFFSET = 13;
    private static final int REMARK_OFFSET = 17;

    private RocketMqHeaderCodec() {}

    /**
     * Appends the header of a command.
     *
     * @param mapping how to write the header object, whose fields are all ext fields; null if they are in the command's map
     * @throws RemotingCommandException NOT_SENT if the command does not fit this form; part of the header may have been written
     */
    static void write(RemotingCommand command, @Nullable CustomHeaderMapping mapping, ByteBuf out) throws RemotingCommandException {
        HeaderWriter writer = HeaderWriter.to(out);
        try {
            writeHeader(command, mapping, writer);
        } finally {
            writer.release();
        }
    }

    private static void writeHeader(RemotingCommand command, @Nullable CustomHeaderMapping mapping, HeaderWriter out)
            throws RemotingCommandException {
        out.putShort(sixteenBits("code", command.getCode()));
        out.putByte(command.getLanguage().getCode());
        out.putShort(sixteenBits("version", command.getVersion()));
        out.putInt(command.getOpaque());
        out.putInt(command.getFlag());
        String remark = command.getRemark();
        if (remark == null) {
            out.putInt(0);
        } else {
            writeText(out, remark);
        }
        out.putInt(0);
        int extIndex = out.index();
        if (mapping != null) {
            writeCustomHeader(mapping, Objects.requireNonNull(command.readCustomHeader()), out);
        } else {
            writeExtFields(command.getExtFields(), out);
        }
        ByteBuf written = out.flush();
        written.setInt(extIndex - Integer.BYTES, written.writerIndex() - extIndex);
    }

    private static void writeCustomHeader(CustomHeaderMapping mapping, CommandCustomHeader header, HeaderWriter out) {
        for (HeaderField field : mapping.fields()) {
            if (field.isWhole) {
                out.put(field.binaryName);
                writeNumber(out, field.getWhole(header));
                continue;
            }
            Object value = field.get(header);
            if (value == null) {
                continue;
            }
            out.put(field.binaryName);
            if (value instanceof Integer || value instanceof Long) {
                writeNumber(out, ((Number) value).longValue());
            } else {
                writeText(out, HeaderField.text(value));
            }
        }
    }

    private static void writeExtFields(@Nullable Map<String, String> fields, HeaderWriter out) throws RemotingCommandException {
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
            out.putShort(keyLength);
            if (!out.putPlain(key)) {
                ByteBufUtil.reserveAndWriteUtf8(out.flush(), key, keyLength);
            }
            writeText(out, value);
        }
    }

    private static void writeNumber(HeaderWriter out, long value) {
        out.putInt(DecimalText.length(value));
        out.putDecimal(value);
    }

    private static void writeText(HeaderWriter out, String text) {
        out.putInt(text.length());
        if (!out.putPlain(text)) {
            // Then it may have more bytes than characters.
            ByteBuf written = out.flush();
            int length = ByteBufUtil.utf8Bytes(text);
            written.setInt(written.writerIndex() - Integer.BYTES, length);
            ByteBufUtil.reserveAndWriteUtf8(written, text, length);
        }
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
     * Reads a header; looks at no byte outside, and moves no index.
     *
     * @throws RemotingCommandException if the bytes are not one well-formed header
     */
    static RemotingCommand read(ByteBuf frame, int index, int length) throws RemotingCommandException {
        if (length < FIXED_LENGTH) {
            throw new RemotingCommandException("malformed binary header: only " + length + " bytes of the fixed " + FIXED_LENGTH);
        }
        int remarkLength = frame.getInt(index + REMARK_LENGTH_OFFSET);
        if (remarkLength < 0 || remarkLength > length - FIXED_LENGTH) {
            throw malformed(REMARK_OFFSET, "remark of " + remarkLength + " bytes");
        }
        int extOffset = FIXED_LENGTH + remarkLength;
        int extLength = frame.getInt(index + extOffset - 4);
        if (extLength != length - extOffset) {
            throw malformed(extOffset, "ext area of " + extLength + " bytes where " + (length - extOffset) + " are left");
        }
        byte[] extFields = null;
        if (extLength > 0) {
            extFields = new byte[extLength];
            frame.getBytes(index + extOffset, extFields);
            PackedExtFields.check(extFields, extOffset);
        }
        return new RemotingCommand(
                SerializeType.ROCKETMQ,
                frame.getShort(index),
                LanguageCode.valueOf(frame.getByte(index + 2)),
                frame.getShort(index + 3),
                frame.getInt(index + 5),
                frame.getInt(index + 9),
                remarkLength == 0 ? null : frame.toString(index + REMARK_OFFSET, remarkLength, StandardCharsets.UTF_8),
                extFields);
    }

    private static RemotingCommandException malformed(int position, String what) {
        return new RemotingCommandException("malformed binary header at byte " + position + ": " + what);
    }
}
