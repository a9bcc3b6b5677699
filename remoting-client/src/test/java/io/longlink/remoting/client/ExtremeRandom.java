package io.longlink.remoting.client;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Notes the range it is asked for and answers its lowest or highest value. */
final class ExtremeRandom implements RandomGenerator {
    final List<String> asked = new ArrayList<>();
    boolean highest;

    @Override
    public long nextLong() {
        throw new AssertionError("a number without bounds");
    }

    @Override
    public long nextLong(long bound) {
        return nextLong(0, bound);
    }

    @Override
    public long nextLong(long origin, long bound) {
        asked.add(origin + ".." + (bound - 1));
        return highest ? bound - 1 : origin;
    }
}
