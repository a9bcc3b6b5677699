package io.longlink.remoting.demo.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrowdTest {

    private static List<String> allCalls(Crowd crowd) {
        List<String> calls = new ArrayList<>();
        for (int client = 0; client < crowd.clients(); client++) {
            List<String> addresses = crowd.addressesOf(client);
            assertEquals(addresses.size(), addresses.stream().distinct().count(), "a client keeps one connection to an address");
            assertTrue(addresses.size() <= crowd.addressesOf(0).size(), "the first has the most");
            calls.addAll(addresses);
        }
        return calls;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 999, 1_000, 1_001, 10_000})
    void crowd_hasAsManyConnectionsAsAskedFor_andIsReadBack(int connections) {
        Crowd hosts = new Crowd(connections, Math.min(1_000, connections), List.of(12_345));
        assertEquals(connections, allCalls(hosts).size());
        assertEquals("0.0.0.0", new Crowd(2, 2, List.of(1)).bindAddress());
        Crowd ports = new Crowd(connections, 1, IntStream.range(0, Math.min(200, connections)).mapToObj(i -> 20_000 + i).toList());
        assertEquals(connections, allCalls(ports).size());
        assertEquals("127.0.0.1", ports.bindAddress());
        assertEquals(hosts, Crowd.parse(hosts.text()));
        assertEquals(ports, Crowd.parse(ports.text()));
    }

    @Test
    void hosts_areAllOfTheLoopbackInterface() {
        List<String> addresses = new Crowd(1_000, 1_000, List.of(80)).addressesOf(0);
        assertEquals("127.0.0.1:80", addresses.get(0));
        assertEquals("127.0.0.250:80", addresses.get(249));
        assertEquals("127.0.1.1:80", addresses.get(250));
        assertEquals("127.0.3.250:80", addresses.get(999));
    }

    @Test
    void number_outsideTheRangeOrAboveWhatAProcessMayHave_isRefusedInWords() {
        assertThrows(IllegalArgumentException.class, () -> Crowd.checkNumber(0, 100_000));
        assertThrows(IllegalArgumentException.class, () -> Crowd.checkNumber(40_001, 100_000));
        Crowd.checkNumber(10_000, 11_000);
        String message = assertThrows(IllegalArgumentException.class, () -> Crowd.checkNumber(10_000, 4_096)).getMessage();
        assertTrue(message.contains("11000 open files") && message.contains("may have 4096") && message.contains("3096 at most"), message);
    }
}
