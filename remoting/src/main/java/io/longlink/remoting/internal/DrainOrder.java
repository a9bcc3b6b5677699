package io.longlink.remoting.internal;

/**
 * What a server tells each of its connections when it drains.
 *
 * @param tally where to count
 * @param notice what to announce
 * @param quietMillis how long a peer that does not know GO_AWAY must be quiet before it is closed
 */
public record DrainOrder(DrainTally tally, GoAwayNotice notice, long quietMillis) {}
