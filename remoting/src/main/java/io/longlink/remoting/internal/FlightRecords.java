package io.longlink.remoting.internal;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingHelper;
import java.util.function.Consumer;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events behind {@link FlightEvents}, and the only class that needs the module {@code jdk.jfr}. Names, labels and fields are for
 * operators: docs/observability.md lists them.
 *
 * <p>The {@code PROBE} of a type is never committed; it is there to be asked whether anybody records the type, which costs next to nothing,
 * so that an event is made only if somebody does.
 */
final class FlightRecords {

    private FlightRecords() {}

    // ---------------------------------------------------------------- connections

    @StackTrace(false)
    @Category({"Longlink Remoting", "Connection"})
    abstract static class ConnectionEvent extends Event {
        @Label("Side")
        @Description("CLIENT if this process connected, SERVER if it accepted")
        String side = "";

        @Label("Remote Address")
        @Description("The peer, on a client as the caller named it")
        String remoteAddress = "";

        @Label("Channel Id")
        @Description("Names the connection within this process, here and in the log")
        String channelId = "";

        final void setConnection(Connection connection) {
            side = connection.side().name();
            remoteAddress = connection.remoteAddress();
            channelId = connection.channel().id().asShortText();
        }
    }

    @Name("io.longlink.remoting.ConnectionOpened")
    @Label("Connection Opened")
    @Description("A connection was established; it is not ready for requests before it says so")
    static final class ConnectionOpened extends ConnectionEvent {
        static final ConnectionOpened PROBE = new ConnectionOpened();

        @Label("Local Address")
        @Description("Our end; on the other side of the connection it is the remote address")
        String localAddress = "";
    }

    static void opened(Connection connection) {
        if (ConnectionOpened.PROBE.isEnabled()) {
            ConnectionOpened event = new ConnectionOpened();
            event.setConnection(connection);
            event.localAddress = RemotingHelper.parseChannelLocalAddr(connection.channel());
            event.commit();
        }
    }

    @Name("io.longlink.remoting.ConnectionReady")
    @Label("Connection Ready")
    @Description("A connection takes requests: on a client HELLO is answered and the session restored")
    static final class ConnectionReady extends ConnectionEvent {
        static final ConnectionReady PROBE = new ConnectionReady();

        @Label("Since Opened")
        @Description("How long HELLO and the session restorer took")
        @Timespan(Timespan.NANOSECONDS)
        long sinceOpened;
    }

    static void ready(Connection connection, long openedNanos) {
        if (ConnectionReady.PROBE.isEnabled()) {
            ConnectionReady event = new ConnectionReady();
            event.setConnection(connection);
            event.sinceOpened = connection.nanoTime() - openedNanos;
            event.commit();
        }
    }

    @Name("io.longlink.remoting.ConnectionDraining")
    @Label("Connection Draining")
    @Description("A connection takes no new requests and finishes what is under way")
    static final class ConnectionDraining extends ConnectionEvent {
        static final ConnectionDraining PROBE = new ConnectionDraining();

        @Label("Reason")
        @Description("That of the GO_AWAY (shutdown, idle, age, too_many_pings), or: retired, peer ended, silent, forced")
        String reason = "";

        @Label("Requests Pending")
        @Description("Requests of ours that wait for their answers")
        int requestsPending;

        @Label("Requests In Flight")
        @Description("Requests of the peer's that are not answered yet")
        int requestsInFlight;
    }

    static void draining(Connection connection, String reason, int pending, int inFlight) {
        if (ConnectionDraining.PROBE.isEnabled()) {
            ConnectionDraining event = new ConnectionDraining();
            event.setConnection(connection);
            event.reason = reason;
            event.requestsPending = pending;
            event.requestsInFlight = inFlight;
            event.commit();
        }
    }

    @Name("io.longlink.remoting.ConnectionClosed")
    @Label("Connection Closed")
    @Description("A connection that was established has ended")
    static final class ConnectionClosed extends ConnectionEvent {
        static final ConnectionClosed PROBE = new ConnectionClosed();

