package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.client.ReconnectPolicy.Schedule;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** DESIGN 3.3.4: the delays alone; when they are asked for is told by {@link ChannelWrapperTest}. */
class ReconnectPolicyTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ExtremeRandom random = new ExtremeRandom();

    private static List<Long> delays(Schedule schedule, int count) {
        return LongStream.range(0, count).map(i -> schedule.nextDelayNanos()).boxed().toList();
    }

    private static List<Long> millis(long... millis) {
        return LongStream.of(millis).map(each -> each * MILLI).boxed().toList();
    }

    @Test
    void fullJitter_doublesItsCapFromAHundredMillisToFiveSeconds_inclusive() {
        random.highest = true;
        Schedule schedule = ReconnectPolicy.fullJitter().newSchedule(random);
        assertEquals(millis(100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000), delays(schedule, 8));
        random.highest = false;
        assertEquals(0, schedule.nextDelayNanos());
    }

    @Test
    void fullJitter_afterVeryManyFailures_staysAtFiveSeconds() {
        random.highest = true;
        Schedule schedule = ReconnectPolicy.fullJitter().newSchedule(random);
        delays(schedule, 1_000);
        assertEquals(5_000 * MILLI, schedule.nextDelayNanos());
    }

    @Test
    void watchdog_isTwoShiftedByOneToTwelve_thenGivesUp() {
        Schedule schedule = ReconnectPolicy.watchdog().newSchedule(random);
        assertEquals(millis(4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192), delays(schedule, 12));
        assertEquals(List.of(Schedule.GIVE_UP, Schedule.GIVE_UP), delays(schedule, 2));
    }

    @Test
    void schedules_ofOnePolicy_countEachForItself() {
        ReconnectPolicy policy = ReconnectPolicy.watchdog();
        delays(policy.newSchedule(random), 13);
        assertEquals(4 * MILLI, policy.newSchedule(random).nextDelayNanos());
    }

    @Test
    void never_givesUpAtOnce() {
        assertEquals(Schedule.GIVE_UP, ReconnectPolicy.never().newSchedule(random).nextDelayNanos());
    }
}
