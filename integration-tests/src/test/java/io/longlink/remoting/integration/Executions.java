package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.NettyRequestProcessor;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts, for each request by its body, how often it ran. Thread-safe; one may serve several servers. */
final class Executions {
    private final ConcurrentMap<String, Integer> times = new ConcurrentHashMap<>();

    void count(String id) {
        times.merge(id, 1, Integer::sum);
    }

    /** Counts, and answers with the body of the request. */
    NettyRequestProcessor echo() {
        return (ctx, request) -> {
            count(Services.text(request));
            return request.isOnewayRPC() ? null : Services.response(Services.text(request));
        };
    }

    int of(String id) {
        return times.getOrDefault(id, 0);
    }

    int total() {
        return times.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Asserts that these ran, each exactly once, and nothing else. */
    void assertExactlyOnce(Set<String> ids) {
        Set<String> missing = new TreeSet<>(ids);
        missing.removeAll(times.keySet());
        assertEquals(Set.of(), missing, "lost");
        Map<String, Integer> twice = new ConcurrentHashMap<>(times);
        twice.values().removeIf(n -> n == 1);
        assertEquals(Map.of(), twice, "ran more than once");
        assertEquals(ids.size(), times.size(), "ran without being asked");
    }
}
