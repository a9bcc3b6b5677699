package io.longlink.remoting.internal;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.DrainReport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK's Flight Recorder is told, as events named {@code io.longlink.remoting.*}. Thread-safe, and never blocks; connections and
 * addresses tell from their event loop. While nobody records an event, telling it is one check: nothing is made or computed.
 *
 * <p>Nothing here needs the module {@code jdk.jfr}: what does is in {@link FlightRecords}, which is not touched where a runtime image has
 * no such module.
 */
public final class FlightEvents {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightEvents() {}

    /** A connection is established. */
    static void opened(Connection connection) {
        if (PRESENT) {
            FlightRecords.opened(connection);
        }
    }

    /** A connection takes requests. */
    static void ready(Connection connection, long openedNanos) {
        if (PRESENT) {
            FlightRecords.ready(connection, openedNanos);
        }
    }

    /**
     * A connection takes no new requests.
     *
     * @param reason the GO_AWAY's, or what happened instead of one
     * @param pending requests of ours that wait for their answers
     * @param inFlight requests of the peer's that are not answered yet
     */
    static void draining(Connection connection, String reason, int pending, int inFlight) {
        if (PRESENT) {
            FlightRecords.draining(connection, reason, pending, inFlight);
        }
    }

    /**
     * A connection that was established has ended.
     *
     * @param how as in {@link DrainTally.End}, or SILENT or LOCAL
     * @param failed requests of ours that it left without an answer
     * @param unanswered requests of the peer's that it left without an answer
     */
    static void closed(Connection connection, long openedNanos, String how, @Nullable Throwable cause, int failed, int unanswered) {
        if (PRESENT) {
            FlightRecords.closed(connection, openedNanos, how, cause, failed, unanswered);
        }
    }

    /** A server announces to a peer that it shall go away. */
    static void goAwayTold(Connection connection, GoAwayNotice notice) {
        if (PRESENT) {
            FlightRecords.goAwayTold(connection, notice);
        }
    }

    /** The first GO_AWAY of a connection has come, as an announcement or as the answer to a request. */
    static void goAwayReceived(Connection connection, GoAwayNotice notice) {
        if (PRESENT) {
            FlightRecords.goAwayReceived(connection, notice);
        }
    }

    /**
     * A refused request is sent again.
     *
     * @param connection where it goes now
     * @param begunNanos when the call began, on {@link Connection#nanoTime}
     */
    public static void retried(Connection connection, int code, int callersOpaque, int opaque, long begunNanos) {
        if (PRESENT) {
            FlightRecords.retried(connection, code, callersOpaque, opaque, begunNanos);
        }
    }

    /** An address of a client has moved to another state. */
    public static void addressMoved(String address, AddressState before, AddressState after) {
        if (PRESENT) {
            FlightRecords.addressMoved(address, before, after);
        }
    }

    /**
     * A server begins to drain now.
     *
     * @param port the port that drains; the first of them if there are several
     * @param ports how many drain together
     * @return to be called with the report at the end of the drain
     */
    public static Consumer<DrainReport> drainBegins(int port, int ports) {
        Consumer<DrainReport> recorded = PRESENT ? FlightRecords.drainBegins(port, ports) : null;
        return recorded == null ? FlightEvents::notRecorded : recorded;
    }

    private static void notRecorded(DrainReport report) {}
}
