package io.longlink.remoting.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A header on its way into a buffer. What is written gathers in an array, which takes small pieces several times faster than a buffer,
 * and goes on into the buffer all at once, or when the array is full.
 *
 * <p>Each thread that writes has one writer, which costs no memory when it is used again.
 */
final class HeaderWriter {
    /** An ordinary header has some 200 bytes. */
    private static final int ROOM = 1024;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final FastThreadLocal<HeaderWriter> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected HeaderWriter initialValue() {
            return new HeaderWriter();
        }
    };

    private final byte[] bytes = new byte[ROOM];
    private int position;

    /** Where it goes to; null while nobody writes. */
    private @Nullable ByteBuf out;

    private HeaderWriter() {}

    /** {@return a writer that appends to this buffer} Whoever asks for it calls {@link #release()} in the end, come what may. */
    static HeaderWriter to(ByteBuf out) {
        HeaderWriter writer = OF_THREAD.get();
        if (writer.out != null) {
            // A header field's own toString() writes another command.
            writer = new HeaderWriter();
        }
        writer.out = out;
        return writer;
    }

    /** Forgets the buffer, and what was not {@linkplain #flush() flushed}. */
    void release() {
        out = null;
        position = 0;
    }

    /** {@return the buffer, with everything in it that was written so far} */
    ByteBuf flush() {
        ByteBuf buffer = Objects.requireNonNull(out);
        buffer.writeBytes(bytes, 0, position);
        position = 0;
        return buffer;
    }

    /** {@return where in the buffer the next byte comes} */
    int index() {
        return Objects.requireNonNull(out).writerIndex() + position;
    }

    void putByte(int value) {
        reserve(1);
        bytes[position++] = (byte) value;
    }

    void putShort(int value) {
        reserve(Short.BYTES);
        SHORT.set(bytes, position, (short) value);
        position += Short.BYTES;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        INT.set(bytes, position, value);
        position += Integer.BYTES;
    }

    void put(byte[] source) {
        put(source, 0);
    }

    /** Writes the bytes from an offset on. */
    void put(byte[] source, int from) {
        int length = source.length - from;
        if (length > ROOM) {
            flush().writeBytes(source, from, length);
            return;
        }
        reserve(length);
        System.arraycopy(source, from, bytes, position, length);
        position += length;
    }

    /** Writes a number as decimal text. */
    void putDecimal(long value) {
        int length = DecimalText.length(value);
        reserve(length);
        DecimalText.write(bytes, position, value, length);
        position += length;
    }

    /**
     * Writes a text that is ASCII and needs no escapes in JSON.
     *
     * @return false if it is another one, or a long one; then nothing was written
     */
    boolean putPlain(String text) {
        int length = text.length();
        if (length > ROOM) {
            return false;
        }
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
            bytes[position + i] = (byte) c;
        }
        position += length;
        return true;
    }

    private void reserve(int length) {
        if (length > ROOM - position) {
            flush();
        }
    }
}
