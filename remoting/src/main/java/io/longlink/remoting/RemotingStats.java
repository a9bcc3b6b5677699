package io.longlink.remoting;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** A snapshot of one side's counters since its start. Immutable. */
public final class RemotingStats {

    /** What is counted. Each only grows, but for {@link #CONNECTIONS_OPEN} and {@link #EXECUTING}. */
    public enum Counter {
        /** Connections open at this moment, draining ones included. */
        CONNECTIONS_OPEN,
        /** Connections established. */
        CONNECTIONS_OPENED,
        /** Connections closed before they were established, because the server had as many as it takes. */
        CONNECTIONS_REFUSED,
        /** Attempts to connect that did not become READY. */
        CONNECT_FAILURES,
        /** Two-way and one-way requests whose writing began. */
        REQUESTS_SENT,
        /** Two-way and one-way requests received, also those refused; HELLO and PING are not counted here. */
        REQUESTS_RECEIVED,
        /** Requests handed to an executor and not yet through. */
        EXECUTING,
        /** Responses that found their request waiting. */
        RESPONSES_RECEIVED,
        /** Responses that came too late or to nobody, dropped. */
        LATE_RESPONSES,
        /** Requests answered, by whomever. */
        ANSWERED,
        /** Second and later answers to one request, and answers after its time, dropped. */
        SECOND_ANSWERS,
        /** Requests whose processor gave no answer in time, or whose connection ended first. */
        UNANSWERED,
        /** Requests turned away as SYSTEM_BUSY. */
        BUSY,
        /** Requests of a code that nobody registered. */
        UNSUPPORTED,
        /** One-way requests that did not run, or not to the end: busy, unsupported, refused by a hook, too late, or the processor failed. */
        ONEWAYS_DROPPED,
        /** PINGs sent to ask whether a peer lives. */
        PINGS_SENT,
        /** PINGs received. */
        PINGS_RECEIVED,
        /** Connections closed because their peer was silent for too long. */
        IDLE_CLOSED,
        /** Requests refused with GO_AWAY. */
        GO_AWAYS_ANSWERED,
        /** GO_AWAY announcements sent. */
        GO_AWAYS_TOLD,
        /** Connections on which a GO_AWAY arrived. */
        GO_AWAYS_RECEIVED,
        /** Refused requests that were sent again. */
        RETRIES,
        /** Connections that a peer made end with bytes that are no frame, or with a frame that did not end. */
        PROTOCOL_ERRORS,
        /** Events that no listener heard, because the queue was full or the service stopped. */
        EVENTS_DROPPED
    }

    private final Map<Counter, Long> values;

    /** A snapshot of the given values; a counter that is missing is 0. Made by the library. */
    public RemotingStats(Map<Counter, Long> values) {
        EnumMap<Counter, Long> copy = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            copy.put(counter, values.getOrDefault(counter, 0L));
        }
        this.values = Collections.unmodifiableMap(copy);
    }

    /** The value of one counter. */
    public long get(Counter counter) {
        Long value = values.get(counter);
        return value == null ? 0 : value;
    }

    /** All counters, in the order of the enum. Unmodifiable. */
    public Map<Counter, Long> asMap() {
        return values;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
