package peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What the servers of this JVM executed: the ids of each run, as often as they ran. */
final class Ledger {
    private final Map<String, Queue<String>> executed = new ConcurrentHashMap<>();

    void add(Map<String, String> request) {
        executed.computeIfAbsent(request.get(Codes.RUN), run -> new ConcurrentLinkedQueue<>()).add(request.get(Codes.ID));
    }

    boolean has(Map<String, String> request) {
        return ids(request.get(Codes.RUN)).contains(request.get(Codes.ID));
    }

    /** Writes the ids of a run into a file, one a line, and tells how many there are. */
    String write(String run, String file) throws IOException {
        List<String> ids = List.copyOf(ids(run));
        Files.write(Paths.get(file), ids);
        return String.valueOf(ids.size());
    }

    private Collection<String> ids(String run) {
        Queue<String> ids = executed.get(run);
        return ids == null ? Collections.emptyList() : ids;
    }
}
