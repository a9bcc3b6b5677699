package io.longlink.remoting.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.testkit.LeakGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakGuard.class)
class BalancerTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private Balancer balancer;
    private ServerSocket one;
    private ServerSocket two;

    @BeforeEach
    void start() throws IOException {
        balancer = Balancer.start();
        one = new ServerSocket(0, 5, HERE);
        two = new ServerSocket(0, 5, HERE);
        balancer.add(one.getLocalPort());
        balancer.add(two.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        balancer.close();
        one.close();
        two.close();
    }

    private Socket connect() throws IOException {
        return new Socket(HERE, balancer.port());
    }

    @Test
    void connections_goToTheBackendsInTurn_bytesBothWays() throws IOException {
        try (Socket first = connect();
                Socket atOne = one.accept();
                Socket second = connect();
                Socket atTwo = two.accept()) {
            first.getOutputStream().write(1);
            second.getOutputStream().write(2);
            assertEquals(1, atOne.getInputStream().read());
            assertEquals(2, atTwo.getInputStream().read());
            atOne.getOutputStream().write(3);
            assertEquals(3, first.getInputStream().read());
        }
    }

    @Test
    void backendThatDoesNotAccept_isPassedOver() throws IOException {
        one.close();
        try (Socket client = connect();
                Socket atTwo = two.accept()) {
            client.getOutputStream().write(1);
            assertEquals(1, atTwo.getInputStream().read());
        }
    }

    @Test
    void noBackend_endsTheConnection() throws IOException {
        balancer.remove(one.getLocalPort());
        two.close();
        try (Socket client = connect()) {
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void endOfStream_isPassedOnAsHalfAClose() throws IOException {
        try (Socket client = connect();
                Socket atOne = one.accept()) {
            client.shutdownOutput();
            assertEquals(-1, atOne.getInputStream().read());
            atOne.getOutputStream().write(7);
            atOne.shutdownOutput();
            assertEquals(7, client.getInputStream().read());
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void reset_isPassedOn() throws IOException {
        try (Socket client = connect()) {
            Socket atOne = one.accept();
            // Before that, the balancer would go to the next backend.
            client.getOutputStream().write(1);
            assertEquals(1, atOne.getInputStream().read());
            atOne.setSoLinger(true, 0);
            atOne.close();
            assertThrows(IOException.class, client.getInputStream()::read);
        }
    }
}
