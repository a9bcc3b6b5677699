package io.longlink.remoting.model;

import io.longlink.remoting.model.Scenario.Death;
import io.longlink.remoting.model.Scenario.Parked;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The scenarios by name, so that mutants can be tried on them from outside of their class loader. */
final class Scenarios {
    private static final long MAX_STATES = 3_000_000;

    /** Explored by every build. */
    static final Map<String, Scenario> SHORT = new TreeMap<>(Map.ofEntries(
            Map.entry("restart", Scenario.restart("r1", "w", "d", "r2")),
            Map.entry("restart with a server call", Scenario.restart("r1").withServerCalls("x")),
            Map.entry("restart with server calls", Scenario.restart("r1").withServerCalls("x", "y")),
            Map.entry("restart with drain hooks", Scenario.restart("d").withParked(Parked.HOOK_BEFORE_AND_AGAIN)),
            Map.entry("restart with a gap", Scenario.restart("r1", "w").withRefusals(1)),
            Map.entry("restart while connecting", Scenario.restart("r1").withoutConnection()),
            Map.entry("restart of stock peers", Scenario.restart("w", "r1", "d").withStockPeers()),
            Map.entry("restart of stock peers, late answer", Scenario.restart("w", "d").withStockPeers().withParked(Parked.LATE)),
            Map.entry("restart with deadlines", Scenario.restart("r1").withTimeout(200)),
            Map.entry("restart of a client, too", Scenario.restart("w", "r1").withServerCalls("y").withClientShutdown()),
            Map.entry("shutdown of the client", Scenario.restart("w", "r1").withServerCalls("y", "x").withoutGoAway().withClientShutdown()),
            Map.entry("death", Scenario.restart("r1", "w", "d").withoutGoAway().withDeath(Death.RESET)),
            Map.entry("silence", Scenario.restart("r1", "w").withoutGoAway().withDeath(Death.FREEZE)),
            Map.entry("death in a restart", Scenario.restart("r1").withDeath(Death.RESET)),
            Map.entry("death in a restart, one-way", Scenario.restart("w").withDeath(Death.RESET)),
            Map.entry("silence in a restart", Scenario.restart("r1").withDeath(Death.FREEZE))));

    /** Those that take minutes. */
    static final Map<String, Scenario> LONG = new TreeMap<>(Map.of(
            "death in a restart, all calls", Scenario.restart("r1", "w", "d", "r2").withDeath(Death.RESET),
            "restart with server calls and a one-way", Scenario.restart("w", "r1").withServerCalls("x", "y"),
            "death in a restart, two calls", Scenario.restart("r1", "w").withDeath(Death.RESET),
            "death in a restart with server calls", Scenario.restart("r1").withServerCalls("y", "x").withDeath(Death.RESET),
            "silence in a restart, more calls", Scenario.restart("r1", "w", "d").withDeath(Death.FREEZE),
            "restart with drain hooks, more calls", Scenario.restart("d", "r1").withParked(Parked.HOOK_BEFORE_AND_AGAIN),
            "restart with deadlines, more calls", Scenario.restart("r1", "r2").withTimeout(200),
            "restart of a client with all calls", Scenario.restart("w", "r1").withServerCalls("y", "x").withClientShutdown()));

    private Scenarios() {}

    static Explorer.Result explore(Scenario scenario) {
        return new Explorer(() -> new World(scenario), MAX_STATES).run();
    }

    /** What is wrong in a scenario; an empty text if nothing is. */
    static String violation(String name) {
        Scenario scenario = Objects.requireNonNull(SHORT.get(name), name);
        return Objects.requireNonNullElse(explore(scenario).violation(), "");
    }
}
