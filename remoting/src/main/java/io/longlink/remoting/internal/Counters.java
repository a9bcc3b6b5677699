package io.longlink.remoting.internal;

import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.RemotingStats.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The live counters behind {@link RemotingStats}. Thread-safe. */
public final class Counters {
    private final EnumMap<Counter, LongAdder> adders = new EnumMap<>(Counter.class);

    Counters() {
        for (Counter counter : Counter.values()) {
            adders.put(counter, new LongAdder());
        }
    }

    private LongAdder adder(Counter counter) {
        return Objects.requireNonNull(adders.get(counter));
    }

    /** Counts one. */
    public void increment(Counter counter) {
        adder(counter).increment();
    }

    /** Takes one off a counter that tells a present amount. */
    void decrement(Counter counter) {
        adder(counter).decrement();
    }

    long get(Counter counter) {
        return adder(counter).sum();
    }

    /** All values; {@code overrides} are amounts that are counted elsewhere. */
    RemotingStats snapshot(Map<Counter, Long> overrides) {
        EnumMap<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, get(counter));
        }
        values.putAll(overrides);
        return new RemotingStats(values);
    }
}
