package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two header codecs take, refuse and keep, beyond the frames of the wire files. */
final class HeaderCodecTest {
    private static final long SEED = 20261120L;

    private static RemotingCommand json(String header) throws RemotingCommandException {
        byte[] bytes = ("}}}" + header + "\"}}").getBytes(StandardCharsets.UTF_8);
        return JsonHeaderCodec.read(Unpooled.wrappedBuffer(bytes), 3, bytes.length - 6);
    }

    private static RemotingCommand withField(String field) throws RemotingCommandException {
        return json("{\"code\":1,\"opaque\":2," + field + "}");
    }

    @Test
    void json_scalarsInExtFields_becomeText() throws Exception {
        RemotingCommand command = withField(
                "\"extFields\":{\"i\":7,\"n\":-1.50e+3,\"t\":true,\"f\":false,\"gone\":null,\"s\":\"\",\"\":\"empty name\",\"k\":\"1\",\"k\":null}");
        assertEquals(
                Map.of("i", "7", "n", "-1.50e+3", "t", "true", "f", "false", "s", "", "", "empty name"), command.getExtFields());
    }

    @Test
    void json_integersInStrings_areTaken() throws Exception {
        RemotingCommand command = json("{\"code\":\"-2147483648\",\"opaque\":\"2147483647\",\"flag\":\"0\",\"version\":\"-0\"}");
        assertEquals(Integer.MIN_VALUE, command.getCode());
        assertEquals(Integer.MAX_VALUE, command.getOpaque());
        assertEquals(0, command.getVersion());
    }

    @Test
    void json_nullsAndMissing_areDefaults() throws Exception {
        RemotingCommand nulls = withField("\"flag\":null,\"version\":null,\"remark\":null,\"extFields\":null,\"language\":null");
        assertEquals(0, nulls.getFlag());
        assertEquals(0, nulls.getVersion());
        assertNull(nulls.getRemark());
        assertNull(nulls.getExtFields());
        assertSame(LanguageCode.OTHER, nulls.getLanguage());
        assertSame(LanguageCode.JAVA, json("{\"code\":1,\"opaque\":2}").getLanguage());
    }

    @Test
    void json_languages_areNamesInAnyCaseOrCodes() throws Exception {
        assertSame(LanguageCode.NODE_JS, withField("\"language\":\"node_js\"").getLanguage());
        assertSame(LanguageCode.GO, withField("\"language\":9").getLanguage());
        assertSame(LanguageCode.OTHER, withField("\"language\":99").getLanguage());
        assertSame(LanguageCode.OTHER, withField("\"language\":265").getLanguage());
        assertSame(LanguageCode.OTHER, withField("\"language\":\"KOTLIN\"").getLanguage());
    }

    @Test
    void json_escapesAndUtf8_areDecoded() throws Exception {
        RemotingCommand command = json("{\"\\u0063ode\":1,\"opaque\":2,\"remark\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude80\u00e9\u6d88\uD83D\uDE80\"}");
        assertEquals(1, command.getCode());
        assertEquals("\"\\/\b\f\n\r\t\u00e9\uD83D\uDE80\u00e9\u6d88\uD83D\uDE80", command.getRemark());
        assertEquals("\uD800", withField("\"remark\":\"\\ud800\"").getRemark());
    }

