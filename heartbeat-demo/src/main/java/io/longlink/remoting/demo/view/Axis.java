package io.longlink.remoting.demo.view;

import java.util.ArrayList;
import java.util.List;

/** Where values stand between two ends of a line, and which of them are written beside it. Stateless but for its ends. */
final class Axis {

    /** A value that is written, and where. */
    record Tick(double at, double value) {}

    private final boolean logarithmic;
    private final double least;
    private final double most;
    private final double from;
    private final double to;

    private Axis(boolean logarithmic, double least, double most, double from, double to) {
        this.logarithmic = logarithmic;
        this.least = least;
        this.most = most;
        this.from = from;
        this.to = to;
    }

    /** From 0 on. {@code most} may be 0, too. */
    static Axis linear(double most, double from, double to) {
        return new Axis(false, 0, most > 0 ? most : 1, from, to);
    }

    /** Whole decades around the values, which are 1 or more after they are cut. */
    static Axis logarithmic(long least, long most, double from, double to) {
        double low = Math.floor(Math.log10((double) Math.max(1, least)));
        double high = Math.ceil(Math.log10((double) Math.max(1, most)));
        return new Axis(true, low, Math.max(high, low + 1), from, to);
    }

    /** The same for counts and times, whose last digits nobody sees. */
    double at(long value) {
        return at((double) value);
    }

    /** Where a value stands; what is beyond an end stands there. */
    double at(double value) {
        double position = logarithmic ? Math.log10(Math.max(1, value)) : value;
        double share = (Math.min(most, Math.max(least, position)) - least) / (most - least);
        return from + share * (to - from);
    }

    /** Every power of ten, or round numbers, {@code wanted} of them or a few less. */
    List<Tick> ticks(int wanted) {
        List<Tick> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double power = least; power <= most; power++) {
                double value = Math.pow(10, power);
                ticks.add(new Tick(at(value), value));
            }
            return ticks;
        }
        double step = roundStep(most / Math.max(1, wanted));
        for (long i = 0; i * step <= most; i++) {
            ticks.add(new Tick(at(i * step), i * step));
        }
        return ticks;
    }

    /** The least of 1, 2, 5, 10, 20, ... that is not below; never below 1. */
    private static double roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, least))));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
