package io.longlink.remoting;

/** Where a client stands with one address. */
public enum AddressState {
    /** No connection, and none is being made: the next call makes one. Also every address that was never used, or is forgotten. */
    IDLE,
    /** A connection is being made: TCP, HELLO, the session. */
    CONNECTING,
    /** There is a connection, and calls go to it. */
    READY,
    /**
     * No connection; the next attempt is planned. Calls fail at once, or wait if the address said that it goes away and comes back. The first
     * call behind a loss begins the next attempt itself and waits for it.
     */
    BACKOFF,
    /** The client is shutting down. */
    SHUTDOWN
}
