package io.longlink.remoting.model;

import java.util.List;

/**
 * What happens in a world, in some order. Calls are named by what becomes of them: {@code r} is answered by its handler, {@code d} is
 * parked and answered later, {@code w} is a one-way; {@code x} is a call of the server's to the client, {@code y} a one-way of the server's.
 *
 * @param clientCalls in the order in which the client's user makes them
 * @param serverCalls in the order in which the server's user makes them
 * @param hello whether the peers say HELLO to each other
 * @param cold whether the first call finds no connection, instead of one that is READY
 * @param goAway whether the server drains; a replacement takes the calls then
 * @param death how the connection may die, at any moment
 * @param clientEnds whether the client is shut down when its calls have ended
 * @param refusals how many attempts to connect may be refused
 * @param parked who answers what is parked
 * @param timeoutMillis of each call; up to {@link World#SOON_MILLIS}, the deadline may come at any moment
 */
record Scenario(
        List<String> clientCalls,
        List<String> serverCalls,
        boolean hello,
        boolean cold,
        boolean goAway,
        Death death,
        boolean clientEnds,
        int refusals,
        Parked parked,
        long timeoutMillis) {

    /** How a connection dies. */
    enum Death {
        NONE,
        /** Both sides find out when they use it; what they have not read is gone. */
        RESET,
        /** Nothing gets through, and nobody says so. */
        FREEZE
    }

    /** Who answers requests that were parked. */
    enum Parked {
        /** Somebody, at any moment. */
        ANY_TIME,
        /** Somebody, when everything else has come to rest. */
        LATE,
        /** A drain hook, with 1500: once before the gates flip. */
        HOOK_BEFORE,
        /** A drain hook, once after the gates flipped. */
        HOOK_AFTER,
        /** A drain hook, before the gates flip, and again and again after that. */
        HOOK_BEFORE_AND_AGAIN
    }

    /** A planned restart between peers that know HELLO and are connected. */
    static Scenario restart(String... clientCalls) {
        return new Scenario(List.of(clientCalls), List.of(), true, false, true, Death.NONE, false, 0, Parked.ANY_TIME, 5_000);
    }

    Scenario withServerCalls(String... calls) {
        return new Scenario(
                clientCalls, List.of(calls), hello, cold, goAway, death, clientEnds, refusals, parked, timeoutMillis);
    }

    Scenario withStockPeers() {
        return new Scenario(clientCalls, serverCalls, false, cold, goAway, death, clientEnds, refusals, parked, timeoutMillis);
    }

    Scenario withoutConnection() {
        return new Scenario(clientCalls, serverCalls, hello, true, goAway, death, clientEnds, refusals, parked, timeoutMillis);
    }

    Scenario withoutGoAway() {
        return new Scenario(clientCalls, serverCalls, hello, cold, false, death, clientEnds, refusals, parked, timeoutMillis);
    }

    Scenario withDeath(Death how) {
        return new Scenario(clientCalls, serverCalls, hello, cold, goAway, how, clientEnds, refusals, parked, timeoutMillis);
    }

    Scenario withClientShutdown() {
        return new Scenario(clientCalls, serverCalls, hello, cold, goAway, death, true, refusals, parked, timeoutMillis);
    }

    Scenario withRefusals(int count) {
        return new Scenario(clientCalls, serverCalls, hello, cold, goAway, death, clientEnds, count, parked, timeoutMillis);
    }

    Scenario withParked(Parked by) {
        return new Scenario(clientCalls, serverCalls, hello, cold, goAway, death, clientEnds, refusals, by, timeoutMillis);
    }

    Scenario withTimeout(long millis) {
        return new Scenario(clientCalls, serverCalls, hello, cold, goAway, death, clientEnds, refusals, parked, millis);
    }

    /** Whether nothing breaks and nothing comes too late. */
    boolean isQuiet() {
        return death == Death.NONE && timeoutMillis > World.SOON_MILLIS;
    }

    /** Whether there is no excuse for any call that fails. */
    boolean promisesAll() {
        return hello && isQuiet();
    }
}
