package io.longlink.remoting.demo;

import io.longlink.remoting.exception.RemotingException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What both sides wrote down, by id: clients when they send and when a call ends, servers when they execute. The two halves share nothing
 * but the id, so joining them proves something. Thread-safe; a few bytes per message, whatever is in flight.
 */
final class Ledger implements Executions {

    /** How one message ended for its client. */
    enum Outcome {
        /** Not sent at all. */
        NONE("none"),
        /** Sent; nothing more is known yet. */
        PENDING("pending"),
        /** Two-way: the right answer came. */
        ANSWERED("answered"),
        /** One-way: written. */
        WRITTEN("written"),
        /** The call failed: it was not sent. */
        NOT_SENT("notsent"),
        /** The call failed: a server refused it. */
        REFUSED("refused"),
        /** The call failed: it may have run. */
        UNKNOWN("unknown"),
        /** The call failed in another way: a wrong answer, or an exception that does not say whether it ran. */
        FAILED("failed");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        /** What an exception says. */
        static Outcome of(RemotingException failure) {
            return switch (failure.outcome()) {
                case NOT_SENT -> NOT_SENT;
                case REFUSED -> REFUSED;
                case UNKNOWN -> UNKNOWN;
            };
        }

        /** How the ledger's files call it. */
        String text() {
            return text;
        }
    }

    private final Workload workload;
    private final @Nullable LedgerFiles files;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final AtomicIntegerArray executions;
    private final AtomicReferenceArray<@Nullable String> received;
    private final Map<String, String> distinctTexts = new ConcurrentHashMap<>();
    private final LongAdder sent = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder strangers = new LongAdder();

    /**
     * An empty ledger.
     *
     * @param messages ids are below this
     * @param files hears of every entry; {@code null} if nobody wants files
     */
    Ledger(Workload workload, int messages, @Nullable LedgerFiles files) {
        this.workload = workload;
        this.files = files;
        outcomes = new AtomicReferenceArray<>(messages);
        executions = new AtomicIntegerArray(messages);
        received = new AtomicReferenceArray<>(messages);
    }

    /** A client is about to send a message, for the first and only time. */
    void onSend(int id) {
        outcomes.set(id, Outcome.PENDING);
        sent.increment();
    }

    /** A call has ended. */
    void onEnd(int id, Outcome outcome) {
        outcomes.set(id, outcome);
        switch (outcome) {
            case ANSWERED -> answered.increment();
            case WRITTEN -> written.increment();
            case NOT_SENT, REFUSED, UNKNOWN, FAILED -> failed.increment();
            default -> throw new IllegalArgumentException(outcome.text() + " is no end");
        }
        if (files != null) {
            files.sent(id, workload.kind(id), outcome, workload.line(id));
        }
    }

    @Override
    public void onExecute(int id, MessageKind kind, int server, String text) {
        if (id < 0 || id >= executions.length()) {
            strangers.increment();
            return;
        }
        // One object per distinct text: what is kept is what came, at the price of a reference.
        String canonical = distinctTexts.computeIfAbsent(text, t -> t);
        received.compareAndSet(id, null, canonical);
        executions.incrementAndGet(id);
        if (files != null) {
            files.executed(id, kind, server, text);
        }
    }

    /** Ids are below this. */
    int messages() {
        return outcomes.length();
    }

    /** The file and the mix. */
    Workload workload() {
        return workload;
    }

    /** How a message ended for its client. */
    Outcome outcome(int id) {
        Outcome outcome = outcomes.get(id);
        return outcome == null ? Outcome.NONE : outcome;
    }

    /** How often servers executed a message. */
    int executions(int id) {
        return executions.get(id);
    }

    /** What the first server to execute a message received, or {@code null} if none did. */
    @Nullable String received(int id) {
        return received.get(id);
    }

    /** Messages given to clients. */
    long sent() {
        return sent.sum();
    }

    /** Two-way calls that were answered. */
    long answered() {
        return answered.sum();
    }

    /** One-way messages that were written. */
    long written() {
        return written.sum();
    }

    /** Calls that failed. */
    long failed() {
        return failed.sum();
    }

    /** Calls that have not ended. */
    long inFlight() {
        return sent() - answered() - written() - failed();
    }

    /** Executions of ids that no client ever used. */
    long strangers() {
        return strangers.sum();
    }
}
