package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingCommandException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RemotingCommandTest {
    static final class NameHeader implements CommandCustomHeader {
        String name;

        @Override
        public void checkFields() {}
    }

    static final class HostileHeader implements CommandCustomHeader {
        Object value = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        };

        @Override
        public void checkFields() {}
    }

    private static RemotingCommand full(SerializeType type) {
        NameHeader header = new NameHeader();
        header.name = "n";
        RemotingCommand command = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE, header);
        command.setLanguage(LanguageCode.RUST);
        command.setVersion(7);
        command.markOnewayRPC();
        command.setRemark("r");
        command.addExtField("k", "v");
        command.setBody(new byte[] {1, 2, 3});
        command.setSerializeTypeCurrentRPC(type);
        return command;
    }

    private static RemotingCommand reread(RemotingCommand command) throws RemotingCommandException {
        ByteBuffer frame = command.encode();
        frame.getInt();
        return RemotingCommand.decode(frame);
    }

    @Test
    void creation_request_drawsFollowingOpaquesAndNoFlag() {
        RemotingCommand first = RemotingCommand.createRequestCommand(1, null);
        assertEquals(0, first.getFlag());
        assertSame(RemotingCommandType.REQUEST_COMMAND, first.getType());
        assertNotEquals(first.getOpaque(), RemotingCommand.createRequestCommand(1, null).getOpaque());
        assertNotEquals(RemotingCommand.createNewRequestId(), RemotingCommand.createNewRequestId());
    }

    @Test
    void creation_responseNobodyFills_reportsASystemError() {
        RemotingCommand response = RemotingCommand.createResponseCommand(NameHeader.class);
        assertEquals(ResponseCode.SYSTEM_ERROR, response.getCode());
        assertTrue(response.isResponseType());
        assertFalse(response.getRemark().isEmpty());
        assertInstanceOf(NameHeader.class, response.readCustomHeader());
    }

    @Test
    void creation_otherResponses_carryWhatWasGiven() {
        assertEquals("x", RemotingCommand.createResponseCommand(3, "x").getRemark());
        assertEquals("y", RemotingCommand.buildErrorResponse(4, "y").getRemark());
        assertTrue(RemotingCommand.buildErrorResponse(4, "y").isResponseType());
        NameHeader header = new NameHeader();
        RemotingCommand response = RemotingCommand.createResponseCommandWithHeader(0, header);
        assertSame(header, response.readCustomHeader());
        assertTrue(response.isResponseType());
        assertNull(RemotingCommand.createResponseCommand(0, null, null).readCustomHeader());
        assertThrows(IllegalArgumentException.class, () -> RemotingCommand.createResponseCommand(CommandCustomHeader.class));
    }

    @Test
    void flag_bits_decideTypeAndOneway() {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setFlag(3);
        assertSame(RemotingCommandType.RESPONSE_COMMAND, command.getType());
        assertTrue(command.isOnewayRPC());
        command.setFlag(~3);
        assertSame(RemotingCommandType.REQUEST_COMMAND, command.getType());
        assertFalse(command.isOnewayRPC());
        command.markResponseType();
        command.markOnewayRPC();
        assertEquals(-1, command.getFlag());
    }

    @Test
    void defaults_fillOnlyWhatNobodyChose() {
        RemotingCommand untouched = RemotingCommand.createRequestCommand(1, null);
        assertEquals(DefaultVersion.get(), untouched.getVersion());
        assertSame(SerializeType.JSON, untouched.getSerializeTypeCurrentRPC());
        untouched.applyDefaults(0, SerializeType.ROCKETMQ);
        assertEquals(0, untouched.getVersion());
        assertSame(SerializeType.ROCKETMQ, untouched.getSerializeTypeCurrentRPC());
        untouched.applyDefaults(9, SerializeType.JSON);
        assertEquals(0, untouched.getVersion());
        assertSame(SerializeType.ROCKETMQ, untouched.getSerializeTypeCurrentRPC());

        RemotingCommand chosen = RemotingCommand.createRequestCommand(1, null);
        chosen.setVersion(DefaultVersion.get());
        chosen.applyDefaults(9, SerializeType.ROCKETMQ);
        assertEquals(DefaultVersion.get(), chosen.getVersion());
        assertSame(SerializeType.ROCKETMQ, chosen.getSerializeTypeCurrentRPC());
    }

    @Test
    void defaults_onADecodedCommand_changeNothing() throws Exception {
        RemotingCommand decoded = reread(full(SerializeType.ROCKETMQ));
        decoded.applyDefaults(99, SerializeType.JSON);
        assertEquals(7, decoded.getVersion());
        assertSame(SerializeType.ROCKETMQ, decoded.getSerializeTypeCurrentRPC());
    }

    @Test
    void versionProperty_values_areParsedOrNamed() {
        assertEquals(MQVersion.V5_5_1, DefaultVersion.parse(null));
        assertEquals(MQVersion.V5_5_1, DefaultVersion.parse(" "));
        assertEquals(475, DefaultVersion.parse("475"));
        assertEquals(-1, DefaultVersion.parse("-1"));
        for (String bad : new String[] {"V5_3_1", "5.3", "99999999999"}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> DefaultVersion.parse(bad));
            assertTrue(e.getMessage().contains("rocketmq.remoting.version") && e.getMessage().contains(bad), e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void copyForRetry_everything_isCopiedButTheOpaque(SerializeType type) throws Exception {
        RemotingCommand original = full(type);
        RemotingCommand copy = original.copyForRetry();
        assertNotEquals(original.getOpaque(), copy.getOpaque());
        assertSame(original.getBody(), copy.getBody());
        assertSame(original.readCustomHeader(), copy.readCustomHeader());
        copy.setOpaque(original.getOpaque());
        assertEquals(original.toString(), copy.toString());
        assertEquals(original.encode(), copy.encode());
    }

    @Test
    void copyForRetry_changesOfTheCopy_doNotReachTheOriginal() {
        RemotingCommand original = full(SerializeType.JSON);
        RemotingCommand copy = original.copyForRetry();
        copy.addExtField("k", "changed");
        copy.setRemark("changed");
        assertEquals("v", original.getExtField("k"));
        assertEquals("r", original.getRemark());
    }

    @Test
    void copyForRetry_unsetVersionAndType_stayUnset() {
        RemotingCommand copy = RemotingCommand.createRequestCommand(1, null).copyForRetry();
        copy.applyDefaults(11, SerializeType.ROCKETMQ);
        assertEquals(11, copy.getVersion());
        assertSame(SerializeType.ROCKETMQ, copy.getSerializeTypeCurrentRPC());
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void encode_twice_givesTheSameFrame(SerializeType type) throws Exception {
        RemotingCommand command = full(type);
        ByteBuffer first = command.encode();
        assertEquals(first, command.encode());
        RemotingCommand decoded = reread(command);
        assertEquals(Map.of("k", "v", "name", "n"), decoded.getExtFields());
        assertEquals(first, decoded.encode());
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void encodeHeader_bodyLength_isCountedButNotWritten(SerializeType type) throws Exception {
        RemotingCommand command = full(type);
        ByteBuffer frame = command.encode();
        ByteBuffer own = command.encodeHeader();
        assertEquals(frame.remaining() - 3, own.remaining());
        assertEquals(frame.slice(0, own.remaining()), own);

        ByteBuffer other = command.encodeHeader(1000);
        assertEquals(own.remaining(), other.remaining());
        assertEquals(own.getInt(0) - 3 + 1000, other.getInt(0));
        assertEquals(own.slice(4, own.remaining() - 4), other.slice(4, other.remaining() - 4));
        assertThrows(IllegalArgumentException.class, () -> command.encodeHeader(-1));
        assertThrows(RemotingCommandException.class, () -> command.encodeHeader(Integer.MAX_VALUE));
    }

    private static void assertRefused(RemotingCommand command) {
        ByteBuf out = Unpooled.buffer();
        out.writeLong(0x1122334455667788L);
        out.skipBytes(2);
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> command.encode(out));
        assertSame(Outcome.NOT_SENT, e.outcome());
        assertEquals(8, out.writerIndex());
        assertEquals(2, out.readerIndex());
        assertEquals(0x1122334455667788L, out.getLong(0));
        assertSame(Outcome.NOT_SENT, assertThrows(RemotingCommandException.class, command::encode).outcome());
        assertSame(Outcome.NOT_SENT, assertThrows(RemotingCommandException.class, command::encodeHeader).outcome());
    }

    @Test
    void encode_whatTheBinaryHeaderCannotCarry_isRefusedWhole() throws Exception {
        for (int wide : new int[] {32768, -32769, RequestCode.POP_MESSAGE}) {
            RemotingCommand code = full(SerializeType.ROCKETMQ);
            code.setCode(wide);
            assertRefused(code);
            code.setSerializeTypeCurrentRPC(SerializeType.JSON);
            assertEquals(wide, reread(code).getCode());
            RemotingCommand version = full(SerializeType.ROCKETMQ);
            version.setVersion(wide);
            assertRefused(version);
        }
        for (String key : new String[] {"", "k".repeat(32768), "\u00e9".repeat(16384)}) {
            RemotingCommand command = full(SerializeType.ROCKETMQ);
            command.addExtField(key, "v");
            assertRefused(command);
            command.setSerializeTypeCurrentRPC(SerializeType.JSON);
            assertEquals("v", reread(command).getExtField(key));
        }
        RemotingCommand longest = full(SerializeType.ROCKETMQ);
        longest.addExtField("k".repeat(32767), "v");
        assertEquals("v", reread(longest).getExtField("k".repeat(32767)));
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void encode_failures_areRefusedWhole(SerializeType type) {
        RemotingCommand header = RemotingCommand.createRequestCommand(1, new HostileHeader());
        header.setSerializeTypeCurrentRPC(type);
        assertRefused(header);
        RemotingCommand longHeader = full(type);
        longHeader.setRemark("r".repeat(RemotingCommand.MAX_HEADER_LENGTH));
        assertRefused(longHeader);
        RemotingCommand nullKey = full(type);
        nullKey.getExtFields().put(null, "v");
        assertRefused(nullKey);
    }

    @Test
    void encode_bufferTooSmall_isRefusedWhole() {
        ByteBuf out = Unpooled.buffer(16, 32);
        assertThrows(RemotingCommandException.class, () -> full(SerializeType.JSON).encode(out));
        assertEquals(0, out.writerIndex());
    }

    @ParameterizedTest
    @EnumSource(SerializeType.class)
    void extFields_upToTheCap_travelAndOneMoreIsRefused(SerializeType type) throws Exception {
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        command.setSerializeTypeCurrentRPC(type);
        for (int i = 0; i < RemotingCommand.MAX_EXT_FIELDS; i++) {
            command.addExtField("k" + i, "v" + i);
        }
        assertEquals(command.getExtFields(), reread(command).getExtFields());
        command.addExtField("one more", "");
        assertRefused(command);
    }

    @Test
    void extFields_setters_copyAndDropNulls() {
        Map<String, String> given = new HashMap<>();
        given.put("a", "1");
        given.put("b", null);
        RemotingCommand command = RemotingCommand.createRequestCommand(1, null);
        assertNull(command.getExtField("a"));
        command.setExtFields(given);
        given.put("a", "changed");
        assertEquals(Map.of("a", "1"), command.getExtFields());
        command.addExtFieldIfNotExist("a", "2");
        command.addExtFieldIfNotExist("c", "3");
        command.addExtFieldIfNotExist("d", null);
        assertEquals(Map.of("a", "1", "c", "3"), command.getExtFields());
        command.addExtField("a", null);
        assertEquals(Map.of("c", "3"), command.getExtFields());
        command.setExtFields(null);
        assertNull(command.getExtFields());
    }

    @Test
    void decode_everyKindOfBuffer_readsTheSameAndOnlyItsOwnBytes() throws Exception {
        byte[] frame = full(SerializeType.JSON).encode().array();
        byte[] padded = new byte[frame.length + 10];
        System.arraycopy(frame, 4, padded, 7, frame.length - 4);
        int length = frame.length - 4;
        String expected = RemotingCommand.decode(ByteBuffer.wrap(frame, 4, length)).toString();

        assertEquals(expected, RemotingCommand.decode(ByteBuffer.wrap(padded, 7, length).slice()).toString());
        assertEquals(expected, RemotingCommand.decode(ByteBuffer.wrap(padded, 7, length).asReadOnlyBuffer()).toString());
        ByteBuf heap = Unpooled.wrappedBuffer(padded).setIndex(7, 7 + length);
        assertEquals(expected, RemotingCommand.decode(heap).toString());
        assertEquals(0, heap.readableBytes());
        ByteBuf composite = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(padded, 7, 20), Unpooled.copiedBuffer(padded, 27, length - 20));
        assertEquals(expected, RemotingCommand.decode(composite).toString());
        ByteBuffer position = ByteBuffer.wrap(frame, 4, length);
        assertArrayEquals(new byte[] {1, 2, 3}, RemotingCommand.decode(position).getBody());
        assertEquals(0, position.remaining());
    }

    @Test
    void decode_failure_leavesTheBufferWhereItWas() {
        ByteBuf frame = Unpooled.copiedBuffer("\0\0\0\2[]", StandardCharsets.ISO_8859_1);
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> RemotingCommand.decode(frame));
        assertSame(Outcome.UNKNOWN, e.outcome());
        assertEquals(6, frame.readableBytes());
        assertThrows(RemotingCommandException.class, () -> RemotingCommand.decode(new byte[3]));
        assertThrows(RemotingCommandException.class, () -> RemotingCommand.decode(new byte[0]));
    }

    @Test
    void decode_headerLongerThanTheLimit_isRefused() {
        byte[] frame = new byte[4 + RemotingCommand.MAX_HEADER_LENGTH + 1];
        ByteBuffer.wrap(frame).putInt(RemotingCommand.MAX_HEADER_LENGTH + 1);
        RemotingCommandException e = assertThrows(RemotingCommandException.class, () -> RemotingCommand.decode(frame));
        assertTrue(e.getMessage().contains("longer than " + RemotingCommand.MAX_HEADER_LENGTH), e.getMessage());
    }

    @Test
    void decode_unknownLanguage_isOtherAndCanBeWrittenAgain() throws Exception {
        RemotingCommand command = full(SerializeType.ROCKETMQ);
        byte[] frame = command.encode().array();
        frame[8 + 2] = 77;
        RemotingCommand decoded = RemotingCommand.decode(ByteBuffer.wrap(frame, 4, frame.length - 4));
        assertSame(LanguageCode.OTHER, decoded.getLanguage());
        assertSame(LanguageCode.OTHER, reread(decoded).getLanguage());
    }

    @Test
    void toString_body_isALength() {
        String text = full(SerializeType.JSON).toString();
        assertTrue(text.contains("bodyLength=3") && text.contains("code=10"), text);
        assertFalse(text.contains("[1, 2, 3]"), text);
        assertTrue(RemotingCommand.createRequestCommand(1, null).toString().contains("version=unset"));
    }

    @Test
    void tables_ownCodes_areTheAgreedOnes() {
        assertEquals(1500, ResponseCode.GO_AWAY);
        assertEquals(1500, RequestCode.GO_AWAY);
        assertEquals(1501, RequestCode.HELLO);
        assertEquals(1502, RequestCode.PING);
        assertNull(SerializeType.valueOf((byte) 2));
        for (SerializeType type : SerializeType.values()) {
            assertSame(type, SerializeType.valueOf(type.getCode()));
        }
        for (LanguageCode language : LanguageCode.values()) {
            assertSame(language, LanguageCode.valueOf(language.getCode()));
        }
        assertSame(LanguageCode.OTHER, LanguageCode.valueOf((byte) 14));
        assertSame(LanguageCode.OTHER, LanguageCode.valueOf((byte) -1));
    }
}
