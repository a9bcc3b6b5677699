package io.longlink.remoting.benchmarks;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run: the machine and all rounds so far. Written and read as lines of JSON, the machine first. */
final class Results {
    private final Map<String, String> machine;
    private final List<Round> rounds = new ArrayList<>();

    Results(Map<String, String> machine) {
        this.machine = Collections.unmodifiableMap(machine);
    }

    static Results read(Path file) throws IOException {
        Results results = null;
        for (String line : Files.readAllLines(file)) {
            JSONObject json = JSON.parseObject(line);
            if (json.containsKey("machine")) {
                Map<String, String> machine = new LinkedHashMap<>();
                json.getJSONObject("machine").forEach((name, value) -> machine.put(name, String.valueOf(value)));
                results = new Results(machine);
            } else if (results != null) {
                results.add(round(json));
            }
        }
        if (results == null) {
            throw new IOException(file + " does not begin with the machine");
        }
        return results;
    }

    private static Round round(JSONObject json) {
        Load load = Load.parse(json.getString("load"));
        Contender contender = Contender.valueOf(json.getString("contender"));
        int number = json.getIntValue("round");
        String failure = json.getString("failure");
        Map<String, Long> figures = new LinkedHashMap<>();
        json.forEach((name, value) -> {
            if (value instanceof Number count && !name.equals("round")) {
                figures.put(name, count.longValue());
            }
        });
        return new Round(load, contender, number, Figures.copyOf(figures), failure);
    }

    String machineLine() {
        return JSON.toJSONString(Map.of("machine", machine));
    }

    static String line(Round round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("load", round.load().toString());
        json.put("contender", round.contender().name());
        json.put("round", round.number());
        if (round.failure() != null) {
            json.put("failure", round.failure());
        }
        json.putAll(round.figures().asMap());
        return JSON.toJSONString(json);
    }

    void add(Round round) {
        rounds.add(round);
    }

    /** One of {@link Machine#facts}. */
    String machine(String fact) {
        return machine.getOrDefault(fact, "unknown");
    }

    List<Round> rounds() {
        return Collections.unmodifiableList(rounds);
    }

    /** In the order in which they were measured. */
    List<Load> loads() {
        return rounds.stream().map(Round::load).distinct().toList();
    }

    /** All rounds of a contender under a load; {@code null} if there is none, or one of them failed. */
    @Nullable Row row(Load load, Contender contender) {
        List<Round> mine = rounds.stream().filter(round -> round.load().equals(load) && round.contender() == contender).toList();
        return mine.isEmpty() || mine.stream().anyMatch(round -> round.failure() != null) ? null : new Row(load, contender, mine);
    }

    /** The rows of a load, in the order of {@link Contender}. */
    List<Row> rows(Load load) {
        List<Row> rows = new ArrayList<>();
        for (Contender contender : Contender.values()) {
            Row row = row(load, contender);
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }
}
