package io.longlink.remoting.client;

import io.longlink.remoting.internal.HelloAnswer;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import java.util.concurrent.TimeUnit;

/**
 * What one address has shown of its knowledge of HELLO and PING, and what follows from it (DESIGN 3.1, 3.2). Pure; belongs to the slot's event loop.
 */
final class HelloMemory {

    /** What to do with a connection on which HELLO was sent. */
    enum Verdict {
        /** The peer knows HELLO: go on. */
        HELLO_PEER,
        /** A stock peer that said so: go on. */
        STOCK,
        /** The server is leaving: a failed attempt. */
        GO_AWAY,
        /** A failed attempt for now. */
        FAILED,
        /** A stock peer that took offence: connect anew, without HELLO. */
        RECONNECT_WITHOUT
    }

    /** How long a server answers at least; old name servers never answer unknown codes. */
    static final long ANSWER_MILLIS = 1_000;

    private static final long SKIP_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int SILENCES_OF_A_HELLO_PEER = 3;

    /** At 16 times the shortest interval that servers allow by default, PINGs still come sooner than those servers lose patience. */
    private static final int MAX_PING_STRETCH = 16;

    private boolean answeredBefore;
    private int pingStretch = 1;
    private int silences;
    private boolean skipping;
    private long skipUntilNanos;

    /** Whether to connect without HELLO. */
    boolean skips(long nowNanos) {
        if (skipping && nowNanos - skipUntilNanos >= 0) {
            skipping = false;
        }
        return skipping;
    }

    /** For how long {@link #skips} still says yes; 0 if it says no. */
    long skipsForNanos(long nowNanos) {
        return skips(nowNanos) ? skipUntilNanos - nowNanos : 0;
    }

    /** The answer came, perhaps late. */
    Verdict onAnswer(RemotingCommand answer, long nowNanos) {
        if (answer.getCode() != ResponseCode.SYSTEM_BUSY) {
            silences = 0;
        }
        switch (answer.getCode()) {
            case ResponseCode.SUCCESS -> {
                if (HelloAnswer.parse(answer) == null) {
                    return Verdict.STOCK;
                }
                answeredBefore = true;
                skipping = false;
                return Verdict.HELLO_PEER;
            }
            case ResponseCode.REQUEST_CODE_NOT_SUPPORTED -> {
                return Verdict.STOCK;
            }
            case ResponseCode.GO_AWAY -> {
                return Verdict.GO_AWAY;
            }
            case ResponseCode.SYSTEM_BUSY -> {
                // Says nothing about what the peer knows; asked again, but not for ever.
                return onSilence(nowNanos) == Verdict.STOCK ? Verdict.RECONNECT_WITHOUT : Verdict.FAILED;
            }
            default -> {
                skip(nowNanos);
                return Verdict.RECONNECT_WITHOUT;
            }
        }
    }

    /** No answer in {@link #ANSWER_MILLIS}. */
    Verdict onSilence(long nowNanos) {
        silences++;
        if (answeredBefore && silences < SILENCES_OF_A_HELLO_PEER) {
            return Verdict.FAILED;
        }
        skip(nowNanos);
        return Verdict.STOCK;
    }

    /** The server said that PINGs come too often: from now on half as often, on every connection. */
    void onTooManyPings() {
        pingStretch = Math.min(MAX_PING_STRETCH, pingStretch * 2);
    }

    /** By how much to lengthen the time between PINGs. */
    int pingStretch() {
        return pingStretch;
    }

    private void skip(long nowNanos) {
        skipping = true;
        skipUntilNanos = nowNanos + SKIP_NANOS;
    }
}
