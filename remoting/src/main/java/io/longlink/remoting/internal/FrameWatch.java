package io.longlink.remoting.internal;

import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose peer begins a frame and does not go on with it (DESIGN 8). Event loop only.
 *
 * <p>A frame may be large and its link slow, so what counts is not when it ends but that it grows: from its first byte on, in every period
 * of {@code frameTimeoutMillis} it must end or grow by 64 KiB. While we do not read, because the peer does not, no time runs.
 *
 * <p>Nothing is scheduled for a frame that ends in the read it began in. For others there is one deadline at a time, however many begin
 * meanwhile: when it comes, it finds the frame that is unfinished then, and aims anew.
 */
final class FrameWatch {
    /** By how much an unfinished frame must grow in one period: a frame up to this size gets one period, a slow link gets several. */
    static final int LEAST_GROWTH_BYTES = 64 * 1024;

    private final ConnectionHandler connection;
    private final Traffic traffic;
    private final DeadlineQueue deadlines;
    private final long timeoutNanos;
    private boolean unfinished;
    private boolean armed;
    private long periodNanos;
    private int periodBytes;

    /** @param timeoutMillis how long a period is; 0 for never */
    FrameWatch(ConnectionHandler connection, Traffic traffic, DeadlineQueue deadlines, long timeoutMillis) {
        this.connection = connection;
        this.traffic = traffic;
        this.deadlines = deadlines;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** A frame has ended. */
    void onFrame() {
        unfinished = false;
    }

    /** All that could be read has been read; the last of it is the beginning of a frame. */
    void onReadComplete() {
        if (unfinished || timeoutNanos == 0) {
            return;
        }
        unfinished = true;
        beginPeriod(0);
        if (!armed) {
            arm(timeoutNanos, false);
        }
    }

    /** We read again, or stop reading: what was not read until now is not the peer's fault. */
    void onReading() {
        if (unfinished) {
            beginPeriod(traffic.unfinishedBytes());
        }
    }

    private void beginPeriod(int bytes) {
        periodNanos = connection.now();
        periodBytes = bytes;
    }

    private void arm(long nanos, boolean secondLook) {
        armed = true;
        deadlines.add(new Deadline(connection.now() + nanos) {
            @Override
            void onDeadline() {
                armed = false;
                check(secondLook);
            }
        });
    }

    /** @param secondLook whether everything that had arrived by the last look has been read now */
    private void check(boolean secondLook) {
        if (!unfinished || connection.isOver()) {
            // The end of a connection has its own limits.
            return;
        }
        int bytes = traffic.unfinishedBytes();
        int grown = bytes - periodBytes;
        long leftNanos = periodNanos + timeoutNanos - connection.now();
        if (leftNanos > 0) {
            arm(leftNanos, false);
        } else if (grown >= LEAST_GROWTH_BYTES || !connection.isReading()) {
            beginPeriod(bytes);
            arm(timeoutNanos, false);
        } else if (secondLook) {
            connection.onFrameTimeout("a frame of which " + bytes + " bytes came, " + grown + " of them in the last "
                    + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
        } else {
            // This thread may have been held up, and the rest of the frame may wait in the socket.
            arm(1, true);
        }
    }
}
