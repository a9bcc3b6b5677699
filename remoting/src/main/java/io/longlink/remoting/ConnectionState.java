package io.longlink.remoting;

/** The life of one connection; it only ever moves down this list. */
public enum ConnectionState {
    /** Established, not yet usable: HELLO or the session restorer is still under way. */
    OPENING,
    /** Usable for requests. */
    READY,
    /** Told to go away: takes no new requests, finishes those it has. */
    DRAINING,
    /** Ended, for whatever reason. */
    CLOSED
}
