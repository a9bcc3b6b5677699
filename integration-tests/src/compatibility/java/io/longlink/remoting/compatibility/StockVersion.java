package io.longlink.remoting.compatibility;

/** The published versions of RocketMQ's remoting that are run, newest first. */
enum StockVersion {
    V5_5_1("5.5.1", 515, 475),
    V5_3_3("5.3.3", 479, 475),
    /** The first to shut down gracefully. It sends 1500 to clients of its own release too, which later ones do not. */
    V5_3_1("5.3.1", 475, 441),
    V5_1_4("5.1.4", 441, null),
    V4_9_8("4.9.8", 409, null);

    private final String number;
    private final int stamp;
    private final Integer lastServed;

    StockVersion(String number, int stamp, Integer lastServed) {
        this.number = number;
        this.stamp = stamp;
        this.lastServed = lastServed;
    }

    /** As in the artifact's coordinates. */
    String number() {
        return number;
    }

    /** What its clients and servers put into the version field of every command. */
    int stamp() {
        return stamp;
    }

    /** Whether its server can shut down gracefully, answering 1500. */
    boolean hasGracefulShutdown() {
        return lastServed != null;
    }

    /** The newest version whose requests its server still serves while it shuts down gracefully. */
    int lastServed() {
        return lastServed;
    }

    @Override
    public String toString() {
        return number;
    }
}
