package io.longlink.remoting.model;

import java.util.List;

/**
 * A bug that somebody could have written.
 *
 * @param file below the directory of the modules
 * @param found occurs in it once
 * @param replacement what stands there instead
 * @param killer the scenario that must notice
 */
record Mutant(String name, String file, String found, String replacement, String killer) {
    private static final String INTERNAL = "remoting/src/main/java/io/longlink/remoting/internal/";
    private static final String CLIENT = "remoting-client/src/main/java/io/longlink/remoting/client/";
    private static final String SERVER = "remoting-server/src/main/java/io/longlink/remoting/server/";

    /** Those that the design names: what draining, swapping and half-closing are for. */
    static final List<Mutant> NAMED = List.of(
            internal("no DRAINING check", "ConnectionHandler",
                    "case DRAINING -> oneway && side == Side.SERVER && !peerEnded;",
                    "case DRAINING -> !peerEnded;",
                    "restart with a server call"),
            internal("complete before swap", "ConnectionHandler",
                    "onGoAway(GoAwayNotice.ofRefusal());",
                    "onLoopIfAlive(() -> onGoAway(GoAwayNotice.ofRefusal()));",
                    "restart with drain hooks"),
            internal("plain close instead of half-close", "ConnectionHandler",
                    "duplex.shutdownOutput();",
                    "close(null);",
                    "restart with server calls"));

    static final List<Mutant> MORE = List.of(
            internal("the gate refuses one-ways", "ConnectionGate",
                    "return flipped && !request.isOnewayRPC() && ", "return flipped && ", "restart"),
            internal("the gate does not flip", "ConnectionGate",
                    "flipped = true;", "", "restart"),
            internal("READY does not become DRAINING", "ConnectionLifecycle",
                    "state == ConnectionState.OPENING || state == ConnectionState.READY", "state == ConnectionState.OPENING", "restart"),
            internal("CLOSED twice", "ConnectionLifecycle",
                    "state != ConnectionState.CLOSED", "true", "restart"),
            internal("a broken connection's requests were never sent", "PendingRequests",
                    "closed && !entry.written ? Outcome.NOT_SENT : Outcome.UNKNOWN", "Outcome.NOT_SENT", "death"),
            internal("an answer leaves its request pending", "PendingRequests",
                    "} else {\n            remove(entry);\n        }\n        return entry;", "}\n        return entry;", "restart"),
            internal("an answered request stays in flight", "InboundRequests",
                    "if (entry != null) {\n            remove(entry);", "if (entry != null) {", "restart with server calls"),
            internal("a request whose deadline has come is not told", "DeadlineQueue",
                    "due.onDeadline();", "", "silence"),
            internal("the client ends while answers are due", "ConnectionHandler",
                    "&& pending.isIdle()\n                && inbound.isEmpty()", "&& inbound.isEmpty()", "restart"),
            internal("the client ends while it owes answers", "ConnectionHandler",
                    "&& pending.isIdle()\n                && inbound.isEmpty()", "&& pending.isIdle()", "restart with server calls"),
            internal("the slot keeps a connection that drains", "ConnectionHandler",
                    "tellUnusable(notice);", "", "restart"),
            internal("an answer is not counted", "ConnectionHandler",
                    "counting.finished.increment();", "", "restart"),
            internal("an abandoned request is not counted", "ConnectionHandler",
                    "counting.unanswered.increment();", "", "death in a restart"),
            internal("a stock peer is closed with work in flight", "ConnectionHandler",
                    "return inbound.isEmpty() && pending.isIdle() &&", "return pending.isIdle() &&", "restart of stock peers, late answer"),
            internal("a dead peer is watched for ever", "ServerDrain",
                    "connection.close(new IOException(\"a PING stayed unanswered during the drain\"));", "", "silence in a restart"),
            internal("a lost PING proves nothing", "Liveness",
                    "Ping sent = openPing();", "Ping sent = null;", "silence"),
            internal("an end is not counted", "DrainTally",
                    "adder.increment();", "", "restart"),
            client("a refused request gets no place in line", "WaitingLine",
                    "places.add(new Place(", "if (!refused) places.add(new Place(", "restart"),
            client("newcomers are forgotten", "WaitingLine",
                    "places.add(new Place(", "if (refused) places.add(new Place(", "restart"),
            client("the line lets out one", "WaitingLine",
                    "while (!isEmpty() && free", "if (!isEmpty() && free", "restart"),
            client("a refusal is an answer", "ClientInvocation",
                    "if (response.getCode() != ResponseCode.GO_AWAY) {", "if (response != null) {", "restart"),
            client("a refused request is not sent again", "ClientInvocation",
                    "slot().submit(this);", "", "restart"),
            client("what may have run is sent again", "ChannelWrapper",
                    "why.outcome() == Outcome.NOT_SENT && !(why", "why.outcome() != Outcome.REFUSED && !(why", "death in a restart"),
            client("an address that said GO_AWAY counts as dead", "ChannelWrapper",
                    "expectBack(goAway.graceMillis());", "", "restart"),
            client("who waits too long is not told", "ChannelWrapper",
                    "for (WaitingCall call : line.takeExpired(now())) {\n            call.fail(timedOut(call));",
                    "for (WaitingCall call : line.takeExpired(now())) {",
                    "restart with deadlines"),
            client("who waits is not sent when there is a connection", "ChannelWrapper",
                    "moveTo(AddressState.READY);\n        letLineGo();", "moveTo(AddressState.READY);", "restart"),
            server("who is accepted late is not told", "ConnectionRegistry",
                    "if (now != null) {", "if (false) {", "restart while connecting"));

    private static Mutant internal(String name, String type, String found, String replacement, String killer) {
        return new Mutant(name, INTERNAL + type + ".java", found, replacement, killer);
    }

    private static Mutant client(String name, String type, String found, String replacement, String killer) {
        return new Mutant(name, CLIENT + type + ".java", found, replacement, killer);
    }

    private static Mutant server(String name, String type, String found, String replacement, String killer) {
        return new Mutant(name, SERVER + type + ".java", found, replacement, killer);
    }

    String typeName() {
        int from = file.indexOf("io/longlink/");
        return file.substring(from, file.length() - ".java".length()).replace('/', '.');
    }

    @Override
    public String toString() {
        return name;
    }
}
