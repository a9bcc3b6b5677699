package io.longlink.remoting.testkit;

import static io.longlink.remoting.testkit.Messages.assertContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.testkit.Frame.Serialization;
import io.longlink.remoting.testkit.ScriptedPeer.Connection;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ScriptedPeerTest {

    private static final Duration MOMENT = Duration.ofMillis(20);

    private ScriptedPeer server;
    private Connection client;
    private Connection accepted;

    @BeforeEach
    void connect() {
        server = ScriptedPeer.listen();
        client = ScriptedPeer.connect(server.port());
        accepted = server.accept();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void send_bothWays_arrivesAsFrames() {
        Frame request = Frame.request(34).withOpaque(1).withExt("a", "b");
        client.send(request);
        client.send(request.withSerialization(Serialization.ROCKETMQ));
        assertEquals(request, accepted.receive());
        assertEquals(request.withSerialization(Serialization.ROCKETMQ), accepted.receive());
        accepted.send(Frame.response(request, 0));
        assertEquals(Frame.response(request, 0), client.receive());
    }

    @Test
    void acceptReady_clientSaysHello_bothAreDoneWithIt() throws Exception {
        CompletableFuture<Connection> ready = CompletableFuture.supplyAsync(server::acceptReady);
        try (Connection second = ScriptedPeer.connect(server.port()).sayHello()) {
            second.send(Frame.request(34));
            assertEquals(Frame.request(34), ready.get().receive());
        }
    }

    @Test
    void acceptReady_anotherFrame_failsAndShowsIt() {
        try (Connection second = ScriptedPeer.connect(server.port())) {
            second.send(Frame.request(34));
            assertContains("code=34", assertThrows(AssertionError.class, server::acceptReady));
        }
    }

    @Test
    void sayHello_refused_failsAndShowsTheAnswer() {
        accepted.send(Frame.refusal(Frame.hello()));
        assertContains("please go away", assertThrows(AssertionError.class, client::sayHello));
        assertEquals(Frame.hello(), accepted.receive());
    }

    @Test
    void sendBytes_oneByOne_arriveAsOneFrame() {
        Frame frame = Frame.request(34).withBody(new byte[] {1, 2});
        for (byte b : frame.encode()) {
            client.sendBytes(new byte[] {b});
        }
        assertEquals(frame, accepted.receive());
    }

    @Test
    void expectNoFrame_silence_passes() {
        accepted.expectNoFrame(MOMENT);
        client.send(Frame.request(1));
        assertEquals(1, accepted.receive().code());
    }

    @Test
    void expectNoFrame_frameOrEnd_failsAndTellsWhich() {
        client.send(Frame.request(4711));
        assertFails("code=4711", () -> accepted.expectNoFrame(ScriptedPeer.TIMEOUT));
        client.halfClose();
        assertFails("it ended; so far 1 frames", () -> accepted.expectNoFrame(ScriptedPeer.TIMEOUT));
    }

    @Test
    void receive_streamEndsWithinFrame_failsAndTellsWhatCame() {
        client.send(Frame.request(4711));
        byte[] frame = Frame.request(1).encode();
        client.sendBytes(Arrays.copyOf(frame, 6));
        client.halfClose();
        accepted.receive();
        assertFails("so far 1 frames, the last of them [request[code=4711", accepted::receive);
        assertFails("then 6 bytes 000000", accepted::receive);
    }

    @Test
    void receive_garbage_fails() {
        client.sendBytes("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII));
        assertFails("no frame has a length word of 1195725856", accepted::receive);
    }

    @Test
    void halfClose_thenOtherDirection_staysOpen() {
        client.halfClose();
        accepted.expectEndOfStream();
        accepted.send(Frame.oneway(7));
        assertEquals(7, client.receive().code());
        accepted.close();
        client.expectEndOfStream();
    }

    @Test
    void expectEndOfStream_frameOrReset_failsAndTellsWhich() {
        client.send(Frame.request(4711));
        assertFails("code=4711", accepted::expectEndOfStream);
        client.reset();
        assertFails("reset", accepted::expectEndOfStream);
    }

    @Test
    void expectReset_resetBehindBytes_passes() {
        client.send(Frame.request(1));
        client.reset();
        accepted.expectReset();
    }

    @Test
    void expectReset_orderlyEnd_fails() {
        client.close();
        assertFails("ended in order", accepted::expectReset);
    }

    @Test
    void close_ownEnd_receiveSaysSo() {
        client.close();
        assertThrows(UncheckedIOException.class, client::receive);
    }

    @Test
    void listen_closed_closesAcceptedAndRefusesMore() {
        server.close();
        client.expectEndOfStream();
        assertThrows(UncheckedIOException.class, () -> ScriptedPeer.connect(server.port()));
    }

    @Test
    void connectWithReceiveBuffer_frameBeyondIt_arrivesWhole() {
        Frame big = Frame.request(1).withBody(new byte[100_000]);
        try (Connection small = ScriptedPeer.connectWithReceiveBuffer(server.port(), 4096)) {
            Connection sender = server.accept();
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sender.send(big));
            assertEquals(big, small.receive());
            sent.join();
        }
    }

    @Test
    void send_otherEndReadsNothing_blocksUntilItDoes() throws Exception {
        try (ScriptedPeer slow = ScriptedPeer.listenWithReceiveBuffer(4096);
                Connection sender = ScriptedPeer.connect(slow.port())) {
            Connection reader = slow.accept();
            Frame big = Frame.request(1).withBody(new byte[12 * 1024 * 1024]);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sender.send(big));
            assertThrows(TimeoutException.class, () -> sent.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS));
            assertEquals(big, reader.receive());
            sent.get(5, TimeUnit.SECONDS);
        }
    }

    private static void assertFails(String message, Runnable expectation) {
        assertContains(message, assertThrows(AssertionError.class, expectation::run));
    }
}
