package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "0ms,0", "3s,3000", "1m,60000", "2h,7200000", "999999999ms,999999999"})
    void convert_amountAndUnit_isThatLong(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), new DurationText().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "s", "3 s", "-3s", "1.5s", "3S", "3sec", "1234567890s", "3s ", "\u0663s"})
    void convert_anythingElse_saysWhatIsExpected(String text) {
        TypeConversionException e = assertThrows(TypeConversionException.class, () -> new DurationText().convert(text));
        assertTrue(e.getMessage().contains("'" + text + "'") && e.getMessage().contains("500ms"), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "1,1ms", "1500,1500ms", "3000,3s", "60000,1m", "90000,90s"})
    void of_duration_isWhatConvertReads(long millis, String text) {
        assertEquals(text, DurationText.of(Duration.ofMillis(millis)));
        assertEquals(Duration.ofMillis(millis), new DurationText().convert(text));
    }

    @Test
    void defaultDeadline_longGap_outlastsIt() {
        assertEquals(Duration.ofSeconds(5), DemoOptions.defaultDeadline(Duration.ofSeconds(1)));
        assertEquals(Duration.ofSeconds(5), DemoOptions.defaultDeadline(Duration.ofSeconds(2)));
        assertEquals(Duration.ofSeconds(7), DemoOptions.defaultDeadline(Duration.ofSeconds(4)));
    }
}
