package io.longlink.remoting.compatibility;

import java.util.ArrayList;
import java.util.List;

/**
 * A client or a server of a run: in which JVM it is, and what has to be set there.
 *
 * @param version of RocketMQ that it is; for ours, that it behaves like
 */
record Side(PeerJvm jvm, Header header, StockVersion version) {

    /** As long as old clients, who are served to the end, go on, our shutdown takes this long. */
    private static final int OUR_DEADLINE_SECONDS = 5;

    /** RocketMQ's graceful shutdown always takes this long, whether there is anything to wait for or not. */
    private static final int STOCK_WAIT_SECONDS = 2;

    /** The default. How often connections of old clients are ended, compared with what they are used for, is what makes calls fail. */
    private static final int OUR_DEFAULT_DEADLINE_SECONDS = 30;

    /** On a machine that does other things too, a client that calls 100 times a second may be silent for the default of one. */
    private static final int OUR_QUIET_MILLIS = 5_000;

    boolean isOurs() {
        return jvm.library().isOurs();
    }

    String[] client(String name, String... more) {
        List<String> words = new ArrayList<>(List.of("client", name));
        if (isOurs()) {
            words.add("serializeType=" + header);
        }
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** Settings for servers that are to serve old clients as long as they do by default. */
    String[] unhurried() {
        if (!isOurs()) {
            return new String[0];
        }
        return new String[] {"shutdownWaitTimeSeconds=" + OUR_DEFAULT_DEADLINE_SECONDS, "quietMillis=" + OUR_QUIET_MILLIS};
    }

    String[] server(String name, boolean graceful, String... more) {
        // RocketMQ 4 listens on 8888 unless told otherwise.
        List<String> words = new ArrayList<>(List.of("server", name, "listenPort=0"));
        if (version.hasGracefulShutdown()) {
            words.add("enableShutdownGracefully=" + graceful);
            words.add("shutdownWaitTimeSeconds=" + (isOurs() ? OUR_DEADLINE_SECONDS : STOCK_WAIT_SECONDS));
        }
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }
}
