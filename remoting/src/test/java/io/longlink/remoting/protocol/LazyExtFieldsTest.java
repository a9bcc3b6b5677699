package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.exception.RemotingCommandException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ext fields that stay bytes until somebody asks, and header objects that become bytes without being ext fields before. */
final class LazyExtFieldsTest {
    enum Level {
        LOW,
        HIGH
    }

    /** Every kind of field, required ones among them. */
    static final class WideHeader implements CommandCustomHeader {
        @CFNotNull
        String topic;

        @CFNotNull
        int queueId;

        Integer boxed;
        long offset;
        Long boxedOffset;
        boolean flag;
        Boolean boxedFlag;
        double ratio;
        Level level;

        @Override
        public void checkFields() throws RemotingCommandException {
            if ("forbidden".equals(topic)) {
                throw new RemotingCommandException("topic is forbidden");
            }
        }
    }

    /** Types that can be written only. */
    static final class WriteOnlyHeader implements CommandCustomHeader {
        byte small = -128;
        short middle = -32768;
        char letter = '"';
        float fraction = 1.5f;
        StringBuilder text = new StringBuilder("\u6d88\n");
        final String fixed = "\uD83D\uDE80";
        Object nothing;

        @Override
        public void checkFields() {}
    }

    private static RemotingCommand received(RemotingCommand sent, SerializeType type) throws RemotingCommandException {
        sent.setSerializeTypeCurrentRPC(type);
        ByteBuffer frame = sent.encode();
        frame.getInt();
        return RemotingCommand.decode(frame);
    }

    private static RemotingCommand received(Map<String, String> fields, SerializeType type) throws RemotingCommandException {
        return received(withFields(fields), type);
    }

