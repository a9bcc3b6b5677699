package io.longlink.remoting.internal;

/** Which end of a connection we are. */
public enum Side {
    /** We connected: we say HELLO, obey GO_AWAY, and close after a move. */
    CLIENT,
    /** We accepted: we answer HELLO, announce GO_AWAY, and stop reading from a peer that does not read. */
    SERVER
}
