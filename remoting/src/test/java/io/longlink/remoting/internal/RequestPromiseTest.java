package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestPromiseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<@Nullable Throwable> heard = new ArrayList<>();
    private final RequestPromise promise = new RequestPromise(channel, heard::add);
    private final IOException failure = new IOException("expected");

    @AfterEach
    void tearDown() {
        channel.finishAndReleaseAll();
    }

    @Test
    void success_isToldOnce_andNoFailureBehindIt() {
        assertTrue(promise.setUncancellable());
        assertFalse(promise.cancel(true));
        assertTrue(promise.trySuccess());
        assertFalse(promise.tryFailure(failure));
        promise.setSuccess();
        assertEquals(Arrays.asList((Throwable) null), heard);
    }

    @Test
    void failure_isToldOnce_andNoSuccessBehindIt() {
        promise.setFailure(failure);
        assertFalse(promise.trySuccess());
        assertFalse(promise.tryFailure(new IOException("late")));
        assertEquals(List.of(failure), heard);
    }

    @Test
    void listener_thatThrows_disturbsNobody() {
        RequestPromise broken = new RequestPromise(channel, ignored -> {
            throw new AssertionError("expected");
        });
        assertTrue(broken.trySuccess());
        assertFalse(broken.trySuccess());
    }

    @Test
    void listener_isTheOneItWasMadeWith() {
        assertThrows(IllegalStateException.class, () -> promise.addListener(done -> {}));
    }
}
