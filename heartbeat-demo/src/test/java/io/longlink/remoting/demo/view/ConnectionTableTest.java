package io.longlink.remoting.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Picture.Spread;
import io.longlink.remoting.demo.story.Row;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTableTest {
    private static final List<Row> ROWS = List.of(
            new Row("client 1", "server 1", "127.0.0.1:40001", AddressState.READY, 1_234, new Spread(9, 345, 12_345, 99_999), 12, 1),
            new Row("client 1", "server 2", "127.0.0.1:40002", AddressState.BACKOFF, -1, Spread.NONE, 1_463, 0),
            new Row("client 2", "server 1", "127.0.0.1:40001", AddressState.CONNECTING, 90_000, new Spread(1, 5, 1_500_000, 7), 0, 22));

    private static Row unnamed(int i) {
        return new Row("client " + i, "host:" + i, "host:" + i, AddressState.IDLE, -1, Spread.NONE, 0, 0);
    }

    @Test
    void lines_enoughRoom_haveEveryColumn() {
        assertEquals(
                List.of(
                        "CLIENT    SERVER    ADDRESS          STATE       LAST BEAT  RTT P50       P99  IN FLIGHT  RECONNECTS",
                        "client 1  server 1  127.0.0.1:40001  READY           1.2 s  0.35 ms  12.35 ms         12           1",
                        "client 1  server 2  127.0.0.1:40002  BACKOFF             -        -         -       1463           0",
                        "client 2  server 1  127.0.0.1:40001  CONNECTING      1 min  0.01 ms   1500 ms          0          22"),
                new ConnectionTable(120, 20, false).lines(ROWS, 0));
    }

    @Test
    void lines_eightyColumns_leaveTheAddressOutAndShortenTitles() {
        List<String> lines = new ConnectionTable(79, 20, false).lines(ROWS, 0);
        assertEquals("CLIENT    SERVER    STATE        BEAT  RTT P50       P99  FLIGHT  RECONN", lines.get(0));
        assertEquals("client 1  server 2  BACKOFF         -        -         -    1463       0", lines.get(2));
    }

    @Test
    void lines_nobodyNamedAServer_haveNoColumnForIt() {
        assertTrue(new ConnectionTable(120, 20, false).lines(List.of(unnamed(1)), 0).get(0).startsWith("CLIENT    ADDRESS"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 20, 40, 78})
    void lines_narrow_areCutAndSaySo(int width) {
        List<String> lines = new ConnectionTable(width, 1, false).lines(ROWS, 5);
        assertEquals(3, lines.size());
        assertTrue(lines.stream().allMatch(line -> line.length() <= width), lines::toString);
        if (width < 70) {
            assertTrue(lines.get(1).endsWith("\u2026"), lines::toString);
        }
    }

    @Test
    void lines_moreRowsThanFit_areCounted() {
        List<Row> rows = IntStream.range(0, 30).mapToObj(ConnectionTableTest::unnamed).toList();
        List<String> lines = new ConnectionTable(100, 20, false).lines(rows, 100);
        assertEquals(22, lines.size());
        assertEquals("and 110 more", lines.get(21));
    }

    @Test
    void lines_coloured_differOnlyInColourAndEndIt() {
        for (int width : new int[] {120, 60, 22, 21, 20, 19}) {
            List<String> plain = new ConnectionTable(width, 2, false).lines(ROWS, 0);
            List<String> coloured = new ConnectionTable(width, 2, true).lines(ROWS, 0);
            assertEquals(plain, coloured.stream().map(line -> line.replaceAll("\033\\[\\d+m", "")).toList());
            for (String line : coloured) {
                int last = line.lastIndexOf('\033');
                assertTrue(last < 0 || line.startsWith("\033[0m", last), line);
            }
        }
        assertTrue(new ConnectionTable(120, 20, true).lines(ROWS, 0).get(1).contains("\033[32mREADY\033[0m"));
    }
}
