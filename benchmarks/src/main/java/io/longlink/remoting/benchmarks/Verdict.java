package io.longlink.remoting.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether a run counts. */
final class Verdict {
    /** Of the last minute, for each processor. */
    static final double QUIET_LOAD_AVERAGE = 0.25;

    /** What others may have used while a round was measured, of all processor time. */
    private static final double OTHERS_SHARE = 0.10;

    private static final Load YARDSTICK = Load.parse("async:256:1:128");
    private static final double YARDSTICK_SPEED = 800_000;

    private Verdict() {}

    /** Why it does not count; empty if it does. */
    static List<String> complaints(Results results) {
        List<String> complaints = new ArrayList<>();
        double processors = Double.parseDouble(results.machine("processors"));
        double loadAverage = Double.parseDouble(results.machine("loadAverage"));
        if (loadAverage > QUIET_LOAD_AVERAGE * processors) {
            complaints.add("the machine was busy before the start, its load average was " + loadAverage);
        }
        Row yardstick = results.row(YARDSTICK, Contender.BARE);
        if (yardstick == null) {
            complaints.add("bare Netty was not measured with " + YARDSTICK.inWords());
        } else if (yardstick.speed() < YARDSTICK_SPEED) {
            complaints.add(String.format(
                    Locale.ROOT,
                    "bare Netty made %,.0f calls a second with %s, below %,.0f",
                    yardstick.speed(),
                    YARDSTICK.inWords(),
                    YARDSTICK_SPEED));
        }
        for (Round round : results.rounds()) {
            String which = round.contender().title() + ", " + round.load().inWords() + ", round " + (round.number() + 1);
            if (round.failure() != null) {
                complaints.add(which + " failed: " + round.failure());
            } else if (round.figures().has("otherCpuNanos")) {
                double share = round.figures().get("otherCpuNanos") / (processors * round.figures().get("otherWindowNanos"));
                if (share > OTHERS_SHARE) {
                    complaints.add(String.format(Locale.ROOT, "%s: others used %.0f %% of the machine", which, share * 100));
                }
            }
        }
        return complaints;
    }
}
