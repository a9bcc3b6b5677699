package io.longlink.remoting.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The JVM of a server: says its port, then its usage whenever it is asked, and ends with its input. */
final class ServerProcess {
    private ServerProcess() {}

    public static void main(String[] args) throws IOException {
        EchoServer server = Contender.valueOf(args[0]).startServer();
        System.out.println(server.port());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.out.println(Usage.ofThisJvm().line());
        }
        // Nobody is to wait for a contender's way of ending.
        Runtime.getRuntime().halt(0);
    }
}
