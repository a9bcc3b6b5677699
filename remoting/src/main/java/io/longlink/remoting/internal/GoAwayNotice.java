package io.longlink.remoting.internal;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import java.util.Map;

/**
 * What a GO_AWAY says (PROTOCOL 8.1, DESIGN 3.1). A refusal, code 1500 as a response, says nothing but that.
 *
 * @param reason one of the constants here, or whatever the peer wrote
 * @param graceMillis how long the peer will wait for our end of stream
 */
public record GoAwayNotice(String reason, long graceMillis) {
    /** The server is shutting down. */
    public static final String REASON_SHUTDOWN = "shutdown";

    /** Nothing was asked for on this connection for a long time. */
    public static final String REASON_IDLE = "idle";

    /** The connection has lived long enough; the server stays. */
    public static final String REASON_AGE = "age";

    /** We asked too often whether the server lives; it stays. */
    public static final String REASON_TOO_MANY_PINGS = "too_many_pings";

    /** What we assume when the peer does not say: RocketMQ's and our default shutdown time. */
    public static final long DEFAULT_GRACE_MILLIS = 30_000;

    /** No server keeps us longer than this, whatever it says. */
    private static final long MAX_GRACE_MILLIS = 3_600_000;

    private static final String EXT_REASON = "reason";
    private static final String EXT_GRACE_MILLIS = "graceMillis";

    static GoAwayNotice ofRefusal() {
        return new GoAwayNotice(REASON_SHUTDOWN, DEFAULT_GRACE_MILLIS);
    }

    /** Reads an announcement; what it does not say, or says badly, is assumed, for a GO_AWAY is obeyed in any case. */
    static GoAwayNotice of(RemotingCommand announcement) {
        Map<String, String> fields = announcement.getExtFields();
        if (fields == null) {
            return ofRefusal();
        }
        String reason = fields.getOrDefault(EXT_REASON, REASON_SHUTDOWN);
        long grace = DEFAULT_GRACE_MILLIS;
        String text = fields.get(EXT_GRACE_MILLIS);
        if (text != null) {
            try {
                grace = Math.min(MAX_GRACE_MILLIS, Math.max(0, Long.parseLong(text)));
            } catch (NumberFormatException e) {
                grace = DEFAULT_GRACE_MILLIS;
            }
        }
        return new GoAwayNotice(reason, grace);
    }

    RemotingCommand toAnnouncement() {
        RemotingCommand announcement = RemotingCommand.createRequestCommand(RequestCode.GO_AWAY, null);
        announcement.markOnewayRPC();
        announcement.addExtField(EXT_REASON, reason);
        announcement.addExtField(EXT_GRACE_MILLIS, Long.toString(graceMillis));
        return announcement;
    }
}
