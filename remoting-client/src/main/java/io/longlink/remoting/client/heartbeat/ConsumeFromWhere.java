package io.longlink.remoting.client.heartbeat;

/** Where a consumer group begins that the broker has no offsets of; on the wire by name. */
public enum ConsumeFromWhere {
    /** With what comes next. */
    CONSUME_FROM_LAST_OFFSET,
    /** Older clients only; brokers take it for {@link #CONSUME_FROM_LAST_OFFSET}. */
    CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST,
    /** Older clients only. */
    CONSUME_FROM_MIN_OFFSET,
    /** Older clients only. */
    CONSUME_FROM_MAX_OFFSET,
    /** With the oldest message there is. */
    CONSUME_FROM_FIRST_OFFSET,
    /** With the first message of a point in time. */
    CONSUME_FROM_TIMESTAMP
}
