package io.longlink.remoting.demo.story;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What became of messages, cell by cell of equal time. When there are too many cells each two become one, so that a run of any length fits
 * into the same memory. Confined to {@link Timeline}'s lock.
 */
final class MessageCells {
    /** More than a page has room for. */
    static final int MAX_CELLS = 512;

    static final long FIRST_WIDTH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Two digits: an error of 1 % is less than a line is thick. */
    private static final int DIGITS = 2;

    private static final class Cell {
        private long due;
        private long ended;
        private long failed;
        private @Nullable IntCountsHistogram twoWay;
        private @Nullable IntCountsHistogram durable;

        private void add(Cell next) {
            due += next.due;
            ended += next.ended;
            failed += next.failed;
            twoWay = sum(twoWay, next.twoWay);
            durable = sum(durable, next.durable);
        }

        private static @Nullable IntCountsHistogram sum(@Nullable IntCountsHistogram one, @Nullable IntCountsHistogram other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            one.add(other);
            return one;
        }
    }

    private List<Cell> cells = new ArrayList<>();
    private long widthNanos = FIRST_WIDTH_NANOS;

    /** A message of any kind was to be sent then. */
    void due(long atNanos) {
        cell(atNanos).due++;
    }

    /**
     * A message came to its good end.
     *
     * @param dueNanos when it was to be sent, where its latency belongs: those who had to wait are drawn where they began to
     * @param endedNanos when it ended, where the throughput belongs
     */
    void ended(Timeline.Kind kind, long dueNanos, long endedNanos) {
        cell(endedNanos).ended++;
        Cell cell = cell(dueNanos);
        long micros = Math.max(0, endedNanos - dueNanos) / 1_000;
        switch (kind) {
            case TWO_WAY -> cell.twoWay = record(cell.twoWay, micros);
            case DURABLE -> cell.durable = record(cell.durable, micros);
            case ONE_WAY -> {}
        }
    }

    private static IntCountsHistogram record(@Nullable IntCountsHistogram present, long micros) {
        IntCountsHistogram histogram = present == null ? histogram() : present;
        histogram.recordValue(micros);
        return histogram;
    }

    /** A message failed then. */
    void failed(long atNanos) {
        cell(atNanos).failed++;
    }

    /** What was before the beginning counts as its first moment. */
    private Cell cell(long atNanos) {
        long at = Math.max(0, atNanos);
        while (at / widthNanos >= MAX_CELLS) {
            fold();
        }
        int index = (int) (at / widthNanos);
        while (cells.size() <= index) {
            cells.add(new Cell());
        }
        return cells.get(index);
    }

    private void fold() {
        List<Cell> folded = new ArrayList<>();
        for (int i = 0; i < cells.size(); i += 2) {
            Cell cell = cells.get(i);
            if (i + 1 < cells.size()) {
                cell.add(cells.get(i + 1));
            }
            folded.add(cell);
        }
        cells = folded;
        widthNanos *= 2;
    }

    /** How long a cell is at present. */
    long widthMillis() {
        return TimeUnit.NANOSECONDS.toMillis(widthNanos);
    }

    /** All cells from the beginning to the last one that has something, empty ones between included. */
    List<Picture.Cell> cells() {
        List<Picture.Cell> copy = new ArrayList<>();
        for (Cell cell : cells) {
            copy.add(new Picture.Cell(cell.due, cell.ended, cell.failed, spread(cell.twoWay), spread(cell.durable)));
        }
        return copy;
    }

    /** An empty histogram of microseconds that grows with what it is given. */
    static IntCountsHistogram histogram() {
        return new IntCountsHistogram(DIGITS);
    }

    /** What a histogram comes to; {@link Picture.Spread#NONE} if it is empty. */
    static Picture.Spread spread(@Nullable IntCountsHistogram histogram) {
        if (histogram == null || histogram.getTotalCount() == 0) {
            return Picture.Spread.NONE;
        }
        return new Picture.Spread(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getMaxValue());
    }
}
