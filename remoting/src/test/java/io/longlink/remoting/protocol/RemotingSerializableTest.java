package io.longlink.remoting.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson2.JSONFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RemotingSerializableTest {
    public enum Mode {
        CLUSTERING
    }

    public static final class Broker extends RemotingSerializable {
        private String name;
        private Mode mode;
        private Map<Long, String> addresses;
        private List<Broker> children;
        private Object any;
        private int count;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public Mode getMode() {
            return mode;
        }

        public void setMode(Mode mode) {
            this.mode = mode;
        }

        public Map<Long, String> getAddresses() {
            return addresses;
        }

        public void setAddresses(Map<Long, String> addresses) {
            this.addresses = addresses;
        }

        public List<Broker> getChildren() {
            return children;
        }

        public void setChildren(List<Broker> children) {
            this.children = children;
        }

        public Object getAny() {
            return any;
        }

        public void setAny(Object any) {
            this.any = any;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    private static Broker broker() {
        Broker broker = new Broker();
        broker.setName("a\u6d88");
        broker.setMode(Mode.CLUSTERING);
        broker.setAddresses(new HashMap<>(Map.of(0L, "10.0.0.1:10911")));
        return broker;
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void encode_bean_isSortedCompactAndWithoutNulls() {
        String json = "{\"addresses\":{\"0\":\"10.0.0.1:10911\"},\"count\":0,\"mode\":\"CLUSTERING\",\"name\":\"a\u6d88\"}";
        assertEquals(json, new String(broker().encode(), StandardCharsets.UTF_8));
        assertEquals(json, new String(RemotingSerializable.encode(broker()), StandardCharsets.UTF_8));
        assertEquals(json, broker().toJson());
        assertEquals(json, RemotingSerializable.toJson(broker(), false));
        assertTrue(broker().toJson(true).contains("\n"));
        assertEquals("a\u6d88", RemotingSerializable.fromJson(broker().toJson(true), Broker.class).getName());
    }

    @Test
    void encode_sameObjectTwice_isWrittenTwice() {
        Broker parent = new Broker();
        Broker child = new Broker();
        parent.setChildren(List.of(child, child));
        assertEquals("{\"children\":[{\"count\":0},{\"count\":0}],\"count\":0}", parent.toJson());
    }

    @Test
    void encode_cycle_isRefused() {
        Broker broker = broker();
        broker.setChildren(new ArrayList<>(List.of(broker)));
        assertThrows(IllegalArgumentException.class, broker::encode);
        assertThrows(IllegalArgumentException.class, () -> RemotingSerializable.encode(broker));
        assertThrows(IllegalArgumentException.class, () -> RemotingSerializable.toJson(broker, true));
    }

    @Test
    void nothing_inBothDirections_isNull() {
        assertNull(RemotingSerializable.encode(null));
        assertNull(RemotingSerializable.toJson(null, true));
        assertNull(RemotingSerializable.decode(null, Broker.class));
        assertNull(RemotingSerializable.decode(new byte[0], Broker.class));
        assertNull(RemotingSerializable.fromJson(null, Broker.class));
        assertNull(RemotingSerializable.fromJson("", Broker.class));
    }

    @Test
    void decode_routeBodyWithBareKeys_isRead() {
        Broker read = RemotingSerializable.decode(utf8("{\"addresses\":{0:\"a\",1:\"b\"},\"unknown\":[{\"x\":null}],\"name\":\"n\"}"), Broker.class);
        assertEquals(Map.of(0L, "a", 1L, "b"), read.getAddresses());
        assertEquals("n", read.getName());
        assertEquals(Map.of(0L, "a"), RemotingSerializable.decode(utf8("{\"addresses\":{\"0\":\"a\"}}"), Broker.class).getAddresses());
    }

    @Test
    void decode_typeName_loadsNothing() {
        Broker read = RemotingSerializable.decode(utf8("{\"any\":{\"@type\":\"java.net.Inet4Address\",\"val\":\"192.0.2.1\"}}"), Broker.class);
        assertTrue(read.getAny() instanceof Map, () -> String.valueOf(read.getAny().getClass()));
    }

    @Test
    void decode_reference_isNotResolved() {
        Broker read = RemotingSerializable.decode(utf8("{\"name\":\"n\",\"any\":{\"$ref\":\"$\"}}"), Broker.class);
        assertEquals(Map.of("$ref", "$"), read.getAny());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{", "{\"name\":\"a\"} x", "{\"name\":\"a\"}{}", "[1]", "\"text\"", "{\"count\":\"abc\"}", "{\"count\":99999999999}", "{'name':\"a\"}",
                "{/**/\"name\":\"a\"}", "{\"name\":\"a", "{a\\\"b:1}"
            })
    void decode_hostileText_isAnIllegalArgument(String json) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> RemotingSerializable.decode(utf8(json), Broker.class));
        assertTrue(e.getMessage().contains("Broker"), e.getMessage());
    }

    @Test
    void decode_strayByte_isAnIllegalArgument() {
        assertThrows(IllegalArgumentException.class, () -> RemotingSerializable.decode(new byte[] {(byte) 0xEC}, Broker.class));
    }

    @Test
    void decode_depth_isCapped() {
        for (String[] pair : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            for (String property : List.of("unknown", "any")) {
                String inside = pair[0].repeat(200) + "1" + pair[1].repeat(200);
                RemotingSerializable.decode(utf8("{\"" + property + "\":" + inside + "}"), Broker.class);
                for (int levels : new int[] {RemotingSerializable.MAX_DEPTH, 300_000}) {
                    String deep = "{\"" + property + "\":" + pair[0].repeat(levels) + "1" + pair[1].repeat(levels) + "}";
                    assertThrows(IllegalArgumentException.class, () -> RemotingSerializable.decode(utf8(deep), Broker.class));
                }
            }
        }
        String brackets = "[".repeat(1000);
        assertEquals(brackets, RemotingSerializable.fromJson("{\"name\":\"" + brackets + "\"}", Broker.class).getName());
    }

    @Test
    void decode_mutatedBodies_areReadOrRefusedAndNothingElse() {
        Random random = new Random(7);
        byte[] original = utf8("{\"addresses\":{0:\"10.0.0.1:10911\"},\"any\":[{\"a\":1.5e3},null,true],\"count\":3,\"mode\":\"CLUSTERING\",\"name\":\"a\\u00e9\u6d88\"}");
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = original.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                RemotingSerializable.decode(bytes, Broker.class);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    @Test
    void settings_ofTheProcess_areNotTouched() {
        broker().encode();
        RemotingSerializable.decode(utf8("{}"), Broker.class);
        assertFalse(JSONFactory.getDefaultObjectReaderProvider().isDisableReferenceDetect());
        assertFalse(JSONFactory.getDefaultObjectWriterProvider().isDisableReferenceDetect());
    }
}
