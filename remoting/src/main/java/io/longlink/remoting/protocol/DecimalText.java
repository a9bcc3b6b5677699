package io.longlink.remoting.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Integers as decimal text, written and read without a string in between. Stateless and thread-safe. */
final class DecimalText {
    /** Any number of so many digits fits a long. */
    private static final int SAFE_DIGITS = 18;

    /** Those that fit a long, from -1 on downwards. */
    private static final long[] POWERS_OF_TEN = powersOfTen();

    private static final VarHandle PAIR = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    /** Each number of two digits as it is written. */
    private static final short[] PAIRS = pairs();

    private DecimalText() {}

    private static long[] powersOfTen() {
        long[] powers = new long[19];
        powers[0] = -1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    private static short[] pairs() {
        short[] pairs = new short[100];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (short) (('0' + i / 10) << 8 | ('0' + i % 10));
        }
        return pairs;
    }

    /** {@return how many characters {@link Long#toString(long)} would have} */
    static int length(long value) {
        // Negative numbers reach further than positive ones; zero is as long as one.
        long negative = Math.min(value < 0 ? value : -value, -1);
        int bits = Long.SIZE - Long.numberOfLeadingZeros(~negative);
        // 1233 / 4096 is the logarithm of 2, as exactly as 64 bits need it.
        int digits = (bits * 1233) >> 12;
        if (negative <= POWERS_OF_TEN[digits]) {
            digits++;
        }
        return value < 0 ? digits + 1 : digits;
    }

    /** Writes the text of a number, whose {@link #length(long)} is known. */
    static void write(byte[] bytes, int start, long value, int length) {
        int first = start;
        if (value < 0) {
            bytes[first++] = '-';
        }
        long rest = value < 0 ? value : -value;
        int at = start + length;
        while (rest < Integer.MIN_VALUE) {
            long hundreds = rest / 100;
            at -= 2;
            PAIR.set(bytes, at, PAIRS[(int) (hundreds * 100 - rest)]);
            rest = hundreds;
        }
        // An int is divided faster than a long.
        int intRest = (int) rest;
        while (at - first >= 2) {
            int hundreds = intRest / 100;
            at -= 2;
            PAIR.set(bytes, at, PAIRS[hundreds * 100 - intRest]);
            intRest = hundreds;
        }
        if (at > first) {
            bytes[first] = (byte) ('0' - intRest);
        }
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
