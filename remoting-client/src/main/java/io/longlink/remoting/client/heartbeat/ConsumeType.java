package io.longlink.remoting.client.heartbeat;

/** How a consumer group gets its messages; on the wire by name. */
public enum ConsumeType {
    /** The application pulls. */
    CONSUME_ACTIVELY,
    /** The client pulls for the application: RocketMQ's push consumer. */
    CONSUME_PASSIVELY,
    /** The broker hands messages out one by one. */
    CONSUME_POP
}