        @Label("How")
        @Description("CLOSED_BY_PEER, QUIET (by us, nothing was left to do), FORCED (by us, with work left), "
                + "SILENT (the peer was, for too long), BROKEN, LOCAL (closed at once in this process)")
        String how = "";

        @Label("Cause")
        @Description("The exception, if there was one")
        @Nullable String cause;

        @Label("Lifetime")
        @Description("Since the connection was opened")
        @Timespan(Timespan.NANOSECONDS)
        long lifetime;

        @Label("Requests Failed")
        @Description("Requests of ours that the end left without an answer")
        int requestsFailed;

        @Label("Requests Unanswered")
        @Description("Requests of the peer's that the end left without an answer")
        int requestsUnanswered;
    }

    static void closed(Connection connection, long openedNanos, String how, @Nullable Throwable cause, int failed, int unanswered) {
        if (ConnectionClosed.PROBE.isEnabled()) {
            ConnectionClosed event = new ConnectionClosed();
            event.setConnection(connection);
            event.how = how;
            event.cause = cause == null ? null : cause.toString();
            event.lifetime = connection.nanoTime() - openedNanos;
            event.requestsFailed = failed;
            event.requestsUnanswered = unanswered;
            event.commit();
        }
    }

    // ---------------------------------------------------------------- GO_AWAY

    abstract static class GoAway extends ConnectionEvent {
        @Label("Reason")
        @Description("shutdown, idle, age, too_many_pings, or whatever a server of another make wrote")
        String reason = "";

        @Label("Grace")
        @Description("How long the server waits for the client to close the connection")
        @Timespan(Timespan.MILLISECONDS)
        long grace;

        final void setNotice(GoAwayNotice notice) {
            reason = notice.reason();
            grace = notice.graceMillis();
        }
    }

    @Name("io.longlink.remoting.GoAwayTold")
    @Label("GO_AWAY Told")
    @Description("A server announced to a client that it shall move")
    static final class GoAwayTold extends GoAway {
        static final GoAwayTold PROBE = new GoAwayTold();
    }

    static void goAwayTold(Connection connection, GoAwayNotice notice) {
        if (GoAwayTold.PROBE.isEnabled()) {
            GoAwayTold event = new GoAwayTold();
            event.setConnection(connection);
            event.setNotice(notice);
            event.commit();
        }
    }

    @Name("io.longlink.remoting.GoAwayReceived")
    @Label("GO_AWAY Received")
    @Description("The first GO_AWAY of a connection came; one that came as the answer to a request says neither reason nor grace, "
            + "and shutdown and 30 s are assumed")
    static final class GoAwayReceived extends GoAway {
        static final GoAwayReceived PROBE = new GoAwayReceived();
    }

    static void goAwayReceived(Connection connection, GoAwayNotice notice) {
        if (GoAwayReceived.PROBE.isEnabled()) {
            GoAwayReceived event = new GoAwayReceived();
            event.setConnection(connection);
            event.setNotice(notice);
            event.commit();
        }
    }

    // ---------------------------------------------------------------- what a client does about it

    @Name("io.longlink.remoting.RequestRetried")
    @Label("Request Retried")
    @Description("A request that a server refused is sent again, as a copy")
    @StackTrace(false)
    @Category({"Longlink Remoting", "Client"})
    static final class RequestRetried extends Event {
        static final RequestRetried PROBE = new RequestRetried();

        @Label("Remote Address")
        @Description("Where it is sent now")
        String remoteAddress = "";

        @Label("Channel Id")
        @Description("The connection it is sent on now")
        String channelId = "";

        @Label("Request Code")
        int code;

        @Label("Caller's Opaque")
        @Description("The opaque of the request as it was first sent, and of the response that the caller gets")
        int callersOpaque;

        @Label("Opaque")
        @Description("The opaque of the copy")
        int opaque;

        @Label("Age")
        @Description("Since the call began")
        @Timespan(Timespan.NANOSECONDS)
        long age;
    }