    private static RemotingCommand withFields(Map<String, String> fields) {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setExtFields(fields);
        return command;
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void map_askedForTwice_isTheSameAndMutable(SerializeType type) throws Exception {
        RemotingCommand command = received(Map.of("a", "1", "b", ""), type);
        Map<String, String> fields = command.getExtFields();
        assertEquals(Map.of("a", "1", "b", ""), fields);
        fields.put("c", "3");
        command.addExtField("d", "4");
        assertSame(fields, command.getExtFields());
        assertEquals(Map.of("a", "1", "b", "", "c", "3", "d", "4"), received(command, type).getExtFields());
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void map_changedBeforeAnybodyAsked_goesOutChanged(SerializeType type) throws Exception {
        RemotingCommand added = received(Map.of("a", "1", "b", "2"), type);
        added.addExtField("a", "changed");
        added.addExtField("b", null);
        added.addExtFieldIfNotExist("c", "3");
        assertEquals(Map.of("a", "changed", "c", "3"), received(added, type).getExtFields());
        RemotingCommand removed = received(Map.of("a", "1"), type);
        removed.setExtFields(null);
        assertNull(received(removed, type).getExtFields());
        RemotingCommand headed = received(Map.of("topic", "old", "kept", "1"), type);
        WideHeader header = new WideHeader();
        header.topic = "new";
        headed.writeCustomHeader(header);
        Map<String, String> fields = received(headed, type).getExtFields();
        assertEquals("new", fields.get("topic"));
        assertEquals("1", fields.get("kept"));
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void map_askedForByManyThreads_isOne(SerializeType type) throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 100; round++) {
                RemotingCommand command = received(Map.of("a", "1"), type);
                CyclicBarrier start = new CyclicBarrier(threads);
                List<Future<Map<String, String>>> maps = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    maps.add(executor.submit(() -> {
                        start.await();
                        return command.getExtFields();
                    }));
                }
                for (Future<Map<String, String>> map : maps) {
                    assertSame(command.getExtFields(), map.get());
                    assertEquals(Map.of("a", "1"), map.get());
                }
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void copyForRetry_beforeAnybodyAsked_sharesNoMap(SerializeType type) throws Exception {
        RemotingCommand original = received(Map.of("a", "1"), type);
        RemotingCommand copy = original.copyForRetry();
        RemotingCommand later = original.copyForRetry();
        copy.addExtField("a", "changed");
        assertEquals("1", original.getExtField("a"));
        original.addExtField("a", "too");
        assertEquals("1", later.getExtField("a"));
        assertEquals("changed", copy.getExtField("a"));
    }

    @Test
    void decode_bufferReusedAfterwards_doesNotReachTheFields() throws Exception {
        for (SerializeType type : SerializeType.values()) {
            RemotingCommand sent = withFields(Map.of("a", "1"));
            sent.setSerializeTypeCurrentRPC(type);
            byte[] frame = sent.encode().array();
            RemotingCommand command = RemotingCommand.decode(ByteBuffer.wrap(frame, 4, frame.length - 4));
            Arrays.fill(frame, (byte) 'x');
            assertEquals(Map.of("a", "1"), command.getExtFields());
        }
    }

    private static RemotingCommand binary(String... keysAndValues) throws RemotingCommandException {
        ByteBuf fields = Unpooled.buffer();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            byte[] key = keysAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = keysAndValues[i + 1].getBytes(StandardCharsets.ISO_8859_1);
            fields.writeShort(key.length).writeBytes(key).writeInt(value.length).writeBytes(value);
        }
        ByteBuf header = Unpooled.buffer().writeZero(17).writeInt(fields.readableBytes()).writeBytes(fields);
        return RocketMqHeaderCodec.read(header, 0, header.readableBytes());
    }

    @Test
    void binary_keyTwice_lastValueCountsInMapAndHeader() throws Exception {
        RemotingCommand command = binary("topic", "first", "queueId", "bad", "queueId", "5", "topic", "last");
        WideHeader header = command.decodeCommandCustomHeader(WideHeader.class);
        assertEquals("last", header.topic);
        assertEquals(5, header.queueId);
        assertEquals(Map.of("topic", "last", "queueId", "5"), command.getExtFields());
    }

    @Test
    void binary_brokenUtf8_becomesReplacementsInMapAndHeader() throws Exception {
        RemotingCommand command = binary("topic", "\u00ff", "queueId", "5", "\u00c3", "1");
        assertEquals("\uFFFD", command.decodeCommandCustomHeader(WideHeader.class).topic);
        assertEquals(Map.of("topic", "\uFFFD", "queueId", "5", "\uFFFD", "1"), command.getExtFields());
    }

    @Test
    void binary_badLengthInTheLastField_isRefusedAtOnce() throws Exception {
        for (int wrong : new int[] {-1, 2, Integer.MAX_VALUE}) {
            ByteBuf header = Unpooled.buffer().writeZero(17).writeInt(8).writeShort(1).writeByte('k').writeInt(wrong).writeByte('v');
            RemotingCommandException e =
                    assertThrows(RemotingCommandException.class, () -> RocketMqHeaderCodec.read(header, 0, header.readableBytes()));
            assertEquals("malformed binary header at byte 28: ext field value of " + wrong + " bytes", e.getMessage());
        }
    }

    private static String outcome(RemotingCommand command) {
        try {
            WideHeader header = command.decodeCommandCustomHeader(WideHeader.class);
            RemotingCommand again = RemotingCommand.createRequestCommand(1, header);
            again.makeCustomHeaderToNet();
            return String.valueOf(again.getExtFields());
        } catch (RemotingCommandException e) {
            return e.getMessage();
        }
    }

    /** Reading from bytes must say of each value what reading from the map says. */
    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void headerObject_readFromBytesAndFromMap_isTheSame(SerializeType type) throws Exception {
        String[] values = {
            "", "0", "-0", "7", "-7", "007", "+5", "5-", "-", " 5", "2147483647", "2147483648", "-2147483648", "-2147483649",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "\u0665", "0x1", "1.5", "1d", "NaN", "true", "TRUE", "false", "False",
            "yes", "LOW", "high", "MIDDLE", "forbidden", "\u6d88\uD83D\uDE80", "\"\\\n"
        };
        List<String> names = List.of("topic", "queueId", "boxed", "offset", "boxedOffset", "flag", "boxedFlag", "ratio", "level", "unknown");
        for (String name : names) {
            for (String value : values) {
                Map<String, String> fields = new HashMap<>(Map.of("topic", "T", "queueId", "1", "offset", "3"));
                fields.put(name, value);
                String expected = outcome(withFields(fields));
                RemotingCommand command = received(fields, type);
                assertEquals(expected, outcome(command), name + '=' + value);
                assertEquals(fields, command.getExtFields());
                assertEquals(expected, outcome(command), name + '=' + value);
            }
            Map<String, String> without = new HashMap<>(Map.of("topic", "T", "queueId", "1"));
            without.remove(name);
            assertEquals(outcome(withFields(without)), outcome(received(without, type)));
        }
        assertEquals(outcome(withFields(null)), outcome(received((Map<String, String>) null, type)));
    }

    /** Writing without a map must give the fields that a map would have. */
    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void headerObject_writtenStraight_isWhatTheMapWouldBe(SerializeType type) throws Exception {
        WideHeader full = new WideHeader();
        full.topic = "\"quoted\" \\ \u00e9\u6d88\uD83D\uDE80 \u0000\t";
        full.queueId = Integer.MIN_VALUE;
        full.boxed = 10;
        full.offset = Long.MIN_VALUE;
        full.boxedOffset = 1_700_000_000_123L;
        full.boxedFlag = true;
        full.ratio = 1e-7;
        full.level = Level.HIGH;
        for (CommandCustomHeader header : List.of(full, new WideHeader(), new WriteOnlyHeader())) {
            RemotingCommand straight = RemotingCommand.createRequestCommand(1, header);
            RemotingCommand byMap = RemotingCommand.createRequestCommand(1, header);
            byMap.makeCustomHeaderToNet();
            assertEquals(byMap.getExtFields(), received(straight, type).getExtFields());
            assertNull(straight.getExtFields());
        }
    }

    @Test
    void headerObject_withoutAnyValue_isWrittenAsByMap() throws Exception {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, new RemotingCommandTest.NameHeader());
        assertEquals(Map.of(), received(command, SerializeType.JSON).getExtFields());
        assertNull(received(command, SerializeType.ROCKETMQ).getExtFields());
        assertNotNull(received(command, SerializeType.JSON).decodeCommandCustomHeader(RemotingCommandTest.NameHeader.class));
    }
}
