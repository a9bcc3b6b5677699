package io.longlink.remoting.client.heartbeat;

/** Who of a consumer group gets a message; on the wire by name. */
public enum MessageModel {
    /** Every member. */
    BROADCASTING,
    /** One member. */
    CLUSTERING,
    /** One member, of RocketMQ 5.5's lite topics. */
    LITE_SELECTIVE
}
