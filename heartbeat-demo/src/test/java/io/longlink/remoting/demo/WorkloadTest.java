package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {

    @TempDir
    Path directory;

    @Test
    void read_noFile_isSomeThousandsOfDistinctLines() {
        Workload workload = Workload.read(null);
        Set<String> distinct = new HashSet<>();
        for (int id = 0; id < workload.size(); id++) {
            distinct.add(workload.line(id));
        }
        assertEquals(3_000, workload.size());
        assertEquals(3_000, distinct.size());
    }

    @Test
    void line_moreMessagesThanLines_startsAgain() throws IOException {
        Workload workload = Workload.read(Files.writeString(directory.resolve("text"), "one\r\n\nthree\twith a tab"));
        assertEquals(
                List.of("one", "", "three\twith a tab", "one"),
                List.of(workload.line(0), workload.line(1), workload.line(2), workload.line(3)));
    }

    @Test
    void kind_manyMessages_areMixedAsPromisedForEveryClientAndServer() {
        Workload workload = new Workload(List.of("x"));
        for (int of : new int[] {1, 3, 5, 15}) {
            for (int remainder = 0; remainder < of; remainder++) {
                Map<MessageKind, Integer> kinds = new EnumMap<>(MessageKind.class);
                for (int n = 0; n < 10_000; n++) {
                    kinds.merge(workload.kind((long) n * of + remainder), 1, Integer::sum);
                }
                assertTrue(Math.abs(kinds.get(MessageKind.ONE_WAY) - 2_500) < 200, kinds::toString);
                assertTrue(Math.abs(kinds.get(MessageKind.DURABLE) - 1_500) < 200, kinds::toString);
                assertTrue(Math.abs(kinds.get(MessageKind.TWO_WAY) - 6_000) < 300, kinds::toString);
            }
        }
    }

    @Test
    void read_unusableFile_saysWhy() throws IOException {
        assertSays("there is no file", directory.resolve("missing"));
        assertSays("is no file", directory);
        assertSays("there is no line in it", Files.createFile(directory.resolve("empty")));
        assertSays("is no UTF-8 text", Files.write(directory.resolve("latin1"), new byte[] {'a', (byte) 0xe4, '\n'}));
    }

    private static void assertSays(String words, Path file) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Workload.read(file));
        assertTrue(e.getMessage().contains(words) && e.getMessage().contains(file.toString()), e::getMessage);
    }
}
