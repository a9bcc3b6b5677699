package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A parked message is either executed and answered, or refused. */
class GroupCommitTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final GroupCommit commit = new GroupCommit("commit-test", Duration.ofMillis(50));
    private final RemotingCommand request = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE, null);
    private final AtomicInteger executed = new AtomicInteger();

    @AfterEach
    void stop() {
        commit.stop();
        channel.finishAndReleaseAll();
    }

    private RemotingCommand nextAnswer() {
        channel.runPendingTasks();
        return channel.readOutbound();
    }

    @Test
    void commit_parkedMessage_isExecutedAndAnsweredOnce() {
        assertNull(commit.park(channel, request, executed::incrementAndGet));
        assertEquals(1, commit.size());
        commit.start();
        RemotingCommand answer = Awaitility.await().until(this::nextAnswer, found -> found != null);
        assertEquals(ResponseCode.SUCCESS, answer.getCode());
        assertEquals(request.getOpaque(), answer.getOpaque());
        commit.refuseAll();
        assertNull(nextAnswer());
        assertEquals(1, executed.get());
        assertEquals(0, commit.refused());
    }

    @Test
    void refuseAll_parkedMessage_isRefusedAndNeverExecuted() {
        assertNull(commit.park(channel, request, executed::incrementAndGet));
        commit.refuseAll();
        RemotingCommand answer = nextAnswer();
        assertNotNull(answer);
        assertEquals(ResponseCode.GO_AWAY, answer.getCode());
        assertEquals(request.getOpaque(), answer.getOpaque());
        assertEquals(0, commit.size());
        assertEquals(1, commit.refused());
        assertEquals(0, executed.get());
    }

    @Test
    void park_afterRefuseAll_isRefusedAtOnce() {
        commit.refuseAll();
        RemotingCommand answer = commit.park(channel, request, executed::incrementAndGet);
        assertNotNull(answer);
        assertEquals(ResponseCode.GO_AWAY, answer.getCode());
        assertEquals(0, commit.size());
        assertEquals(1, commit.refused());
    }
}
