package io.longlink.remoting.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {

    @Test
    void calls_joinedWithExecutions_tellWhatFailedRanTwiceOrWasLost() {
        Tally tally = Tally.join(
                List.of(
                        "1\tsync\tok",
                        "2\tasync\tRemotingConnectException: connect to 127.0.0.1:4711 failed",
                        "3\toneway\tok",
                        "4\toneway\tok",
                        "5\toneway\tRemotingTimeoutException: in 12 ms",
                        "6\tsync\tcode 1500"),
                List.of("1", "1", "2", "3"));

        assertEquals(6, tally.sent());
        assertEquals("3 / 1 / 1", tally.toString());
        assertEquals(
                Map.of("RemotingConnectException: connect to # failed", 1, "RemotingTimeoutException: in # ms", 1, "code 1500", 1),
                tally.reasons());
    }

    @Test
    void chainOfCauses_isShortenedToItsEnds() {
        Tally tally = Tally.join(
                List.of("1\tsync\tSendException: a / Other: b / Throwable: Receive GO_AWAY twice from channelId=0a1b2c3d"), List.of());
        assertEquals(Map.of("SendException, Throwable: Receive GO_AWAY twice from channelId=#", 1), tally.reasons());
    }

    @Test
    void tallies_addUp() {
        Tally one = Tally.join(List.of("1\tsync\tcode 2", "2\toneway\tok"), List.of());
        assertEquals(new Tally(4, 2, 0, 2, Map.of("code 2", 2)), one.plus(one));
    }
}
