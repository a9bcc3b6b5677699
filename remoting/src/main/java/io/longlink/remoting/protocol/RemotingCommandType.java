package io.longlink.remoting.protocol;

/** The two kinds of commands; bit 0 of the flag decides (PROTOCOL section 2). */
public enum RemotingCommandType {
    /** Bit 0 is clear. */
    REQUEST_COMMAND,
    /** Bit 0 is set, whatever the oneway bit says. */
    RESPONSE_COMMAND
}
