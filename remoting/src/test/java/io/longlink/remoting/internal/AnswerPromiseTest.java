package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerPromiseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AnswerPromise promise = new AnswerPromise(channel);
    private final IOException failure = new IOException("expected");

    @AfterEach
    void tearDown() {
        channel.finishAndReleaseAll();
    }

    @Test
    void writes_thatEnd_leaveItAsItWas() {
        assertTrue(promise.setUncancellable());
        assertTrue(promise.trySuccess());
        assertTrue(promise.tryFailure(failure));
        assertFalse(promise.cancel(true));
        assertFalse(promise.isDone());
        assertSame(failure, promise.takeFailure());
        assertNull(promise.takeFailure());
    }

    @Test
    void whoWantsToHear_getsAPromiseOfHisOwn() {
        assertThrows(IllegalStateException.class, () -> promise.addListener(done -> {}));
        ChannelPromise one = promise.unvoid();
        List<String> heard = new ArrayList<>();
        one.addListener(done -> heard.add("done"));
        one.setFailure(failure);
        assertTrue(heard.contains("done"));
        assertSame(failure, promise.takeFailure());
    }
}
