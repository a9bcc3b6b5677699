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

    /** A setting for servers that are to shut down as they do without any. */
    String[] defaultDeadline() {
        return isOurs() ? new String[] {"shutdownWaitTimeSeconds=" + OUR_DEFAULT_DEADLINE_SECONDS} : new String[0];
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
