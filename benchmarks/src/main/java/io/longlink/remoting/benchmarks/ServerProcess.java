package io.longlink.remoting.benchmarks;

import java.io.IOException;

/** The JVM of a server: says its port, then what it is asked for. */
final class ServerProcess {
    private ServerProcess() {}

    public static void main(String[] args) throws IOException {
        EchoServer server = Contender.valueOf(args[0]).startServer();
        Orders.obey(Figures.NONE.with("port", server.port()), words -> switch (words[0]) {
            case "usage" -> Usage.soFar().with("oneways", server.onewaysReceived().sum());
            case "weigh" -> Usage.weight();
            default -> throw new IllegalArgumentException(words[0]);
        });
    }
}
