package io.longlink.remoting.demo.story;

import io.longlink.remoting.AddressState;
import java.time.Instant;
import java.util.List;

/**
 * What a {@link Timeline} has recorded until now. Immutable. All times are milliseconds since the beginning; what was before it is
 * negative.
 *
 * @param began when the beginning was
 * @param parameters how the run was to be, a JSON object
 * @param endMillis the time of the last message, mark, or change to any state but SHUTDOWN
 * @param cellMillis how long a cell is
 * @param cells one after the other, the first at 0
 * @param bands one for each connection, that is client and address, in the order in which they were announced
 * @param moreBands connections beyond those that are remembered
 * @param marks what happened to servers, in order
 * @param counts what was counted by the scenario itself
 * @param told the story, in order
 * @param moreTold sentences beyond those that are remembered
 */
public record Picture(
        Instant began,
        String parameters,
        long endMillis,
        long cellMillis,
        List<Cell> cells,
        List<Band> bands,
        int moreBands,
        List<Mark> marks,
        List<Counts> counts,
        List<Told> told,
        long moreTold) {

    /** Copies the lists. */
    public Picture {
        cells = List.copyOf(cells);
        bands = List.copyOf(bands);
        marks = List.copyOf(marks);
        counts = List.copyOf(counts);
        told = List.copyOf(told);
    }

    /**
     * How latencies spread, in microseconds, measured from the moment a message was due.
     *
     * @param count how many there were; if 0, so is the rest
     */
    public record Spread(long count, long p50Micros, long p99Micros, long maxMicros) {
        /** No message. */
        public static final Spread NONE = new Spread(0, 0, 0, 0);
    }

    /**
     * One cell of time.
     *
     * @param due messages that were to be sent in it
     * @param ended messages that came to their good end in it
     * @param failed messages that failed in it
     * @param twoWay of the two-way messages that were due in it and have been answered
     * @param durable the same of durable ones, which wait for a commit by design
     */
    public record Cell(long due, long ended, long failed, Spread twoWay, Spread durable) {}

    /** From then on the address was in that state. */
    public record Change(long atMillis, AddressState state) {}

    /**
     * One client and one address.
     *
     * @param server what people call the address; the address itself if nobody said
     * @param changes in order; before the first one the address was IDLE
     * @param moreChanges changes beyond those that are remembered
     * @param twoWay of all two-way messages that were answered on it
     * @param failed messages that failed on it
     * @param reconnects how often it became READY again
     */
    public record Band(
            String client,
            String server,
            String address,
            List<Change> changes,
            long moreChanges,
            Spread twoWay,
            long failed,
            int reconnects) {

        /** Copies the changes. */
        public Band {
            changes = List.copyOf(changes);
        }
    }

    /**
     * A server went or came.
     *
     * @param what in a word or two: drains, killed, back
     * @param back whether it came
     */
    public record Mark(long atMillis, String server, String what, boolean back) {}

    /**
     * How many of something there were in each of several stretches of time.
     *
     * @param widthMillis of each stretch
     */
    public record Counts(String title, long widthMillis, List<Long> perStretch) {

        /** Copies the list. */
        public Counts {
            perStretch = List.copyOf(perStretch);
        }
    }

    /** A sentence of the story. */
    public record Told(long atMillis, String event, String sentence) {}
}
