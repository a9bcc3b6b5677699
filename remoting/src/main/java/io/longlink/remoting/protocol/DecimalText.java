package io.longlink.remoting.protocol;

import io.netty.buffer.ByteBuf;

/** Integers as decimal text, written and read without a string in between. Stateless and thread-safe. */
final class DecimalText {
    /** Any number of so many digits fits a long. */
    private static final int SAFE_DIGITS = 18;

    private static final int MOST_DIGITS = 19;

    private DecimalText() {}

    /** {@return how many characters {@link Long#toString(long)} would have} */
    static int length(long value) {
        // Negative numbers reach further than positive ones.
        long negative = value < 0 ? value : -value;
        int digits = 1;
        for (long bound = -10; negative <= bound && digits < MOST_DIGITS; bound *= 10) {
            digits++;
        }
        return value < 0 ? digits + 1 : digits;
    }

    /** Appends the text of a number, whose {@link #length(long)} is known. */
    static void write(ByteBuf out, long value, int length) {
        out.ensureWritable(length);
        int start = out.writerIndex();
        int first = start;
        if (value < 0) {
            out.setByte(first++, '-');
        }
        long rest = value < 0 ? value : -value;
        int at = start + length;
        while (at - first >= 2) {
            long hundreds = rest / 100;
            int pair = (int) (hundreds * 100 - rest);
            at -= 2;
            out.setShort(at, ('0' + pair / 10) << 8 | ('0' + pair % 10));
            rest = hundreds;
        }
        if (at > first) {
            out.setByte(first, '0' - (int) rest);
        }
        out.writerIndex(start + length);
    }

    /** {@return whether the bytes are a minus sign or none and 1 to 18 digits, so that {@link #parse} can read them} */
    static boolean isPlain(byte[] bytes, int from, int to) {
        int first = from < to && bytes[from] == '-' ? from + 1 : from;
        if (first == to || to - first > SAFE_DIGITS) {
            return false;
        }
        for (int i = first; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /** Reads what {@link #isPlain}. */
    static long parse(byte[] bytes, int from, int to) {
        boolean negative = bytes[from] == '-';
        long value = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) {
            value = value * 10 + (bytes[i] - '0');
        }
        return negative ? -value : value;
    }
}