    static void retried(Connection connection, int code, int callersOpaque, int opaque, long begunNanos) {
        if (RequestRetried.PROBE.isEnabled()) {
            RequestRetried event = new RequestRetried();
            event.remoteAddress = connection.remoteAddress();
            event.channelId = connection.channel().id().asShortText();
            event.code = code;
            event.callersOpaque = callersOpaque;
            event.opaque = opaque;
            event.age = connection.nanoTime() - begunNanos;
            event.commit();
        }
    }

    @Name("io.longlink.remoting.AddressState")
    @Label("Address State")
    @Description("An address of a client moved from one state to another: IDLE, CONNECTING, READY, BACKOFF, SHUTDOWN")
    @StackTrace(false)
    @Category({"Longlink Remoting", "Client"})
    static final class AddressMoved extends Event {
        static final AddressMoved PROBE = new AddressMoved();

        @Label("Address")
        String address = "";

        @Label("Before")
        String before = "";

        @Label("After")
        String after = "";
    }

    static void addressMoved(String address, AddressState before, AddressState after) {
        if (AddressMoved.PROBE.isEnabled()) {
            AddressMoved event = new AddressMoved();
            event.address = address;
            event.before = before.name();
            event.after = after.name();
            event.commit();
        }
    }

    // ---------------------------------------------------------------- a server's drain

    @Name("io.longlink.remoting.ServerDrain")
    @Label("Server Drain")
    @Description("A server's shutdown, from the call to the end of the last connection and of the last processor, with its DrainReport")
    @StackTrace(false)
    @Category({"Longlink Remoting", "Server"})
    static final class Drain extends Event {
        static final Drain PROBE = new Drain();

        @Label("Port")
        @Description("The port that drained, the main one if its sub-servers drained with it")
        int port;

        @Label("Ports")
        @Description("How many ports drained together")
        int ports;

        @Label("Connections")
        long connections;

        @Label("Told")
        @Description("Connections that were sent the announcement")
        long told;

        @Label("Closed By Peer")
        long closedByPeer;

        @Label("Quiet Closed")
        @Description("Connections that the server closed because they were quiet")
        long quietClosed;

        @Label("Forced")
        @Description("Connections that the server closed with work left, because the deadline had come")
        long forced;

        @Label("Broken")
        @Description("Connections that broke or whose peer was found dead")
        long broken;

        @Label("In Flight")
        @Description("Requests accepted and not answered when the drain began")
        long inFlight;

        @Label("Accepted Later")
        @Description("Requests accepted during the drain, from peers that do not know GO_AWAY")
        long acceptedLater;

        @Label("Finished")
        @Description("Of those two, how many were answered")
        long finished;

        @Label("Unanswered")
        @Description("Of those two, how many were not")
        long unanswered;

        @Label("Refused")
        @Description("Requests answered with GO_AWAY; they did not run")
        long refused;

        @Label("One-Ways Executed")
        long oneWaysExecuted;

        @Label("Until Last Connection")
        @Description("From the call of shutdown to the end of the last connection")
        @Timespan(Timespan.NANOSECONDS)
        long untilLastConnection;

        private void setReport(DrainReport report) {
            connections = report.connections();
            told = report.told();
            closedByPeer = report.closedByPeer();
            quietClosed = report.quietClosed();
            forced = report.forced();
            broken = report.broken();
            inFlight = report.inFlight();
            acceptedLater = report.acceptedLater();
            finished = report.finished();
            unanswered = report.unanswered();
            refused = report.refused();
            oneWaysExecuted = report.oneWaysExecuted();
            untilLastConnection = report.duration().toNanos();
        }
    }

    /** {@code null} if nobody records it. */
    static @Nullable Consumer<DrainReport> drainBegins(int port, int ports) {
        if (!Drain.PROBE.isEnabled()) {
            return null;
        }
        Drain event = new Drain();
        event.port = port;
        event.ports = ports;
        event.begin();
        return report -> {
            event.setReport(report);
            event.commit();
        };
    }
}
