package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoAwayNoticeTest {

    private static RemotingCommand announcement(Map<String, String> fields) {
        RemotingCommand announcement = RemotingCommand.createRequestCommand(RequestCode.GO_AWAY, null);
        announcement.setExtFields(fields);
        return announcement;
    }

    @Test
    void announcement_isReadAsItWasWritten() {
        GoAwayNotice notice = new GoAwayNotice("age", 1_234);
        RemotingCommand announcement = notice.toAnnouncement();
        assertTrue(announcement.isOnewayRPC());
        assertEquals(1500, announcement.getCode());
        assertEquals(notice, GoAwayNotice.of(announcement));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, 0", "-9223372036854775808, 0", "7, 7", "soon, 30000", "9223372036854775808, 30000", "'', 30000"})
    void grace_thatIsNoNumber_isAssumed(String text, long millis) {
        assertEquals(millis, GoAwayNotice.of(announcement(Map.of("graceMillis", text))).graceMillis());
    }

    @Test
    void announcement_withoutFields_isObeyedAllTheSame() {
        assertEquals(new GoAwayNotice("shutdown", 30_000), GoAwayNotice.of(announcement(null)));
        assertEquals(new GoAwayNotice("shutdown", 30_000), GoAwayNotice.of(announcement(Map.of())));
        assertEquals(new GoAwayNotice("shutdown", 30_000), GoAwayNotice.ofRefusal());
    }
}
