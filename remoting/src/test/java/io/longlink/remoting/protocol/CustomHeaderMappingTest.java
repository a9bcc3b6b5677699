package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CustomHeaderMappingTest {
    enum Boundary {
        LOWER,
        UPPER {
            @Override
            public String toString() {
                return "the upper one";
            }
        }
    }

    static class BaseHeader implements CommandCustomHeader {
        static String ignored = "static";
        private String bname;
        String shadowed = "base";

        @Override
        public void checkFields() throws RemotingCommandException {
            if ("forbidden".equals(bname)) {
                throw new RemotingCommandException("bname is forbidden");
            }
        }
    }

    @SuppressWarnings({"UnusedVariable", "HidingField"})
    static final class FullHeader extends BaseHeader {
        @CFNotNull
        private String topic;

        @CFNullable
        private Integer queueId;

        private int sysFlag;
        private Long offset;
        private long bornTimestamp;
        private Boolean batch;
        private boolean committed;
        private Double ratio;
        private double weight;
        private Boundary boundary;
        private transient String carried;
        private String thisWeek;
        String shadowed;

        private FullHeader() {}
    }

    static final class UnreadableHeader implements CommandCustomHeader {
        List<String> list;
        final String fixed;

        UnreadableHeader() {
            this(null);
        }

        UnreadableHeader(String fixed) {
            this.fixed = fixed;
        }

        @Override
        public void checkFields() {}
    }

    static final class NoEmptyConstructor implements CommandCustomHeader {
        String name;

        NoEmptyConstructor(String name) {
            this.name = name;
        }

        @Override
        public void checkFields() {}
    }

    static final class FailingConstructor implements CommandCustomHeader {
        FailingConstructor() {
            throw new IllegalStateException("not today");
        }

        @Override
        public void checkFields() {}
    }

    /** Not static: the compiler adds a field for the test instance. */
    final class InnerHeader implements CommandCustomHeader {
        String name = "inner" + CustomHeaderMappingTest.this.hashCode();

        @Override
        public void checkFields() {}
    }

    private static RemotingCommand received(Map<String, String> extFields) {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setExtFields(extFields);
        return command;
    }

    private static Map<String, String> written(CommandCustomHeader header) {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, header);
        command.makeCustomHeaderToNet();
        return command.getExtFields();
    }

    @Test
    void writing_everyType_isTextUnderTheFieldName() {
        FullHeader header = new FullHeader();
        header.topic = "";
        header.queueId = -3;
        header.sysFlag = Integer.MIN_VALUE;
        header.offset = Long.MAX_VALUE;
        header.batch = false;
        header.ratio = 1e10;
        header.boundary = Boundary.UPPER;
        header.carried = "c";
        header.thisWeek = "w";
        header.shadowed = "sub";
        assertEquals(
                Map.ofEntries(
                        Map.entry("topic", ""),
                        Map.entry("queueId", "-3"),
                        Map.entry("sysFlag", "-2147483648"),
                        Map.entry("offset", "9223372036854775807"),
                        Map.entry("bornTimestamp", "0"),
                        Map.entry("batch", "false"),
                        Map.entry("committed", "false"),
                        Map.entry("ratio", "1.0E10"),
                        Map.entry("weight", "0.0"),
                        Map.entry("boundary", "UPPER"),
                        Map.entry("carried", "c"),
                        Map.entry("thisWeek", "w"),
                        Map.entry("shadowed", "sub")),
                written(header));
    }

    @Test
    void writing_allNull_leavesAnEmptyMap() {
        assertEquals(Map.of(), written(new UnreadableHeader(null)));
    }

    @Test
    void writing_innerClass_leavesTheOuterInstanceAlone() {
        assertEquals(1, written(new InnerHeader()).size());
    }

    @Test
    void writing_extFieldOfTheSameName_isReplacedByTheHeader() {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, new NoEmptyConstructor("header"));
        command.addExtField("name", "by hand");
        command.addExtField("other", "kept");
        command.makeCustomHeaderToNet();
        command.makeCustomHeaderToNet();
        assertEquals(Map.of("name", "header", "other", "kept"), command.getExtFields());
    }

    @Test
    void writing_unsupportedType_isItsToString() {
        UnreadableHeader header = new UnreadableHeader("f");
        header.list = List.of("a", "b");
        assertEquals(Map.of("list", "[a, b]", "fixed", "f"), written(header));
    }

    @Test
    void reading_whatWasWritten_givesEqualFields() throws Exception {
        FullHeader header = new FullHeader();
        header.topic = "t\u0000\uD83D\uDE80";
        header.queueId = Integer.MAX_VALUE;
        header.sysFlag = -1;
        header.offset = Long.MIN_VALUE;
        header.bornTimestamp = 1700000000123L;
        header.batch = true;
        header.committed = true;
        header.ratio = Double.NEGATIVE_INFINITY;
        header.weight = -1.5e-300;
        header.boundary = Boundary.UPPER;
        header.shadowed = "sub";
        ((BaseHeader) header).bname = "broker-a";
        Map<String, String> fields = written(header);
        FullHeader read = received(fields).decodeCommandCustomHeader(FullHeader.class);
        assertNotSame(header, read);
        assertEquals(fields, written(read));
        assertEquals(header.topic, read.topic);
        assertEquals(header.queueId, read.queueId);
        assertEquals(header.ratio, read.ratio);
        assertSame(Boundary.UPPER, read.boundary);
        assertEquals("broker-a", ((BaseHeader) read).bname);
        assertEquals("base", ((BaseHeader) read).shadowed);
        assertNull(read.carried);
    }

    @Test
    void reading_absentOptionalFields_keepTheirDefaults() throws Exception {
        FullHeader read = received(Map.of("topic", "T", "unknown", "ignored")).decodeCommandCustomHeader(FullHeader.class);
        assertEquals("T", read.topic);
        assertNull(read.queueId);
        assertFalse(read.committed);
    }

    @Test
    void reading_requiredFieldMissing_namesClassAndField() {
        for (Map<String, String> fields : Arrays.<Map<String, String>>asList(null, Map.of(), Map.of("queueId", "1"))) {
            RemotingCommandException e =
                    assertThrows(RemotingCommandException.class, () -> received(fields).decodeCommandCustomHeader(FullHeader.class));
            assertTrue(e.getMessage().contains("FullHeader") && e.getMessage().contains("<topic>"), e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "queueId, ''", "queueId, +5", "queueId, 2147483648", "queueId, ' 5'", "queueId, 5-", "queueId, -", "queueId, 0x1", "sysFlag, \u0665",
        "offset, 9223372036854775808", "bornTimestamp, 1.0", "bornTimestamp, null",
        "batch, yes", "batch, ''", "committed, 1", "ratio, 1d", "ratio, ' 1'", "weight, 0x1p3", "weight, ''", "weight, -nan",
        "boundary, MIDDLE", "boundary, ''"
    })
    void reading_badValue_namesClassFieldAndValue(String field, String value) {
        RemotingCommand command = received(Map.of("topic", "T", field, value));
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(FullHeader.class));
        String message = e.getMessage();
        assertTrue(message.contains("FullHeader") && message.contains('<' + field + '>') && message.contains('<' + value + '>'), message);
    }

    @Test
    void reading_lenientSpellings_areTaken() throws Exception {
        FullHeader read = received(Map.of("topic", "T", "batch", "TRUE", "committed", "True", "boundary", "upper", "ratio", "7", "weight", "NaN"))
                .decodeCommandCustomHeader(FullHeader.class);
        assertTrue(read.batch);
        assertTrue(read.committed);
        assertSame(Boundary.UPPER, read.boundary);
        assertEquals(7.0, read.ratio);
        assertEquals(Double.NaN, read.weight);
    }

    @Test
    void reading_longBadValue_isShortenedInTheMessage() {
        RemotingCommand command = received(Map.of("topic", "T", "queueId", "9".repeat(100_000)));
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(FullHeader.class));
        assertTrue(e.getMessage().length() < 400, () -> "message of " + e.getMessage().length());
    }

    @Test
    void reading_unsupportedOrFinalField_isRefusedOnlyIfPresent() throws Exception {
        assertNull(received(Map.of()).decodeCommandCustomHeader(UnreadableHeader.class).list);
        for (String field : List.of("list", "fixed")) {
            RemotingCommandException e = assertThrows(
                    RemotingCommandException.class, () -> received(Map.of(field, "v")).decodeCommandCustomHeader(UnreadableHeader.class));
            assertTrue(e.getMessage().contains('<' + field + '>'), e.getMessage());
        }
    }

    @Test
    void reading_ownCheckFails_isPassedOn() {
        RemotingCommand command = received(Map.of("topic", "T", "bname", "forbidden"));
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(FullHeader.class));
        assertEquals("bname is forbidden", e.getMessage());
    }

    @Test
    void reading_classWithoutUsableConstructor_isRefused() {
        RemotingCommand command = received(new HashMap<>());
        assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(NoEmptyConstructor.class));
        assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(CommandCustomHeader.class));
        RemotingCommandException e =
                assertThrows(RemotingCommandException.class, () -> command.decodeCommandCustomHeader(FailingConstructor.class));
        assertEquals("not today", e.getCause().getMessage());
    }
}
