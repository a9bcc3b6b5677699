package io.longlink.remoting.demo;

import java.time.Duration;

/**
 * What a test breaks on purpose, to see that the verdict notices. Asked by the demo's servers and clients, by many threads at a time;
 * {@link #NONE} is what every real run has. Servers in JVMs of their own break nothing.
 */
interface Faults {

    /** Breaks nothing. */
    Faults NONE = new Faults() {};

    /** Whether the ledger does not hear that a one-way message was executed. */
    default boolean losesOneway(long id) {
        return false;
    }

    /** Whether the ledger hears twice that a message was executed. */
    default boolean executesTwice(long id) {
        return false;
    }

    /** Whether the listener of a server does not hear of a connection that was closed. */
    default boolean dropsClose(int server, int life) {
        return false;
    }

    /** Whether a server that has just started gets a connection that nobody closes before the end. */
    default boolean leaksConnection(int server, int life) {
        return false;
    }

    /** Whether a server answers heartbeats without remembering who sent them. */
    default boolean losesBeats(int server, int life) {
        return false;
    }

    /** Whether a server goes on to know clients whose connections were closed. */
    default boolean remembersClosed(int server, int life) {
        return false;
    }

    /** Whether a client is deaf when it is told to rebalance. */
    default boolean skipsRebalance(int client) {
        return false;
    }

    /** How much longer than the gap a server is away. */
    default Duration oversleeps(int server, int life) {
        return Duration.ZERO;
    }

    /** Whether a server survives its crash. */
    default boolean survivesKill(int server) {
        return false;
    }
}
