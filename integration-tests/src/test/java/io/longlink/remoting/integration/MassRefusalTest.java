package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.failure;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Twice as many requests refused at once as newcomers may wait (DESIGN 3.3.3): all find a place, none loses its permit. */
@ExtendWith(LeakGuard.class)
class MassRefusalTest {
    private static final int ASK = 7;
    private static final int REFUSED = 8_192;
    private static final int NEWCOMERS = 4_096;
    private static final int PERMITS = REFUSED + NEWCOMERS + 1;

    /** Behind the end of the test, even on a machine that is busy: here nothing is about time. */
    private static final int NEVER_MILLIS = 60_000;

    /** Less than fills any buffer, so that the line is empty as long as the connection is there. */
    private static final int BATCH = 256;

    @RegisterExtension
    final Services services = new Services();

    private final AtomicReference<CompletableFuture<Void>> session = new AtomicReference<>(CompletableFuture.completedFuture(null));

    private ScriptedPeer server;
    private NettyRemotingClient client;

    private static String nameOf(int i) {
        return i < REFUSED ? "" + i : "newcomer " + (i - REFUSED);
    }

    private CompletableFuture<RemotingCommand> call(String body) {
        return client.invoke(address(server.port()), Services.request(ASK, body), NEVER_MILLIS);
    }

    /** Calls so often, and takes what comes of it, which must be those calls in their order. */
    private List<Frame> ask(int count, ScriptedPeer.Connection connection, List<CompletableFuture<RemotingCommand>> calls) {
        List<Frame> asked = new ArrayList<>();
        while (asked.size() < count) {
            int until = Math.min(count, asked.size() + BATCH);
            for (int i = asked.size(); i < until; i++) {
                calls.add(call(nameOf(i)));
            }
            while (asked.size() < until) {
                asked.add(receive(connection, nameOf(asked.size())));
            }
        }
        return asked;
    }

    private static Frame receive(ScriptedPeer.Connection connection, String body) {
        Frame request = connection.receive();
        assertEquals(body, Scripts.text(request));
        return request;
    }

    private static byte[] inOneWrite(List<Frame> frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frames.forEach(frame -> bytes.writeBytes(frame.encode()));
        return bytes.toByteArray();
    }

    private void assertTooMany(String why, CompletableFuture<RemotingCommand> call) {
        RemotingTooMuchRequestException failure = assertInstanceOf(RemotingTooMuchRequestException.class, failure(Outcome.NOT_SENT, call));
        assertTrue(failure.getMessage().contains(why), failure::getMessage);
    }

    @Test
    void refusals_8192InAnyOrder_areSentAgainOldestFirst_beforeALineFullOfNewcomers_andKeepTheirPermits() throws Exception {
        server = services.peer();
        client = services.client(Services.clientConfig()
                .setClientAsyncSemaphoreValue(PERMITS)
                .setConnectTimeoutMillis(NEVER_MILLIS)
                .setSessionRestorer(restored -> session.get()));
        CompletableFuture<RemotingCommand> opening = call("opening");
        ScriptedPeer.Connection first = Scripts.acceptReady(server);
        first.send(Scripts.response(receive(first, "opening"), ""));
        get(opening);
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        List<Frame> asked = ask(REFUSED, first, calls);

        // The replacement waits for its session, and everybody else for the replacement.
        session.set(new CompletableFuture<>());
        first.send(Scripts.announcement(NEVER_MILLIS));
        ScriptedPeer.Connection second = Scripts.acceptReady(server);
        for (int i = 0; i < NEWCOMERS; i++) {
            calls.add(call(nameOf(REFUSED + i)));
        }
        assertTooMany("wait for", call("one too many"));
        List<Frame> refusals = new ArrayList<>(asked.stream().map(Scripts::refusal).toList());
        Collections.shuffle(refusals, new Random(42));
        first.sendBytes(inOneWrite(refusals));
        first.expectEndOfStream();
        assertTooMany("wait for", call("still one too many"));
        assertTrue(calls.stream().noneMatch(CompletableFuture::isDone));
        session.get().complete(null);

        List<Frame> answers = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            answers.add(Scripts.response(receive(second, nameOf(i)), nameOf(i)));
        }
        second.sendBytes(inOneWrite(answers));
        for (int i = 0; i < calls.size(); i++) {
            assertEquals(nameOf(i), Services.text(get(calls.get(i))));
        }
        assertEquals(REFUSED, client.stats().get(Counter.RETRIES));
        assertPermits(second);
    }

    /** As many calls as ever may be in flight at a time, and not one more. */
    private void assertPermits(ScriptedPeer.Connection connection) throws Exception {
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        List<Frame> asked = ask(PERMITS, connection, calls);
        assertTooMany("in flight", call("without a permit"));
        connection.sendBytes(inOneWrite(asked.stream().map(frame -> Scripts.response(frame, "")).toList()));
        for (CompletableFuture<RemotingCommand> call : calls) {
            get(call);
        }
    }
}