    @Test
    void json_depth_isCappedAt64() throws Exception {
        for (String[] pair : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            String deepest = pair[0].repeat(63) + "1" + pair[1].repeat(63);
            assertEquals(1, withField("\"x\":" + deepest).getCode());
            RemotingCommandException e =
                    assertThrows(RemotingCommandException.class, () -> withField("\"x\":" + pair[0] + deepest + pair[1]));
            assertTrue(e.getMessage().contains("deeper than 64"), e.getMessage());
        }
        assertEquals(1, withField("\"x\":[" + "[],".repeat(1000) + "{}]").getCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "null", "{", "{}", "{\"code\":1}", "{\"opaque\":1}", "{,}", "{\"code\":1,\"opaque\":2}}", "{\"code\":1 \"opaque\":2}",
                "{\"code\":1,,\"opaque\":2}", "{\"code\" 1,\"opaque\":2}", "{\"code\":01,\"opaque\":2}", "{\"code\":-,\"opaque\":2}",
                "{\"code\":--1,\"opaque\":2}", "{\"code\":+1,\"opaque\":2}", "{\"code\":1.0,\"opaque\":2}", "{\"code\":1E0,\"opaque\":2}",
                "{\"code\":\"\",\"opaque\":2}", "{\"code\":\" 1\",\"opaque\":2}", "{\"code\":\"1 \",\"opaque\":2}", "{\"code\":\"1.0\",\"opaque\":2}",
                "{\"code\":\"\\u0031\",\"opaque\":2}", "{\"code\":true,\"opaque\":2}", "{\"code\":2147483648,\"opaque\":2}",
                "{\"code\":-2147483649,\"opaque\":2}", "{\"code\":1,\"opaque\":null}", "{\"code\":1,\"opaque\":2,\"opaque\":2}", "\uFEFF{\"code\":1,\"opaque\":2}"
            })
    void json_notAHeader_isRefused(String header) {
        assertThrows(RemotingCommandException.class, () -> json(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"remark\":1", "\"remark\":true", "\"remark\":\"\t\"", "\"remark\":\"\\u12\"", "\"remark\":\"\\u12g4\"", "\"remark\":\"\\x\"",
                "\"remark\":'a'", "\"remark\":nul", "\"remark\":nulL", "\"language\":true", "\"language\":[]", "\"extFields\":1",
                "\"extFields\":{\"a\"}", "\"extFields\":{\"a\":}", "\"extFields\":{a:1}", "\"extFields\":{\"a\":[]}", "\"extFields\":{\"a\":{}}",
                "\"extFields\":{\"a\":01}", "\"extFields\":{\"a\":1.}", "\"extFields\":{\"a\":.5}", "\"extFields\":{\"a\":1e}", "\"extFields\":{\"a\":-}",
                "\"extFields\":{\"a\":1,}", "\"x\":[1,]", "\"x\":[1 2]", "\"x\":tru", "\"x\":NaN", "\"x\":[}", "\"x\":\"\\q\"", "\"x\":{\"\\q\":1}", "\"\\q\":1",
                "\"serializeTypeCurrentRPC\":\"\\q\""
            })
    void json_badField_isRefused(String field) {
        assertThrows(RemotingCommandException.class, () -> withField(field));
    }

    @Test
    void json_brokenUtf8_isRefusedWhereverItIs() throws Exception {
        int[][] broken = {
            {0x80}, {0xBF}, {0xC0, 0x80}, {0xC1, 0xBF}, {0xC3}, {0xC3, 0x28}, {0xE0, 0x9F, 0xBF}, {0xE6, 0xB6}, {0xED, 0xA0, 0x80}, {0xED, 0xBF, 0xBF},
            {0xF0, 0x8F, 0xBF, 0xBF}, {0xF0, 0x9F, 0x9A}, {0xF4, 0x90, 0x80, 0x80}, {0xF5, 0x80, 0x80, 0x80}, {0xFF}
        };
        String[] places = {"\"remark\":\"@\"", "\"x\":\"@\"", "\"@\":1", "\"extFields\":{\"@\":\"\"}", "\"extFields\":{\"a\":\"@\"}", "\"x\":[{\"@\":1}]"};
        for (int[] sequence : broken) {
            StringBuilder latin = new StringBuilder();
            for (int b : sequence) {
                latin.append((char) b);
            }
            for (String place : places) {
                byte[] bytes = ("{\"code\":1,\"opaque\":2," + place.replace("@", latin) + "}").getBytes(StandardCharsets.ISO_8859_1);
                assertThrows(RemotingCommandException.class, () -> JsonHeaderCodec.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length), () -> place + latin);
            }
        }
        assertEquals("\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\uD800\uDC00\uDBFF\uDFFF",
                withField("\"remark\":\"\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\uD800\uDC00\uDBFF\uDFFF\"").getRemark());
    }

