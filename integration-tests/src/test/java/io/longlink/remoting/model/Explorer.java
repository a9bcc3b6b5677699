package io.longlink.remoting.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a world under every schedule, depth first, each from its beginning. Two things spare it most of the work, neither of them a schedule:
 *
 * <ul>
 *   <li>A world that it has seen before is taken for what it then turned out to be. A world goes on by what its {@link Fingerprint} is made
 *       of and by nothing else, and all invariants speak of the end, which holds everything that was heard and done on the way.
 *   <li>Where two steps without a common actor lead, one after the other, is only tried in one order; the other order leads there as well.
 *       All that a step reads or changes belongs to its actors, but for the queues between two of them: one appends, the other takes the
 *       first, and when both can, it does not matter who is first.
 * </ul>
 *
 * <p>The number of schedules is counted along the worlds, each as often as there are ways to it.
 */
final class Explorer {

    /** A world, what can happen next in it, and what it has come to. */
    interface Explored {
        /** The choices; empty when the world has come to its end. */
        List<Step> enabled();

        /** What is wrong at the end, or {@code null}. */
        @Nullable String judge();
    }

    /**
     * The figures of an exploration.
     *
     * @param schedules different orders of events from the beginning to an end
     * @param states different worlds on the way
     * @param ends different worlds at the end
     * @param steps taken to see all of them
     * @param violation the first that was found, with its schedule; {@code null} if there was none
     */
    record Result(BigInteger schedules, long states, long ends, long steps, @Nullable String violation) {}

    /** A world that has been seen. */
    private static final class State {
        final List<Step> steps;
        final State[] next;
        BigInteger schedules = BigInteger.ZERO;

        State(List<Step> steps) {
            this.steps = steps;
            next = new State[steps.size()];
            if (steps.isEmpty()) {
                schedules = BigInteger.ONE;
            }
        }

        int indexOf(Step wanted) {
            for (int i = 0; i < steps.size(); i++) {
                if (steps.get(i).name().equals(wanted.name())) {
                    return i;
                }
            }
            return -1;
        }

        @Nullable State after(Step step) {
            int index = indexOf(step);
            return index < 0 ? null : next[index];
        }

        /** What can be said of this world's other steps by what is known of the world before it. */
        void learnFrom(State before, Step taken) {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                if (next[i] == null && step.isIndependentOf(taken)) {
                    State otherWay = before.after(step);
                    next[i] = otherWay == null ? null : otherWay.after(taken);
                }
            }
        }
    }

    /** A world on the current path, and which of its choices is being tried. */
    private static final class Node {
        final State state;
        int chosen = -1;

        Node(State state) {
            this.state = state;
        }

        /** Goes to the next choice whose end is not known; false if there is none. */
        boolean advance() {
            for (chosen++; chosen < state.steps.size(); chosen++) {
                if (state.next[chosen] == null) {
                    return true;
                }
            }
            for (State next : state.next) {
                state.schedules = state.schedules.add(next.schedules);
            }
            return false;
        }

        Step step() {
            return state.steps.get(chosen);
        }
    }

    private final Supplier<? extends Explored> worlds;
    private final long maxStates;
    private final boolean thorough;
    private final Fingerprint.Maker fingerprints = new Fingerprint.Maker();
    private final Map<Fingerprint.Value, State> known = new HashMap<>();
    private final Map<String, Step> names = new HashMap<>();
    private final List<Node> path = new ArrayList<>();
    private BigInteger schedules = BigInteger.ZERO;
    private long ends;
    private long steps;

    /** @param maxStates an end for explorations that have none */
    Explorer(Supplier<? extends Explored> worlds, long maxStates) {
        this(worlds, maxStates, false);
    }

    /** @param thorough spares no work: for those who doubt that nothing is lost by it */
    Explorer(Supplier<? extends Explored> worlds, long maxStates, boolean thorough) {
        this.worlds = worlds;
        this.maxStates = maxStates;
        this.thorough = thorough;
    }

    /** Explores until all has been seen, or something is wrong. */
    Result run() {
        do {
            Explored world = worlds.get();
            List<Step> enabled = world.enabled();
            for (Node node : path) {
                take(enabled, node.step());
                enabled = world.enabled();
            }
            String wrong = goOn(world, enabled);
            if (wrong != null) {
                return new Result(schedules, known.size(), ends, steps, wrong + "\n  schedule: " + schedule());
            }
            if (known.size() >= maxStates) {
                throw new IllegalStateException("more than " + maxStates + " states");
            }
        } while (backtrack());
        return new Result(schedules, known.size(), ends, steps, null);
    }

    /** Takes first choices until the world has ended or is known. */
    private @Nullable String goOn(Explored world, List<Step> first) {
        List<Step> enabled = first;
        while (true) {
            Fingerprint.Value print = thorough ? new Fingerprint.Value(known.size(), 0) : fingerprints.of(world);
            State seen = known.get(print);
            State state = seen == null ? new State(withoutActions(enabled)) : seen;
            if (!path.isEmpty()) {
                Node from = path.get(path.size() - 1);
                from.state.next[from.chosen] = state;
            }
            if (seen != null) {
                return null;
            }
            known.put(print, state);
            if (enabled.isEmpty()) {
                ends++;
                return world.judge();
            }
            if (!path.isEmpty() && !thorough) {
                Node from = path.get(path.size() - 1);
                state.learnFrom(from.state, from.step());
            }
            Node node = new Node(state);
            if (!node.advance()) {
                return null;
            }
            path.add(node);
            take(enabled, node.step());
            enabled = world.enabled();
        }
    }

    /** The same steps for all worlds: their actions would keep the world that they act on. */
    private List<Step> withoutActions(List<Step> enabled) {
        return enabled.stream()
                .map(step -> names.computeIfAbsent(
                        step.name() + step.actors(), same -> new Step(step.name(), step.actors(), Explorer::nothing)))
                .toList();
    }

    private static void nothing() {}

    private void take(List<Step> enabled, Step wanted) {
        for (Step step : enabled) {
            if (step.name().equals(wanted.name())) {
                steps++;
                step.action().run();
                return;
            }
        }
        throw new IllegalStateException("the world is not the same again: no " + wanted.name() + " among " + enabled);
    }

    /** To the last choice that has another one left to try. */
    private boolean backtrack() {
        while (!path.isEmpty()) {
            Node last = path.get(path.size() - 1);
            if (last.advance()) {
                return true;
            }
            schedules = last.state.schedules;
            path.remove(path.size() - 1);
        }
        return false;
    }

    private String schedule() {
        return path.stream().map(node -> node.step().name()).collect(Collectors.joining(", "));
    }
}
