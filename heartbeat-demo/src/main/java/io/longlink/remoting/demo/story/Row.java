package io.longlink.remoting.demo.story;

import io.longlink.remoting.AddressState;

/**
 * How one client stands with one address at a moment. Immutable.
 *
 * @param server what people call the address; the address itself if nobody said
 * @param beatAgeMillis how long ago the last heartbeat was accepted; negative if none was
 * @param twoWay of the two-way messages answered in the last seconds
 * @param inFlight messages that have not ended
 * @param reconnects how often it became READY again
 */
public record Row(
        String client,
        String server,
        String address,
        AddressState state,
        long beatAgeMillis,
        Picture.Spread twoWay,
        long inFlight,
        int reconnects) {}