    @Test
    void json_extFieldsRepeated_countTowardsTheCap() {
        String repeated = "\"k\":\"v\",".repeat(RemotingCommand.MAX_EXT_FIELDS);
        assertThrows(RemotingCommandException.class, () -> withField("\"extFields\":{" + repeated + "\"k\":\"w\"}"));
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void roundTrip_randomCommands_comeBackEqual(SerializeType type) throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 3000; i++) {
            RemotingCommand command = randomCommand(random, type);
            ByteBuffer frame = command.encode();
            assertEquals(frame.getInt(), frame.remaining());
            RemotingCommand decoded = RemotingCommand.decode(frame);
            String message = "seed " + SEED + ", round " + i;
            assertEquals(expected(command, type), decoded.toString(), message);
            assertEquals(ByteBuffer.wrap(command.getBody()), ByteBuffer.wrap(decoded.getBody()), message);
            assertEquals(decoded.encode(), decoded.encode(), message);
        }
    }

    /** The binary header cannot tell null from empty. */
    private static String expected(RemotingCommand command, SerializeType type) {
        if (type == SerializeType.ROCKETMQ) {
            if ("".equals(command.getRemark())) {
                command.setRemark(null);
            }
            if (command.getExtFields() != null && command.getExtFields().isEmpty()) {
                command.setExtFields(null);
            }
        }
        return command.toString();
    }

    private static RemotingCommand randomCommand(Random random, SerializeType type) {
        int bits = type == SerializeType.JSON ? 0 : 16;
        RemotingCommand command = RemotingCommand.createRequestCommand(random.nextInt() >> bits, null);
        command.setVersion(random.nextInt() >> bits);
        command.setLanguage(LanguageCode.valueOf((byte) random.nextInt(LanguageCode.values().length)));
        command.setOpaque(random.nextInt() >> random.nextInt(32));
        command.setFlag(random.nextInt() >> random.nextInt(32));
        command.setRemark(random.nextInt(4) == 0 ? null : randomText(random, 0));
        if (random.nextInt(4) > 0) {
            command.setExtFields(Map.of());
            for (int i = random.nextInt(6); i > 0; i--) {
                command.addExtField(randomText(random, 1), randomText(random, 0));
            }
        }
        byte[] body = new byte[1 + random.nextInt(100)];
        random.nextBytes(body);
        command.setBody(body);
        command.setSerializeTypeCurrentRPC(type);
        return command;
    }

    private static String randomText(Random random, int least) {
        int[] limits = {0x20, 0x80, 0x800, 0x10000, 0x110000};
        StringBuilder text = new StringBuilder();
        for (int i = least + random.nextInt(12); i > 0; i--) {
            int point = random.nextInt(limits[random.nextInt(limits.length)]);
            text.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? '?' : point);
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void fuzz_mutatedHeaders_areReadOrRefusedAndNothingElse(SerializeType type) throws Exception {
        Random random = new Random(SEED);
        List<byte[]> corpus = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            RemotingCommand command = randomCommand(random, type);
            byte[] header = new byte[command.encodeHeader(0).remaining() - 8];
            command.encodeHeader(0).get(8, header);
            corpus.add(header);
        }
        int read = 0;
        int refused = 0;
        byte[] tokens = "{}[]\",:\\u0123nulltrue-eE. \u0000\t".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 20_000; i++) {
            byte[] header = mutate(random, corpus.get(random.nextInt(corpus.size())), tokens);
            try {
                RemotingCommand command = type == SerializeType.JSON
                        ? JsonHeaderCodec.read(Unpooled.wrappedBuffer(header), 0, header.length)
                        : RocketMqHeaderCodec.read(Unpooled.wrappedBuffer(header), 0, header.length);
                command.encode();
                read++;
            } catch (RemotingCommandException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", round " + i + ": " + new String(header, StandardCharsets.ISO_8859_1), e);
            }
        }
        assertTrue(read > 1000 && refused > 1000, "read " + read + ", refused " + refused);
    }

    /** A blank behind the object is legal, and not what anybody writes. */
    private static String outcome(byte[] header, boolean usual) {
        byte[] bytes = usual ? header : Arrays.copyOf(header, header.length + 1);
        if (!usual) {
            bytes[header.length] = ' ';
        }
        try {
            return JsonHeaderCodec.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length).toString();
        } catch (RemotingCommandException e) {
            return "refused";
        }
    }

    @Test
    void fuzz_usualJsonHeaders_areReadAsUnusualOnes() throws Exception {
        Random random = new Random(SEED);
        byte[] tokens = "{}[]\",:\\-01 n".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 20_000; i++) {
            RemotingCommand command = RemotingCommand.createRequestCommand(random.nextInt() >> random.nextInt(32), null);
            command.setFlag(random.nextInt(4));
            command.setRemark(random.nextBoolean() ? "remark " + i : null);
            for (int field = random.nextInt(4); field > 0; field--) {
                command.addExtField("key" + field, "value".substring(random.nextInt(6)));
            }
            byte[] header = new byte[command.encodeHeader(0).remaining() - 8];
            command.encodeHeader(0).get(8, header);
            byte[] read = i % 2 == 0 ? header : mutate(random, header, tokens);
            String message = "seed " + SEED + ", round " + i + ": " + new String(read, StandardCharsets.ISO_8859_1);
            assertEquals(outcome(read, false), outcome(read, true), message);
            if (i % 2 == 0) {
                assertEquals(command.getExtFields(), JsonHeaderCodec.read(Unpooled.wrappedBuffer(read), 0, read.length).getExtFields(), message);
            }
        }
    }

    @Test
    void json_textsOfAnyLength_areKept() throws Exception {
        for (int length = 1; length < 1200; length += length < 40 ? 1 : 29) {
            String text = "x".repeat(length - 1) + '\u007F';
            RemotingCommand command = RemotingCommand.createResponseCommand(1, text);
            command.addExtField(text, "");
            command.addExtField("k", text);
            byte[] header = new byte[command.encodeHeader(0).remaining() - 8];
            command.encodeHeader(0).get(8, header);
            RemotingCommand read = JsonHeaderCodec.read(Unpooled.wrappedBuffer(header), 0, header.length);
            assertEquals(text, read.getRemark());
            assertEquals(Map.of(text, "", "k", text), read.getExtFields());
        }
    }

    /** Its pieces pass through an array of 1,024 bytes. */
    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void write_headersAroundTheRoomOfTheWriter_areWhole(SerializeType type) throws Exception {
        for (int length = 700; length < 1300; length++) {
            LongHeader header = new LongHeader();
            header.first = "x".repeat(length);
            RemotingCommand command = RemotingCommand.createRequestCommand(1, header);
            command.setSerializeTypeCurrentRPC(type);
            ByteBuffer frame = command.encode();
            assertEquals(frame.getInt(), frame.remaining());
            RemotingCommand read = RemotingCommand.decode(frame);
            assertEquals(Map.of("first", header.first, "number", "-1234567890123", "last", "\u00FC\"\u4F60"), read.getExtFields());
        }
    }

    @SuppressWarnings("UnusedVariable") // Read by the codec.
    private static final class LongHeader implements CommandCustomHeader {
        private String first = "";
        private final long number = -1234567890123L;
        private final String last = "\u00FC\"\u4F60";

        @Override
        public void checkFields() {}
    }

    /** Its text is foreign code, which may well write a command of its own. */
    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void write_fieldThatWritesACommandMeanwhile_disturbsNeither(SerializeType type) throws Exception {
        RemotingCommand inner = RemotingCommand.createResponseCommand(2, "inner");
        inner.setSerializeTypeCurrentRPC(type);
        RemotingCommand outer = RemotingCommand.createRequestCommand(1, new WritingHeader(inner));
        outer.setSerializeTypeCurrentRPC(type);
        String innerText = RemotingCommand.decode(skipLength(inner.encode())).toString();
        for (int i = 0; i < 2; i++) {
            RemotingCommand read = RemotingCommand.decode(skipLength(outer.encode()));
            assertEquals(Map.of("before", "b", "writing", innerText, "after", "a"), read.getExtFields());
        }
    }

    private static ByteBuffer skipLength(ByteBuffer frame) {
        return frame.position(4);
    }

    @SuppressWarnings("UnusedVariable") // Read by the codec.
    private static final class WritingHeader implements CommandCustomHeader {
        private final String before = "b";
        private final Object writing;
        private final String after = "a";

        WritingHeader(RemotingCommand inner) {
            this.writing = new Object() {
                @Override
                public String toString() {
                    try {
                        return RemotingCommand.decode(skipLength(inner.encode())).toString();
                    } catch (RemotingCommandException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
        }

        @Override
        public void checkFields() {}
    }

    /** A reader that is used again still has the rest of the header before. */
    @Test
    void json_headerCutShort_isNotCompletedFromTheOneBefore() throws Exception {
        String whole = "{\"code\":1,\"extFields\":{\"k\":\"v\"},\"flag\":0,\"language\":\"JAVA\",\"opaque\":2,\"remark\":\"r\","
                + "\"serializeTypeCurrentRPC\":\"JSON\",\"version\":3}";
        for (int length = 0; length < whole.length(); length++) {
            assertEquals(Map.of("k", "v"), json(whole).getExtFields());
            String cut = whole.substring(0, length);
            assertThrows(RemotingCommandException.class, () -> json(cut), cut);
        }
    }

    private static byte[] mutate(Random random, byte[] original, byte[] tokens) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = tokens[random.nextInt(tokens.length)];
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    byte[] longer = new byte[bytes.length + 1];
                    System.arraycopy(bytes, 0, longer, 0, at);
                    longer[at] = tokens[random.nextInt(tokens.length)];
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }
}
