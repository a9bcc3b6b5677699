package io.longlink.remoting.compatibility;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What became of the calls of a run, joined by id: what the clients heard, and what the servers executed.
 *
 * @param sent how many calls there were
 * @param failed how many of them the clients heard to have failed
 * @param twice how many were executed more than once
 * @param lost how many one-way requests were sent without a complaint and never executed
 * @param reasons why calls failed, and how many for each reason
 */
record Tally(int sent, int failed, int twice, int lost, Map<String, Integer> reasons) implements Outcome {

    static final Tally NONE = new Tally(0, 0, 0, 0, Map.of());

    /** One line of a client: "id kind outcome", separated by tabs. */
    private record Call(String id, String kind, String outcome) {
        static Call of(String line) {
            String[] parts = line.split("\t", 3);
            return new Call(parts[0], parts[1], parts[2]);
        }

        boolean isFailed() {
            return !outcome.equals("ok");
        }

        boolean isOneway() {
            return kind.equals("oneway");
        }
    }

    /**
     * Joins.
     *
     * @param calls lines "id kind outcome" of the clients
     * @param executed ids, as often as they ran
     */
    static Tally join(Collection<String> calls, Collection<String> executed) {
        Map<String, Long> runs = executed.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        List<Call> all = calls.stream().map(Call::of).toList();
        Map<String, Integer> reasons = new TreeMap<>();
        all.stream().filter(Call::isFailed).forEach(call -> reasons.merge(inShort(call.outcome()), 1, Integer::sum));
        int failed = (int) all.stream().filter(Call::isFailed).count();
        int twice = (int) runs.values().stream().filter(times -> times > 1).count();
        int lost = (int) all.stream()
                .filter(call -> call.isOneway() && !call.isFailed() && !runs.containsKey(call.id()))
                .count();
        return new Tally(all.size(), failed, twice, lost, reasons);
    }

    /** The first and the last link of the chain of causes, without what differs from call to call: ports, opaques, ids of channels. */
    private static String inShort(String outcome) {
        if (outcome.startsWith("code ")) {
            return outcome;
        }
        String[] causes = outcome.split(" / ", -1);
        String first = causes[0].replaceFirst(":.*", "");
        String last = causes[causes.length - 1].replaceAll("0x[0-9a-f]+|[0-9a-f]{8}|[</]*\\d+(\\.\\d+){3}:\\d+>*|\\d+", "#");
        return causes.length == 1 ? last : first + ", " + last;
    }

    Tally plus(Tally other) {
        Map<String, Integer> both = new TreeMap<>(reasons);
        other.reasons.forEach((reason, count) -> both.merge(reason, count, Integer::sum));
        return new Tally(sent + other.sent, failed + other.failed, twice + other.twice, lost + other.lost, both);
    }

    @Override
    public boolean isClean() {
        return failed == 0 && twice == 0 && lost == 0;
    }

    @Override
    public String toString() {
        return failed + " / " + twice + " / " + lost;
    }
}
