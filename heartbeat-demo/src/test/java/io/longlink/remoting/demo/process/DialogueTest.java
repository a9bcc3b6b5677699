package io.longlink.remoting.demo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both ends of a dialogue; one real process. */
@Timeout(60)
class DialogueTest {
    private static final long MILLIS = 20_000;

    /** Says what it was told to say; dies when told so. */
    static final class Servant {
        public static void main(String[] args) throws IOException {
            Commands.serve(System.in, System.out, (command, answers) -> {
                if (command.equals("die")) {
                    Runtime.getRuntime().halt(3);
                }
                answers.println(command);
            });
        }
    }

    @Test
    void dialogue_answersInOrder_anythingElseIsAnError() throws Exception {
        try (Dialogue talk = new Dialogue("the test", Servant.class)) {
            assertEquals("2 3", talk.ask("one 2 3", "one", MILLIS));
            talk.say("two");
            assertEquals("", talk.hear("two", MILLIS));
            talk.hearNothing(10);
            talk.say("three");
            IllegalStateException unexpected = assertThrows(IllegalStateException.class, () -> talk.hear("four", MILLIS));
            assertTrue(unexpected.getMessage().endsWith("it said 'three'"), unexpected::getMessage);
            assertThrows(IllegalStateException.class, () -> talk.hear("five", 1));
            talk.say("die");
            IllegalStateException end = assertThrows(IllegalStateException.class, () -> talk.hearNothing(MILLIS));
            assertTrue(end.getMessage().endsWith("it said 'its end'"), end::getMessage);
        }
    }

    @Test
    void commands_thatFail_areAnsweredWithWhy() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CountDownLatch second = new CountDownLatch(1);
        PipedOutputStream commands = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(commands);
        Thread reader = new Thread(() -> serve(in, out, second));
        reader.start();
        commands.write("bad\ngood\n".getBytes(StandardCharsets.UTF_8));
        commands.flush();
        assertTrue(second.await(MILLIS, TimeUnit.MILLISECONDS));
        commands.close();
        reader.join(MILLIS);
        assertEquals("failed java.lang.IllegalArgumentException: bad", out.toString(StandardCharsets.UTF_8).lines().findFirst().orElse(""));
    }

    private static void serve(InputStream in, ByteArrayOutputStream out, CountDownLatch second) {
        try {
            Commands.serve(in, new PrintStream(out, true, StandardCharsets.UTF_8), (command, answers) -> {
                if (command.equals("bad")) {
                    throw new IllegalArgumentException(command);
                }
                second.countDown();
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void commands_inputEndsWhileOneIsCarriedOut_returns() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        InputStream in = new ByteArrayInputStream("wait\n".getBytes(StandardCharsets.UTF_8));
        Commands.serve(in, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), (command, answers) -> never.await());
        assertEquals(1, never.getCount());
    }

    @Test
    void freePorts_areDifferent_andFreeUntilSomebodyListens() throws Exception {
        var ports = FreePorts.find(3);
        assertEquals(3, ports.stream().distinct().count());
        try (var socket = new java.net.ServerSocket(ports.get(0), 1, java.net.InetAddress.getLoopbackAddress())) {
            assertEquals(false, FreePorts.canListen("127.0.0.1", socket.getLocalPort()));
        }
        assertEquals(false, FreePorts.canListen("192.0.2.1", 0), "an address that nobody has");
    }
}
