package io.longlink.remoting;

import java.time.Duration;

/**
 * What a drain did. The parts add up: {@link #addsUp()}.
 *
 * @param connections connections that were open when the drain reached them, or were accepted in its first moment
 * @param told connections of HELLO peers, who were sent the announcement
 * @param closedByPeer connections whose peer ended its stream
 * @param quietClosed connections that we closed because they were quiet or had nothing left to do
 * @param forced connections that we closed with work left, because the deadline had come
 * @param broken connections that broke or whose peer was found dead
 * @param inFlight two-way requests accepted but not answered when the drain began
 * @param acceptedLater two-way requests accepted during the drain, from peers that do not know GO_AWAY
 * @param finished of those two, how many were answered
 * @param unanswered of those two, how many were not
 * @param refused two-way requests answered with GO_AWAY; they did not run
 * @param oneWaysExecuted one-way requests handed to a processor during the drain
 * @param duration from the call of shutdown to the end of the last connection
 */
public record DrainReport(
        long connections,
        long told,
        long closedByPeer,
        long quietClosed,
        long forced,
        long broken,
        long inFlight,
        long acceptedLater,
        long finished,
        long unanswered,
        long refused,
        long oneWaysExecuted,
        Duration duration) {

    /** Whether every connection and every request is accounted for, exactly once. */
    public boolean addsUp() {
        return connections == closedByPeer + quietClosed + forced + broken && inFlight + acceptedLater == finished + unanswered;
    }
}
