package io.longlink.remoting.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {

    private static List<Double> values(Axis axis, int wanted) {
        return axis.ticks(wanted).stream().map(Axis.Tick::value).toList();
    }

    @Test
    void logarithmic_values_standInWholeDecades() {
        Axis axis = Axis.logarithmic(250, 1_500_000, 500, 0);
        assertEquals(List.of(1e2, 1e3, 1e4, 1e5, 1e6, 1e7), values(axis, 0));
        assertEquals(500, axis.at(100));
        assertEquals(400, axis.at(1_000), 1e-9);
        assertEquals(0, axis.at(1e9));
    }

    @Test
    void logarithmic_oneValue_hasOneDecade() {
        assertEquals(List.of(1e2, 1e3), values(Axis.logarithmic(100, 100, 0, 1), 0));
        assertEquals(List.of(1.0, 10.0), values(Axis.logarithmic(0, 0, 0, 1), 0));
    }

    @Test
    void linear_ticks_areRoundAndNotMoreThanWanted() {
        assertEquals(List.of(0.0, 2_000.0, 4_000.0, 6_000.0, 8_000.0), values(Axis.linear(8_900, 0, 1), 5));
        assertEquals(List.of(0.0, 1.0), values(Axis.linear(0, 0, 1), 5));
    }

    @Test
    void labels_numbers_haveTheUnitThatFits() {
        assertEquals("85 \u00b5s", Labels.micros(85));
        assertEquals("1.2 ms", Labels.micros(1_234));
        assertEquals("340 ms", Labels.micros(340_000));
        assertEquals("2.1 s", Labels.micros(2_100_000));
        assertEquals("100 \u00b5s", Labels.decade(100));
        assertEquals("10 ms", Labels.decade(10_000));
        assertEquals("0.5 s", Labels.plainSeconds(500));
        assertEquals("12 s", Labels.plainSeconds(12_000));
        assertEquals("Connections left", Labels.label("connectionsLeft"));
        assertEquals("Told", Labels.label("toldMillis"));
        assertEquals("12 ms", Labels.value("toldMillis", 12));
        assertEquals("-", Labels.value("why", null));
        assertEquals("4 ms, 8 ms", Labels.value("plannedMillis", List.of(4, 8)));
        assertEquals("Max per 100 ms", Labels.label("maxPer100Millis"));
        assertEquals("330", Labels.value("maxPer100Millis", 330));
        assertEquals("1.5 s", Labels.value("gapMillis", 1_500));
        assertEquals("1,863 ms", Labels.value("maxWaitMillis", 1_863));
    }
}
