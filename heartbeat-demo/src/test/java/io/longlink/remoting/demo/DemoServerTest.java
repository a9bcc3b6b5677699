package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoServerTest {

    private static DemoServer server(int port) {
        Ledger ledger = new Ledger(new Workload(List.of("x")), 1, null);
        return new DemoServer(1, 1, port, Duration.ofMillis(100), ledger, Faults.NONE);
    }

    @Test
    void start_portTakenForAWhile_failsCleanlyAndTheNextOneSucceeds() throws IOException {
        int port;
        try (ServerSocket squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = squatter.getLocalPort();
            try (DemoServer unlucky = server(port)) {
                assertThrows(UncheckedIOException.class, unlucky::start);
            }
        }
        try (DemoServer lucky = server(port)) {
            lucky.start();
            assertEquals("127.0.0.1:" + port, lucky.address());
        }
    }
}
