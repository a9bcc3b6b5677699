package io.longlink.remoting.netty;

/** What can happen to a connection; see {@link io.longlink.remoting.ChannelEventListener} for the order. */
public enum NettyEventType {
    /** Established. */
    CONNECT,
    /** Ended. */
    CLOSE,
    /** Silent for too long. */
    IDLE,
    /** Something went wrong, or an attempt to connect failed. */
    EXCEPTION,
    /** Ready for traffic. */
    ACTIVE
}
