package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MQVersionTest {
    @Test
    void goAwayGate_atItsEdge_opensBehind475() {
        assertFalse(MQVersion.understandsGoAway(475));
        assertTrue(MQVersion.understandsGoAway(476));
        assertFalse(MQVersion.understandsGoAway(0));
        assertFalse(MQVersion.understandsGoAway(-1));
        assertFalse(MQVersion.understandsGoAway(Integer.MIN_VALUE));
        assertTrue(MQVersion.understandsGoAway(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({"4,0,0,213", "4,9,0,393", "4,9,4,401", "4,9,9,411", "5,0,0,413", "5,1,0,433", "5,3,1,475", "5,3,2,477", "5,4,0,493", "5,5,1,515", "5,9,9,611"})
    void ordinalOf_release_isTheListedOne(int major, int minor, int patch, int ordinal) {
        assertEquals(ordinal, MQVersion.ordinalOf(major, minor, patch));
        assertEquals("V" + major + '_' + minor + '_' + patch, MQVersion.describe(ordinal));
        assertEquals("V" + major + '_' + minor + '_' + patch + "_SNAPSHOT", MQVersion.describe(ordinal - 1));
    }

    @ParameterizedTest
    @CsvSource({"3,9,9", "6,0,0", "5,10,0", "5,0,10", "5,-1,0", "5,0,-1"})
    void ordinalOf_outsideTheRegularList_isRefused(int major, int minor, int patch) {
        assertThrows(IllegalArgumentException.class, () -> MQVersion.ordinalOf(major, minor, patch));
    }

    @Test
    void constants_andFormula_agree() {
        assertEquals(MQVersion.V5_3_1, MQVersion.ordinalOf(5, 3, 1));
        assertEquals(MQVersion.V5_5_1, MQVersion.ordinalOf(5, 5, 1));
        assertEquals(MQVersion.HIGHER_VERSION, MQVersion.ordinalOf(5, 9, 9) + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "-2147483648, unknown (-2147483648)", "-1, unknown (-1)", "0, before V4_0_0 (0)", "211, before V4_0_0 (211)", "212, V4_0_0_SNAPSHOT",
        "611, V5_9_9", "612, HIGHER_VERSION", "613, HIGHER_VERSION (613)", "2147483647, HIGHER_VERSION (2147483647)"
    })
    void describe_anyNumber_hasWords(int version, String words) {
        assertEquals(words, MQVersion.describe(version));
    }
}
