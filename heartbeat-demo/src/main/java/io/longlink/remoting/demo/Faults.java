package io.longlink.remoting.demo;

/**
 * What a test breaks on purpose, to see that the verdict notices. Asked by the demo's servers, by many threads at a time; {@link #NONE}
 * is what every real run has.
 */
interface Faults {

    /** Breaks nothing. */
    Faults NONE = new Faults() {};

    /** Whether a server forgets a one-way message that it received. */
    default boolean losesOneway(long id) {
        return false;
    }

    /** Whether a server executes a message a second time. */
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
}
