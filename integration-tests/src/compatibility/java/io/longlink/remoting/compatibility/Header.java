package io.longlink.remoting.compatibility;

/** The form of the headers that a client writes; servers answer in theirs, or, like ours, in the client's. */
enum Header {
    JSON,
    ROCKETMQ
}
