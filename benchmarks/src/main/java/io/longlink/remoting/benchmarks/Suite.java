package io.longlink.remoting.benchmarks;

import static io.longlink.remoting.benchmarks.Contender.BARE;
import static io.longlink.remoting.benchmarks.Contender.LONGLINK;
import static io.longlink.remoting.benchmarks.Contender.LONGLINK_JSON;
import static io.longlink.remoting.benchmarks.Contender.LONGLINK_LOOP;
import static io.longlink.remoting.benchmarks.Contender.ROCKETMQ;
import static io.longlink.remoting.benchmarks.Contender.ROCKETMQ_AS_PUBLISHED;
import static io.longlink.remoting.benchmarks.Contender.ROCKETMQ_JSON;
import static io.longlink.remoting.benchmarks.Contender.ROCKETMQ_LOOP;

import java.util.List;

/**
 * Which loads, by whom, how often and how long.
 *
 * @param rounds of each contender under each load
 * @param warmUpMillis under the load before it is measured
 */
record Suite(int rounds, long warmUpMillis, long measuredMillis, List<Trial> trials) {

    /** What can be asked for by name. */
    enum Name {
        QUICK,
        HEADLINE,
        GROWTH
    }

    /** Contenders that take turns under some loads, one load after the other. */
    record Trial(List<Contender> contenders, List<Load> loads) {}

    private static final List<Contender> EXECUTOR_ONLY = List.of(BARE, LONGLINK, ROCKETMQ);
    private static final List<Contender> OTHER_SETTINGS =
            List.of(BARE, LONGLINK, LONGLINK_JSON, ROCKETMQ, ROCKETMQ_JSON, ROCKETMQ_AS_PUBLISHED);
    private static final List<Contender> LOOP_TOO = List.of(BARE, LONGLINK, LONGLINK_LOOP, ROCKETMQ, ROCKETMQ_LOOP);

    static Suite of(Name name) {
        return switch (name) {
            case QUICK -> quick();
            case HEADLINE -> headline();
            case GROWTH -> growth();
        };
    }

    /** What the picture needs, and one load of each kind. */
    private static Suite quick() {
        return new Suite(3, 2_000, 2_000, List.of(
                trial(LOOP_TOO, "async:256:1:128"),
                trial(EXECUTOR_ONLY, "async:256:1:1024", "async:256:1:65536", "sync:1:1:128", "sync:16:1:128"),
                trial(EXECUTOR_ONLY, "oneway:1:1:128", "idle:0:1000:0")));
    }

    /** What the project's README says, long enough to be quoted. */
    private static Suite headline() {
        return new Suite(5, 4_000, 4_000, List.of(
                trial(LOOP_TOO, "async:256:1:128", "sync:1:1:128"),
                trial(EXECUTOR_ONLY, "async:256:1:1024", "async:256:1:65536", "sync:16:1:128", "sync:64:1:128"),
                trial(LOOP_TOO, "oneway:1:1:128"),
                trial(EXECUTOR_ONLY, "idle:0:10000:0")));
    }

    /** How the cost grows with callers, connections and bytes, beyond what the headline shows; and the other headers and settings. */
    private static Suite growth() {
        return new Suite(3, 3_000, 3_000, List.of(
                trial(OTHER_SETTINGS, "async:256:1:128"),
                trial(EXECUTOR_ONLY, "sync:256:1:128"),
                trial(EXECUTOR_ONLY, "async:256:1:0", "async:256:1:16384", "async:16:1:1048576"),
                trial(EXECUTOR_ONLY, "async:256:64:128", "async:256:1000:128", "async:256:100/10000:128"),
                trial(EXECUTOR_ONLY, "oneway:4:1:128", "flood:1:1:128", "flood:1:1:65536"),
                trial(EXECUTOR_ONLY, "idle:0:1000:0")));
    }

    private static Trial trial(List<Contender> contenders, String... loads) {
        return new Trial(contenders, List.of(loads).stream().map(Load::parse).toList());
    }
}
