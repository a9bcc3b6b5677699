package io.longlink.remoting.stress;

import io.longlink.remoting.stress.Call.Kind;
import io.longlink.remoting.stress.Call.Promise;
import java.util.random.RandomGenerator;

/** What happens to the calls of a round. The weight says how often it is drawn. */
enum Disturbance {
    NONE(10, true),
    /** The server leaves its port and another one takes it. */
    RESTART(30, true),
    /** The replacement is replaced, too, perhaps before the first drain is over. */
    RESTART_TWICE(6, true),
    /** The server leaves with all its threads, and another one comes with new ones. */
    REPLACEMENT(3, true),
    /** A client lets go of its connection, on demand. */
    CLOSE_CHANNELS(8, true),
    CLIENT_SHUTDOWN(4, true),
    /** While the server is replaced, so that the client has refused calls to send again. */
    CLIENT_SHUTDOWN_AND_RESTART(5, true),
    /** A client's connection is closed, half-closed or reset, by either side. */
    BREAK(20, false),
    BREAK_AND_RESTART(8, false),
    /** A client that has next to no time to end. */
    HASTY_CLIENT_SHUTDOWN(2, false),
    /** A server that has next to no time to drain. */
    HASTY_RESTART(4, false);

    private static final int TOTAL = totalWeight();

    private final int weight;
    private final boolean planned;

    Disturbance(int weight, boolean planned) {
        this.weight = weight;
        this.planned = planned;
    }

    private static int totalWeight() {
        int total = 0;
        for (Disturbance each : values()) {
            total += each.weight;
        }
        return total;
    }

    static Disturbance draw(RandomGenerator random) {
        int left = random.nextInt(TOTAL);
        for (Disturbance each : values()) {
            left -= each.weight;
            if (left < 0) {
                return each;
            }
        }
        throw new AssertionError("beyond all weights");
    }

    /** Whether nothing breaks and everybody has the time he needs. */
    boolean isPlanned() {
        return planned;
    }

    boolean endsClient() {
        return this == CLIENT_SHUTDOWN || this == CLIENT_SHUTDOWN_AND_RESTART || this == HASTY_CLIENT_SHUTDOWN;
    }

    /** @param affected whether it is a call of the client that this happens to */
    Promise promise(Kind kind, boolean affected) {
        if (this == HASTY_RESTART || (affected && !planned)) {
            return Promise.TRUTH;
        }
        if (affected && (endsClient() || this == CLOSE_CHANNELS) && kind.isFromServer() && !kind.isOneway()) {
            // It may cross the client's half-close: then nobody knows of it.
            return Promise.TRUTH;
        }
        // A server asks nothing where it has told the client to go, and a client that ends takes no calls.
        return kind.isFromServer() || (affected && endsClient()) ? Promise.KEPT_OR_NOT_SENT : Promise.KEPT;
    }
}
