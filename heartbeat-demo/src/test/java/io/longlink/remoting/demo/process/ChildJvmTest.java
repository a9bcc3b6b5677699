package io.longlink.remoting.demo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, quick ones. */
class ChildJvmTest {

    /** Says its arguments, then repeats what it is told until its input ends. */
    static final class Parrot {
        public static void main(String[] args) throws IOException {
            System.out.println(String.join(" ", args));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(line);
            }
        }
    }

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private ChildJvm parrot() {
        return ChildJvm.start(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"), Parrot.class, List.of("a", "b c"), heard::add);
    }

    private String next() throws InterruptedException {
        String line = heard.poll(20, TimeUnit.SECONDS);
        return line == null ? "nothing" : line;
    }

    @Test
    void child_toldALine_answersIt() throws Exception {
        try (ChildJvm child = parrot()) {
            assertEquals("a b c", next());
            child.send("hello");
            assertEquals("hello", next());
            assertFalse(child.awaitEnd(0));
        }
    }

    @Test
    void kill_child_endsItsOutputAndRefusesLines() throws Exception {
        try (ChildJvm child = parrot()) {
            assertEquals("a b c", next());
            child.kill();
            assertTrue(child.awaitEnd(20_000));
            child.outputEnded().get(20, TimeUnit.SECONDS);
            assertThrows(UncheckedIOException.class, () -> child.send("anybody there?"));
        }
    }

    /** Says much at once, then makes a file and waits. */
    static final class Chatterbox {
        public static void main(String[] args) throws IOException {
            System.out.print("so much to say\n".repeat(1_000));
            System.out.flush();
            Files.createFile(Path.of(args[0]));
            System.in.read();
        }
    }

    @Test
    void kill_childWithUnreadOutput_losesNoneOfIt(@TempDir Path directory) throws Exception {
        Path written = directory.resolve("written");
        CountDownLatch read = new CountDownLatch(1);
        AtomicInteger lines = new AtomicInteger();
        try (ChildJvm child = ChildJvm.start(List.of("-Xmx64m"), Chatterbox.class, List.of(written.toString()), line -> {
            await(read);
            lines.incrementAndGet();
        })) {
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> Files.exists(written));
            child.kill();
            assertTrue(child.awaitEnd(20_000));
            read.countDown();
            child.outputEnded().get(20, TimeUnit.SECONDS);
            assertEquals(1_000, lines.get());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void listener_thatThrows_isToldByTheEnd() throws Exception {
        try (ChildJvm child = ChildJvm.start(List.of("-Xmx64m"), Parrot.class, List.of("x"), line -> {
            throw new IllegalStateException("no " + line);
        })) {
            CompletionException e = assertThrows(CompletionException.class, () -> child.outputEnded().orTimeout(20, TimeUnit.SECONDS).join());
            assertEquals("no x", e.getCause().getMessage());
        }
    }
}
