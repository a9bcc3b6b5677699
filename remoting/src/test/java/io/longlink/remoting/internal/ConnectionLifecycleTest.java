package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.ConnectionState;
import org.junit.jupiter.api.Test;

class ConnectionLifecycleTest {
    private final ConnectionLifecycle lifecycle = new ConnectionLifecycle();

    @Test
    void new_isOpening() {
        assertEquals(ConnectionState.OPENING, lifecycle.state());
    }

    @Test
    void eachTransition_happensOnce() {
        assertTrue(lifecycle.tryReady());
        assertFalse(lifecycle.tryReady());
        assertEquals(ConnectionState.READY, lifecycle.state());
        assertTrue(lifecycle.tryDrain());
        assertFalse(lifecycle.tryDrain());
        assertEquals(ConnectionState.DRAINING, lifecycle.state());
        assertTrue(lifecycle.tryClose());
        assertFalse(lifecycle.tryClose());
        assertEquals(ConnectionState.CLOSED, lifecycle.state());
    }

    @Test
    void opening_canDrainAtOnce_andNeverBecomesReadyAfterwards() {
        assertTrue(lifecycle.tryDrain());
        assertFalse(lifecycle.tryReady());
        assertEquals(ConnectionState.DRAINING, lifecycle.state());
    }

    @Test
    void closed_isTheEnd() {
        assertTrue(lifecycle.tryClose());
        assertFalse(lifecycle.tryReady());
        assertFalse(lifecycle.tryDrain());
        assertEquals(ConnectionState.CLOSED, lifecycle.state());
    }
}
