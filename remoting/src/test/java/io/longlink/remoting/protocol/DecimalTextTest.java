package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalTextTest {
    private static void assertWritten(long value) {
        int length = DecimalText.length(value);
        assertEquals(Long.toString(value).length(), length);
        byte[] bytes = new byte[length + 2];
        DecimalText.write(bytes, 1, value, length);
        assertEquals("\0" + value + "\0", new String(bytes, StandardCharsets.US_ASCII));
    }

    @Test
    void write_numbersOfEveryLength_areJavasText() {
        assertWritten(0);
        for (long power = 1; power > 0; power = power > Long.MAX_VALUE / 10 ? -1 : power * 10) {
            for (long value : new long[] {power - 1, power, power + 1, power / 7 * 5}) {
                assertWritten(value);
                assertWritten(-value);
            }
        }
        assertWritten(Long.MAX_VALUE);
        assertWritten(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "7", "-7", "007", "999999999999999999", "-99999999999999999", "1700000000123"})
    void parse_plainNumber_isJavasValue(String text) {
        byte[] bytes = ("5" + text + "5").getBytes(StandardCharsets.US_ASCII);
        assertTrue(DecimalText.isPlain(bytes, 1, bytes.length - 1));
        assertEquals(Long.parseLong(text), DecimalText.parse(bytes, 1, bytes.length - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+1", "1-", "--1", " 1", "1.0", "0x1", "\u0665", "9223372036854775807"})
    void parse_anythingElse_isNotPlain(String text) {
        byte[] bytes = ("5" + text + "5").getBytes(StandardCharsets.UTF_8);
        assertFalse(DecimalText.isPlain(bytes, 1, bytes.length - 1));
    }
}
