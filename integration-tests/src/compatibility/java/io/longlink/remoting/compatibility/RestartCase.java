package io.longlink.remoting.compatibility;

/** How servers are replaced under load. */
enum RestartCase {
    BALANCED("rolling restart behind a balancer, graceful", true),
    DIRECT("restart on the same port, graceful", true),
    BALANCED_HARD("rolling restart behind a balancer, not graceful", false),
    DIRECT_HARD("restart on the same port, not graceful", false);

    private final String text;
    private final boolean graceful;

    RestartCase(String text, boolean graceful) {
        this.text = text;
        this.graceful = graceful;
    }

    boolean isGraceful() {
        return graceful;
    }

    boolean isBalanced() {
        return this == BALANCED || this == BALANCED_HARD;
    }

    /** The same without grace: what a server without a graceful shutdown is measured by. */
    RestartCase hard() {
        return isBalanced() ? BALANCED_HARD : DIRECT_HARD;
    }

    @Override
    public String toString() {
        return text;
    }
}
