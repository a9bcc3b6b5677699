package io.longlink.remoting.demo.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Story;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Both scenarios for real, small, in JVMs of their own. Each is given one limit that nobody can keep: everything else must be as it should,
 * and that one must be seen. How fast they are says nothing here, where other tests run as well.
 */
@Timeout(120)
class CrowdPlayTest {
    private static final int CONNECTIONS = 300;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Story story = new Story(new PrintStream(out, true, StandardCharsets.UTF_8), true);

    private static JSONObject facts(Result result) {
        return JSON.parseObject(result.facts().toString());
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void idle_threeHundredConnections_allAreToldAndGone_butNotInNoTime() throws InterruptedException {
        Result result = new Idle(Crowd.of(CONNECTIONS), new Idle.Plan(50, 60_000, 0), story).play();
        JSONObject facts = facts(result);
        assertEquals(1, result.complaints().size(), () -> result.sentences() + told());
        assertTrue(result.complaints().get(0).startsWith("goneWithinMillis is "), result.complaints()::toString);
        assertEquals(CONNECTIONS, facts.getIntValue("told"));
        assertEquals(CONNECTIONS, facts.getIntValue("closedByPeer"));
        assertEquals(0, facts.getIntValue("leftOpen"));
        assertTrue(facts.getLongValue("toldWithinMillis") > 0, facts::toString);
    }

    @Test
    void herd_threeHundredConnectionsOfTwoClients_allComeBack_butNotAsEvenlyAsThat() throws InterruptedException {
        Result result = new Herd(Crowd.ofPorts(CONNECTIONS), new Herd.Plan(300, 60_000, 0.5), story).play();
        JSONObject facts = facts(result);
        assertEquals(1, result.complaints().size(), () -> result.sentences() + told());
        assertTrue(result.complaints().get(0).startsWith("maxPer100Millis is "), result.complaints()::toString);
        assertEquals(CONNECTIONS, facts.getIntValue("ready"));
        assertEquals(CONNECTIONS, facts.getIntValue("connects"));
        assertTrue(facts.getLongValue("gapMillis") >= 300, facts::toString);
        JSONObject back = told().lines().map(JSON::parseObject).filter(line -> "back".equals(line.getString("event"))).findFirst().orElseThrow();
        assertEquals(CONNECTIONS, back.getJSONArray("per100Millis").stream().mapToInt(count -> (Integer) count).sum());
    }
}
