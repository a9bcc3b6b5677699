package io.longlink.remoting.integration;

import io.longlink.remoting.testkit.FaultyProxy;
import io.longlink.remoting.testkit.FaultyProxy.Direction;
import java.util.concurrent.TimeUnit;

/** How a connection breaks behind a byte, and on whose way that byte is. */
record Breakage(Kind kind, Direction direction) {

    enum Kind {
        CUT,
        RESET,
        FREEZE
    }

    /** A machine that is busy with something else makes calls late, but not each time: what is late again and again is the library's. */
    static final int TRIES = 5;

    /** How long calls wait in a freeze. */
    static final long FROZEN_MILLIS = 250;

    FaultyProxy.Fault arm(FaultyProxy proxy, long bytes) {
        return switch (kind) {
            case CUT -> proxy.cutAfter(direction, bytes);
            case RESET -> proxy.resetAfter(direction, bytes);
            case FREEZE -> proxy.freezeAfter(direction, bytes);
        };
    }

    /** How late calls may fail: behind a break that the ends heard of (DESIGN 3.3.5), else behind their deadline. */
    long promptNanos() {
        return TimeUnit.MILLISECONDS.toNanos(isHeard() ? 100 : 1_000);
    }

    /** Whether the ends hear of it. */
    boolean isHeard() {
        return kind != Kind.FREEZE;
    }
}
