package io.longlink.remoting.internal;

import io.longlink.remoting.protocol.MQVersion;
import io.longlink.remoting.protocol.RemotingCommand;

/**
 * Whether a request may still come in on one connection. Open until it flips, once; then it refuses the two-way requests of peers that
 * know GO_AWAY (DESIGN 3.2.3, PROTOCOL 12.2). Pure; event loop only.
 */
final class ConnectionGate {
    private boolean flipped;

    /** Begins to refuse; false if it does already. */
    boolean tryFlip() {
        if (flipped) {
            return false;
        }
        flipped = true;
        return true;
    }

    boolean isFlipped() {
        return flipped;
    }

    /** Whether this request is to be answered GO_AWAY instead of being processed. Never true for a one-way: refusing would lose it. */
    boolean refuses(RemotingCommand request) {
        return flipped && !request.isOnewayRPC() && MQVersion.understandsGoAway(request.getVersion());
    }
}
