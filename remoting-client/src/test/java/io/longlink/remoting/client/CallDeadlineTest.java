package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingTimeoutException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The deadline of a call that has left, on the clock of a real event loop. */
@ExtendWith(LeakGuard.class)
class CallDeadlineTest {

    @Test
    void call_thePeerNeverAnswers_failsAtItsDeadline() throws Exception {
        NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig().setNegotiate(false));
        client.start();
        try (ScriptedPeer server = ScriptedPeer.listen()) {
            RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
            CompletableFuture<RemotingCommand> answer = client.invoke("127.0.0.1:" + server.port(), request, 1_500);
            try (ScriptedPeer.Connection connection = server.accept()) {
                assertEquals(7, connection.receive().code());
                ExecutionException failure = assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
                RemotingException cause = assertInstanceOf(RemotingTimeoutException.class, failure.getCause());
                assertEquals(Outcome.UNKNOWN, cause.outcome());
            }
        } finally {
            assertTrue(client.shutdownGracefully(Duration.ZERO).join().addsUp());
        }
    }
}
