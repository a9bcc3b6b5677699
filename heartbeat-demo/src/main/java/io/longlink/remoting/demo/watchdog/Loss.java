package io.longlink.remoting.demo.watchdog;

import io.longlink.remoting.AddressState;
import java.util.List;

/**
 * How a client lost its server.
 *
 * @param heard what its listener heard from the crash on, in that order
 * @param attempts to connect that failed since, as the client counted them
 * @param state what the client says of the address in the end
 */
record Loss(List<Heard> heard, long attempts, AddressState state) {
    static final String FAILURE = "failure";

    /** What a listener heard, and when. */
    record Heard(String event, long nanos) {
        boolean isFailure() {
            return event.equals(FAILURE);
        }

        /** How long after another. */
        long millisSince(Heard other) {
            return Math.round((nanos - other.nanos) / 1e6);
        }
    }

    /** What came before the first failed attempt. */
    List<String> before() {
        return heard.stream().takeWhile(event -> !event.isFailure()).map(Heard::event).toList();
    }

    /** From the loss to the first failed attempt, from there to the second, and so on; the notice of giving up comes behind them. */
    long[] delaysMillis() {
        int first = before().size();
        int delays = first == 0 ? 0 : (int) Math.min(attempts, heard.size() - first);
        long[] millis = new long[delays];
        for (int i = 0; i < delays; i++) {
            millis[i] = heard.get(first + i).millisSince(heard.get(first + i - 1));
        }
        return millis;
    }

    /** How often the listener was told of a failure that was no attempt: that the address is given up. */
    long givenUp() {
        return heard.stream().filter(Heard::isFailure).count() - attempts;
    }
}
