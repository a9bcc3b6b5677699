package io.longlink.remoting.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.protocol.RemotingCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Rounds on several lanes at a time, and what they share. Ends with the first that fails. Thread-safe. */
final class Batch {
    /** What calls get as their time limit when it does not matter. */
    static final long CALL_MILLIS = 20_000;

    /** What a planned drain gets, which is more than it needs. */
    static final Duration DRAIN = Duration.ofSeconds(20);

    /** Whatever has not happened by then does not happen. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Moves take their time, but no processor's: this many keep two cores busy. */
    private static final int LANES = 16;

    private final long seed;
    private final int firstRound;
    private final int endRound;
    private final @Nullable Long onlySeed;
    private final Tally tally = new Tally();
    private final ConcurrentMap<Long, Call> calls = new ConcurrentHashMap<>();
    private final AtomicLong callNumbers = new AtomicLong();
    private final AtomicInteger nextRound;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Threads threads = new Threads(LANES);

    /**
     * Some rounds of many.
     *
     * @param seed of all rounds together
     * @param onlySeed plays one and the same scenario in each round; {@code null} for one of its own in each
     */
    Batch(long seed, int firstRound, int rounds, @Nullable Long onlySeed) {
        this.seed = seed;
        this.firstRound = firstRound;
        this.endRound = firstRound + rounds;
        this.onlySeed = onlySeed;
        this.nextRound = new AtomicInteger(firstRound);
    }

    int rounds() {
        return endRound - firstRound;
    }

    Threads threads() {
        return threads;
    }

    Tally tally() {
        return tally;
    }

    /** Waits until something has become true. */
    void await(String what, Callable<Boolean> condition) throws Exception {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("in vain awaited: " + what);
            }
            threads.after(1_000).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    // ---------------------------------------------------------------- calls

    Call newCall(Call.Plan plan, Story story) {
        Call call = new Call(callNumbers.incrementAndGet(), plan, story);
        calls.put(call.number(), call);
        return call;
    }

    Call callOf(RemotingCommand request) {
        Call call = calls.get(Call.numberOf(request));
        if (call == null) {
            AssertionError unknown = new AssertionError("a request came that nobody made, or made long ago: " + request);
            failure.compareAndSet(null, unknown);
            throw unknown;
        }
        return call;
    }

    void forget(List<Call> judged) {
        judged.forEach(call -> calls.remove(call.number()));
    }

    // ---------------------------------------------------------------- rounds

    void run() throws Exception {
        System.out.println("stress: " + this + ", again with -Dstress.seed=" + seed);
        long beganNanos = System.nanoTime();
        try (ErrorLog errors = ErrorLog.open()) {
            runLanes();
            Throwable failed = failure.get();
            if (failed != null) {
                int played = nextRound.get() - firstRound;
                AssertionError told = new AssertionError(this + ", after some " + played + ": " + failed.getMessage(), failed.getCause());
                told.setStackTrace(failed.getStackTrace());
                throw told;
            }
            assertEquals(List.of(), errors.lines(), "what the log was told");
        }
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        System.out.printf(Locale.ROOT, "stress: %,d rounds in %.1f s, %.0f a second: %s%n", rounds(), seconds, rounds() / seconds, tally);
    }

    private void runLanes() throws InterruptedException {
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            int index = i;
            lanes.add(CompletableFuture.runAsync(() -> runLane(index), threads.lanes()));
        }
        CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new)).join();
        threads.end();
    }

    private void runLane(int index) {
        SplittableRandom ofLane = new SplittableRandom(mix(-1 - index));
        Lane lane = null;
        try {
            lane = new Lane(this, ofLane);
            for (int round = nextRound.getAndIncrement(); round < endRound && failure.get() == null; round = nextRound.getAndIncrement()) {
                lane.play(new Round(lane, onlySeed == null ? mix(round) : onlySeed));
            }
            if (failure.get() == null) {
                lane.end();
                return;
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
        if (lane != null) {
            lane.abandon();
        }
    }

    @Override
    public String toString() {
        return "rounds " + firstRound + " to " + (endRound - 1) + " of seed " + seed;
    }

    private long mix(int number) {
        return new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L).nextLong();
    }
}
