package io.longlink.remoting.testkit;

import static io.longlink.remoting.testkit.Messages.assertContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.testkit.Frame.Serialization;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameTest {

    /** A heart beat as RocketMQ 5.5.1 writes it. */
    private static final String GOLDEN_JSON = "00000064000000607b22636f6465223a33342c22666c6167223a302c226c616e6775616765223a224a415641"
            + "222c226f7061717565223a372c2273657269616c697a655479706543757272656e74525043223a224a534f4e222c2276657273696f6e223a3531357d";

    private static final String GOLDEN_BINARY = "0000001901000015002200020300000007000000000000000000000000";

    private static final Frame FULL = Frame.request(34)
            .withOpaque(-7)
            .withFlag(0x40000002)
            .withVersion(476)
            .withLanguage("GO")
            .withRemark("a \"quoted\"\\\n\u0001 \u00e9 \ud83d\ude80")
            .withExt("k1", "v1")
            .withExt("empty", "")
            .withBody(new byte[] {1, 2, 3});

    @Test
    void encode_goldenCommand_equalsRocketMqBytes() {
        Frame heartbeat = Frame.request(34).withOpaque(7);
        assertEquals(GOLDEN_JSON, hex(heartbeat.encode()));
        assertEquals(GOLDEN_BINARY, hex(heartbeat.withSerialization(Serialization.ROCKETMQ).encode()));
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void decode_ownEncoding_equalsOriginal(Serialization serialization) {
        Frame frame = FULL.withSerialization(serialization);
        assertEquals(frame, Frame.decode(frame.encode()));
        assertEquals(frame.hashCode(), Frame.decode(frame.encode()).hashCode());
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void decode_everyPrefix_isRefused(Serialization serialization) {
        byte[] whole = FULL.withSerialization(serialization).encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThrows(IllegalArgumentException.class, () -> Frame.decode(prefix));
        }
    }

    @Test
    void decode_binaryHeaderCutAnywhere_isRefused() {
        byte[] whole = FULL.withBody(new byte[0]).withSerialization(Serialization.ROCKETMQ).encode();
        for (int length = 8; length < whole.length; length++) {
            byte[] header = Arrays.copyOfRange(whole, 8, length);
            assertThrows(IllegalArgumentException.class, () -> Frame.decode(frame(1, header)));
        }
    }

    @Test
    void decode_jsonInAnyOrderWithUnknownFields_readsTheKnown() {
        Frame frame = Frame.decode(json(" { \"x\" : [ {}, [ 1.5e3, true, null ] ], \"opaque\":\"9\" ,\"code\":1500, \"flag\":1,"
                + "\"remark\":\"\\u00e9\\/\", \"extFields\":{\"n\":0,\"n\":1.50,\"b\":true,\"gone\":null} } "));
        assertEquals(
                Frame.request(1500)
                        .withFlag(1)
                        .withOpaque(9)
                        .withVersion(0)
                        .withLanguage(null)
                        .withRemark("\u00e9/")
                        .withExtFields(Map.of("n", "1.50", "b", "true")),
                frame);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "[]", "{}", "{\"code\":1}", "{\"code\":1,\"opaque\":1,}", "{\"code\":1,\"opaque\":1}x", "{'code':1,\"opaque\":1}",
        "{\"code\":1,\"opaque\":2147483648}", "{\"code\":1.0,\"opaque\":1}", "{\"code\":01,\"opaque\":1}",
        "{\"code\":1,\"opaque\":1,\"extFields\":[]}", "{\"code\":1,\"opaque\":1,\"extFields\":{\"a\":{}}}",
        "{\"code\":1,\"opaque\":1,\"remark\":\"\n\"}", "{\"code\":1,\"opaque\":1,\"remark\":\"\\x\"}",
        "{\"code\":1,\"opaque\":1,\"remark\":\"\\u00g0\"}", "{\"code\":1,\"opaque\":1,\"remark\":5}",
        "{\"code\":1,\"opaque\":1,\"code\":1}", "{\"code\":1,\"opaque\":1,\"x\":nul}"
    })
    void decode_brokenJson_isRefused(String header) {
        assertThrows(IllegalArgumentException.class, () -> Frame.decode(json(header)));
    }

    @Test
    void decode_deepNesting_isRefused() {
        String deep = "{\"code\":1,\"opaque\":1,\"x\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
        assertThrows(IllegalArgumentException.class, () -> Frame.decode(json(deep)));
    }

    @Test
    void decode_unassignedFormatOrLongHeader_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Frame.decode(frame(2, new byte[21])));
        assertThrows(IllegalArgumentException.class, () -> Frame.decode(HexFormat.of().parseHex("0000000400000001")));
        assertThrows(IllegalArgumentException.class, () -> Frame.decode(frame(0, new byte[] {(byte) 0xC0, (byte) 0x80})));
    }

    @Test
    void emptyKey_isCarriedInJsonAndRefusedInBinary() {
        Frame frame = Frame.request(1).withExt("", "v");
        assertEquals(frame, Frame.decode(frame.encode()));
        assertThrows(IllegalArgumentException.class, () -> frame.withSerialization(Serialization.ROCKETMQ).encode());
        byte[] header = HexFormat.of().parseHex("000100000000000000000000000000000000000006000000000000");
        assertContains("a key is empty", assertThrows(IllegalArgumentException.class, () -> Frame.decode(frame(1, header))));
    }

    @Test
    void encode_codeOver16BitsInBinary_isRefused() {
        Frame pop = Frame.request(200050);
        assertEquals(200050, Frame.decode(pop.encode()).code());
        assertThrows(IllegalArgumentException.class, () -> pop.withSerialization(Serialization.ROCKETMQ).encode());
    }

    @Test
    void binary_unknownLanguage_isNullAndCannotBeWritten() {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN_BINARY);
        bytes[10] = 99;
        Frame decoded = Frame.decode(bytes);
        assertNull(decoded.language());
        assertThrows(IllegalArgumentException.class, decoded::encode);
    }

    @Test
    void binary_emptyRemarkAndExtFields_areNone() {
        Frame empty = Frame.request(1).withRemark("").withExtFields(Map.of()).withSerialization(Serialization.ROCKETMQ);
        assertEquals(empty.withRemark(null).withExtFields(null), Frame.decode(empty.encode()));
        Frame json = empty.withSerialization(Serialization.JSON);
        assertEquals(json, Frame.decode(json.encode()));
    }

    @Test
    void kinds_followTheFlag() {
        Frame request = Frame.request(1).withOpaque(5).withSerialization(Serialization.ROCKETMQ);
        Frame response = Frame.response(request, 0);
        assertEquals(5, response.opaque());
        assertEquals(Serialization.ROCKETMQ, response.serialization());
        assertTrue(response.isResponse());
        assertTrue(Frame.oneway(1).isOneway());
        assertFalse(request.isResponse() || request.isOneway() || Frame.oneway(1).isResponse());
        Frame both = request.withFlag(3);
        assertTrue(both.isResponse());
        assertFalse(both.isOneway());
    }

    @Test
    void body_changedAfterwards_leavesFrameAlone() {
        byte[] body = {1};
        Frame frame = Frame.request(1).withBody(body);
        body[0] = 2;
        frame.body()[0] = 3;
        assertArrayEquals(new byte[] {1}, frame.body());
        assertNotEquals(Frame.request(1), frame);
    }

    private static byte[] json(String header) {
        return frame(0, header.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] frame(int type, byte[] header) {
        return ByteBuffer.allocate(8 + header.length)
                .putInt(4 + header.length)
                .putInt(type << 24 | header.length)
                .put(header)
                .array();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
