package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.protocol.RemotingCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionGateTest {
    private final ConnectionGate gate = new ConnectionGate();

    private static RemotingCommand request(int version) {
        RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
        request.setVersion(version);
        return request;
    }

    private static RemotingCommand oneway(int version) {
        RemotingCommand request = request(version);
        request.markOnewayRPC();
        return request;
    }

    @ParameterizedTest
    @CsvSource({"475, false", "476, true", "0, false", "-1, false", "-2147483648, false", "515, true", "2147483647, true"})
    void flipped_refusesTwoWayRequestsOfNewPeersOnly(int version, boolean refused) {
        assertFalse(gate.refuses(request(version)));
        gate.tryFlip();
        assertEquals(refused, gate.refuses(request(version)));
        assertFalse(gate.refuses(oneway(version)));
    }

    @Test
    void flip_happensOnce() {
        assertFalse(gate.isFlipped());
        assertTrue(gate.tryFlip());
        assertTrue(gate.isFlipped());
        assertFalse(gate.tryFlip());
        assertTrue(gate.isFlipped());
    }
}
