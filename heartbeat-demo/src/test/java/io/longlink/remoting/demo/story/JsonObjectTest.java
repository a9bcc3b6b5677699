package io.longlink.remoting.demo.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonObjectTest {

    @Test
    void put_everyCharacterOfTheBasicPlane_isReadBackByAnotherParser() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x10000; c++) {
            if (!Character.isSurrogate((char) c)) {
                all.append((char) c);
            }
        }
        all.appendCodePoint(0x1F512);
        String json = new JsonObject().put("a\"\\\nb", all.toString()).toString();
        assertEquals(all.toString(), JSON.parseObject(json).getString("a\"\\\nb"));
        assertTrue(json.chars().allMatch(c -> c >= 0x20 && c <= 0x7e), "ASCII on one line");
    }

    @Test
    void put_allTypes_keepTheirTypesAndOrder() {
        String json = new JsonObject()
                .put("text", "x")
                .put("nothing", (String) null)
                .put("number", Long.MIN_VALUE)
                .put("yes", true)
                .put("list", List.of("a", "\""))
                .put("none", List.of())
                .toString();
        assertEquals(
                "{\"text\":\"x\",\"nothing\":null,\"number\":-9223372036854775808,\"yes\":true,\"list\":[\"a\",\"\\\"\"],\"none\":[]}",
                json);
        JSONObject read = JSON.parseObject(json);
        assertNull(read.get("nothing"));
        assertEquals(List.of("a", "\""), read.getList("list", String.class));
    }

    @Test
    void putAll_emptyAndFullObjects_areJoined() {
        JsonObject empty = new JsonObject();
        assertEquals("{}", new JsonObject().putAll(empty).toString());
        assertEquals("{\"a\":1}", new JsonObject().putAll(new JsonObject().put("a", 1)).toString());
        assertEquals("{\"a\":1,\"b\":2}", new JsonObject().put("a", 1).putAll(new JsonObject().put("b", 2)).putAll(empty).toString());
    }
}
