package io.longlink.remoting.protocol;

import java.util.Locale;

/**
 * RocketMQ releases as the ordinals that commands carry (PROTOCOL section 7). From 4.0.0 to 5.9.9 each release has two of them, its
 * snapshot first; before that the list is irregular, and only its end is known here.
 */
public final class MQVersion {
    /** The newest release whose clients do not know GO_AWAY. */
    public static final int V5_3_1 = 475;

    /** What we say we are: the newest release that this library was checked against. */
    public static final int V5_5_1 = 515;

    /** RocketMQ's last entry, behind every release of its list. */
    public static final int HIGHER_VERSION = 612;

    private static final int V4_0_0_SNAPSHOT = 212;

    private MQVersion() {}

    /**
     * Computes the ordinal of a release.
     *
     * @param major 4 or 5
     * @param minor 0 to 9
     * @param patch 0 to 9
     * @return the ordinal; that of the snapshot before it is one less
     * @throws IllegalArgumentException if the release is outside the regular part of the list
     */
    public static int ordinalOf(int major, int minor, int patch) {
        if (major < 4 || major > 5 || minor < 0 || minor > 9 || patch < 0 || patch > 9) {
            throw new IllegalArgumentException("no regular release: " + major + '.' + minor + '.' + patch);
        }
        return V4_0_0_SNAPSHOT + 1 + 200 * (major - 4) + 20 * minor + 2 * patch;
    }

    /**
     * Names a version for people. Safe for any value, also for one received from a hostile peer.
     *
     * @return for example {@code V5_3_1}, {@code V5_3_2_SNAPSHOT}, {@code HIGHER_VERSION}, or words for what has no name here
     */
    public static String describe(int version) {
        if (version < 0) {
            return "unknown (" + version + ')';
        }
        if (version < V4_0_0_SNAPSHOT) {
            return "before V4_0_0 (" + version + ')';
        }
        if (version >= HIGHER_VERSION) {
            return version == HIGHER_VERSION ? "HIGHER_VERSION" : "HIGHER_VERSION (" + version + ')';
        }
        int index = version - V4_0_0_SNAPSHOT;
        int release = index / 2;
        String name = String.format(Locale.ROOT, "V%d_%d_%d", 4 + release / 100, release / 10 % 10, release % 10);
        return index % 2 == 0 ? name + "_SNAPSHOT" : name;
    }

    /**
     * Whether a peer of this version knows what code 1500 means (PROTOCOL section 12). Negative ones
     * and 0 do not.
     */
    public static boolean understandsGoAway(int version) {
        return version > V5_3_1;
    }

    /** What commands carry whose maker did not choose: the system property {@code rocketmq.remoting.version}, else {@link #V5_5_1}. */
    public static int defaultVersion() {
        return DefaultVersion.get();
    }
}
