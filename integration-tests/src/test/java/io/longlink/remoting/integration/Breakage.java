package io.longlink.remoting.integration;

import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.FaultyProxy.Direction;

/** How a connection breaks behind a byte, and on whose way that byte is. */
record Breakage(Kind kind, Direction direction) {

    enum Kind {
        CUT,
        RESET,
        FREEZE
    }

    FaultyProxy.Fault arm(FaultyProxy proxy, long bytes) {
        return switch (kind) {
            case CUT -> proxy.cutAfter(direction, bytes);
            case RESET -> proxy.resetAfter(direction, bytes);
            case FREEZE -> proxy.freezeAfter(direction, bytes);
        };
    }

    /** Whether the ends hear of it. */
    boolean isHeard() {
        return kind != Kind.FREEZE;
    }
}
