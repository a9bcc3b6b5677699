package io.longlink.remoting.client.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.client.heartbeat.BrokerAddressTable.Broker;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BrokerAddressTableTest {
    private final BrokerAddressTable table = new BrokerAddressTable();
    private final AtomicInteger changes = new AtomicInteger();

    private static InetSocketAddress socketAddress(String host, int port) throws Exception {
        return new InetSocketAddress(InetAddress.getByAddress(InetAddress.getByName(host).getAddress()), port);
    }

    @Test
    void put_isFoundByNameAndId_andTellsWhatWasThere() {
        assertNull(table.put("a", 0, "10.0.0.1:10911"));
        assertNull(table.put("a", 1, "10.0.0.2:10911"));
        assertEquals("10.0.0.1:10911", table.put("a", 0, "10.0.0.3:10911"));

        assertEquals("10.0.0.3:10911", table.masterAddress("a"));
        assertEquals("10.0.0.2:10911", table.address("a", 1));
        assertNull(table.address("a", 2));
        assertNull(table.address("b", 0));
        assertEquals(Map.of(0L, "10.0.0.3:10911", 1L, "10.0.0.2:10911"), table.addresses("a"));
        assertEquals(Map.of(), table.addresses("b"));
        assertEquals(Set.of("10.0.0.3:10911", "10.0.0.2:10911"), table.addresses());
    }

    @Test
    void remove_lastOfAName_removesTheName() {
        table.put("a", 0, "10.0.0.1:10911");
        table.put("b", 0, "10.0.0.1:10911");
        table.put("b", 1, "10.0.0.2:10911");

        assertEquals("10.0.0.1:10911", table.remove("a", 0));
        assertNull(table.remove("a", 0));
        assertEquals(Set.of("b"), table.snapshot().keySet());
        assertEquals(Set.of("10.0.0.1:10911", "10.0.0.2:10911"), table.addresses());
        table.remove("b");
        assertEquals(Map.of(), table.snapshot());
        assertEquals(Set.of(), table.addresses());
    }

    @Test
    void replace_leavesOtherNamesAlone_andReplaceAllDoesNot() {
        table.put("a", 0, "10.0.0.1:10911");
        table.put("b", 0, "10.0.0.2:10911");
        table.replace("a", Map.of(2L, "10.0.0.3:10911"));
        assertEquals(Map.of("a", Map.of(2L, "10.0.0.3:10911"), "b", Map.of(0L, "10.0.0.2:10911")), table.snapshot());
        table.replaceAll(Map.of("c", Map.of(0L, "10.0.0.4:10911")));
        assertEquals(Map.of("c", Map.of(0L, "10.0.0.4:10911")), table.snapshot());
    }

    @Test
    void snapshot_neverChanges() {
        table.put("a", 0, "10.0.0.1:10911");
        Map<String, Map<Long, String>> before = table.snapshot();
        table.put("a", 1, "10.0.0.2:10911");
        table.put("b", 0, "10.0.0.3:10911");

        assertEquals(Map.of("a", Map.of(0L, "10.0.0.1:10911")), before);
        assertThrows(UnsupportedOperationException.class, () -> before.put("c", Map.of()));
        assertThrows(UnsupportedOperationException.class, () -> before.get("a").put(1L, "x"));
        assertThrows(UnsupportedOperationException.class, () -> table.addresses().add("x"));
    }

    @Test
    void address_thatIsNone_changesNothing() {
        table.put("a", 0, "10.0.0.1:10911");
        assertThrows(IllegalArgumentException.class, () -> table.put("a", 0, "10.0.0.1"));
        assertThrows(IllegalArgumentException.class, () -> table.put("a", -1, "10.0.0.1:10911"));
        assertThrows(IllegalArgumentException.class, () -> table.replace("a", Map.of(0L, "nowhere")));
        assertThrows(IllegalArgumentException.class, () -> table.replaceAll(Map.of("b", Map.of(0L, "10.0.0.2:0"))));
        assertEquals(Map.of("a", Map.of(0L, "10.0.0.1:10911")), table.snapshot());
    }

    @Test
    void brokersBehind_literal_comparesAddressesNotText() throws Exception {
        table.put("a", 0, "10.0.0.1:10911");
        table.put("b", 1, "10.0.0.1:10911");
        table.put("six", 0, "[0:0:0:0:0:0:0:1]:10911");

        assertEquals(
                List.of(new Broker("a", 0, "10.0.0.1:10911"), new Broker("b", 1, "10.0.0.1:10911")),
                table.brokersBehind(socketAddress("10.0.0.1", 10911)));
        assertEquals(List.of(), table.brokersBehind(socketAddress("10.0.0.1", 10912)));
        assertEquals(1, table.brokersBehind(socketAddress("::1", 10911)).size());
        assertEquals(List.of(), table.brokersBehind(null));
        EmbeddedChannel channel = new EmbeddedChannel();
        assertEquals(List.of(), table.brokersBehind(channel.remoteAddress()));
        channel.close();
    }

    @Test
    void brokersBehind_name_isFoundWhenItIsResolvedAndUntilItIsRemoved() throws Exception {
        InetSocketAddress first = socketAddress("10.0.0.1", 10911);
        InetSocketAddress second = socketAddress("10.0.0.2", 10911);
        table.put("a", 0, "broker.example:10911");
        assertEquals(List.of(), table.brokersBehind(first));

        table.onResolved("broker.example:10911", Set.of(first, second));
        table.put("b", 0, "10.0.0.3:10911");
        assertEquals(List.of(new Broker("a", 0, "broker.example:10911")), table.brokersBehind(first));
        assertEquals(List.of(new Broker("a", 0, "broker.example:10911")), table.brokersBehind(second));

        table.remove("a", 0);
        assertEquals(List.of(), table.brokersBehind(first));
        table.onResolved("broker.example:10911", Set.of(first));
        assertEquals(List.of(), table.brokersBehind(first));
        assertEquals(Set.of("10.0.0.3:10911"), table.resolved().keySet());
    }

    @Test
    void change_isTold_andNoChangeIsNot() {
        table.addChangeListener(changes::incrementAndGet);
        table.put("a", 0, "10.0.0.1:10911");
        assertEquals(1, changes.get());
        table.put("a", 0, "10.0.0.1:10911");
        table.remove("a", 5);
        assertEquals(1, changes.get());
        table.remove("a", 0);
        assertEquals(2, changes.get());
        table.replaceAll(Map.of());
        assertEquals(3, changes.get());
    }

    @Test
    void puts_ofManyThreads_areAllThere() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int id = i;
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int port = 1; port <= 250; port++) {
                    table.put("broker " + port % 10, id * 1_000L + port, "10.0.0." + id + ':' + port);
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1_000, table.addresses().size());
        assertEquals(1_000, table.snapshot().values().stream().mapToInt(Map::size).sum());
    }
}
