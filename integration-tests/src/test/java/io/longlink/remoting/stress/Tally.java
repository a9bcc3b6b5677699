package io.longlink.remoting.stress;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What there was in all rounds together, so that one can see whether they were worth it. Thread-safe. */
final class Tally {
    private final Map<String, LongAdder> amounts = new ConcurrentSkipListMap<>();

    void add(String what, long amount) {
        amounts.computeIfAbsent(what, key -> new LongAdder()).add(amount);
    }

    /** What a client counted until its end. */
    void add(NettyRemotingClient client) {
        for (Counter each : new Counter[] {Counter.GO_AWAYS_RECEIVED, Counter.RETRIES, Counter.CONNECTIONS_OPENED}) {
            add(each.name(), client.stats().get(each));
        }
    }

    long of(String what) {
        LongAdder amount = amounts.get(what);
        return amount == null ? 0 : amount.sum();
    }

    @Override
    public String toString() {
        return amounts.toString();
    }
}
