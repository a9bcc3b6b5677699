package io.longlink.remoting.demo;

import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Judges what failed while servers were killed: a call may fail only if its server was away, and only with UNKNOWN or because nobody was
 * there to connect to. Thread-safe.
 */
final class CrashFailures {

    /** The absence of one server, which lasts until the last client has moved to its replacement. */
    private record Absence(String address, long killedNanos, Homecoming end) {
        boolean covers(DemoClient.Failure failure, long endedNanos) {
            return failure.address().equals(address)
                    && endedNanos - killedNanos >= 0
                    && (!end.isComplete() || failure.dueNanos() - end.completedNanos() <= 0);
        }
    }

    private final List<Absence> absences = new CopyOnWriteArrayList<>();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder refusedConnects = new LongAdder();
    private final LongAdder otherwise = new LongAdder();
    private final LongAdder uncalledFor = new LongAdder();

    /** A server is about to be killed. */
    void onKill(ServerLife server, Homecoming expected) {
        absences.add(new Absence(server.address(), System.nanoTime(), expected));
    }

    /** A call failed, just now. */
    void onFailure(DemoClient.Failure failure) {
        long now = System.nanoTime();
        if (failure.cause() instanceof RemotingException known && known.outcome() == Outcome.UNKNOWN) {
            unknown.increment();
        } else if (failure.cause() instanceof RemotingConnectException known && known.outcome() == Outcome.NOT_SENT) {
            refusedConnects.increment();
        } else {
            otherwise.increment();
        }
        if (absences.stream().noneMatch(absence -> absence.covers(failure, now))) {
            uncalledFor.increment();
        }
    }

    /** Calls that may have run, as they say. */
    long unknown() {
        return unknown.sum();
    }

    /** Calls that were not sent, as they say, since there was no connection. */
    long refusedConnects() {
        return refusedConnects.sum();
    }

    /** Calls that failed in any other way. */
    long otherwise() {
        return otherwise.sum();
    }

    /** Calls that failed though their server was there from the moment they were due to their end, as far as their client could know. */
    long uncalledFor() {
        return uncalledFor.sum();
    }

    /** Servers to whose replacement not all clients have moved. */
    long stayedAway() {
        return absences.stream().filter(absence -> !absence.end.isComplete()).count();
    }

    /** Milliseconds since the last client moved to a replacement; 0 if one has not. */
    long calmMillis() {
        return stayedAway() > 0
                ? 0
                : absences.stream().mapToLong(absence -> Pause.millisSince(absence.end.completedNanos())).min().orElse(0);
    }
}
