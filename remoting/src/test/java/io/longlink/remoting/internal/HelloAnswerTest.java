package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.SerializeType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HelloAnswerTest {

    private static RemotingCommand response(int code, Map<String, String> fields) {
        RemotingCommand response = RemotingCommand.createResponseCommand(code, null);
        response.setExtFields(fields);
        return response;
    }

    @Test
    void answer_isReadAsItWasWritten() {
        RemotingCommand hello = HelloAnswer.request();
        hello.setSerializeTypeCurrentRPC(SerializeType.ROCKETMQ);
        assertEquals(1501, hello.getCode());
        assertFalse(hello.isOnewayRPC());
        assertNotNull(hello.getExtField("features"));
        RemotingCommand response = new HelloAnswer(5_000, 120_000).toResponse(hello);
        assertEquals(hello.getOpaque(), response.getOpaque());
        assertEquals(SerializeType.ROCKETMQ, response.getSerializeTypeCurrentRPC());
        assertEquals(new HelloAnswer(5_000, 120_000), HelloAnswer.parse(response));
    }

    @Test
    void answer_ofSomebodyElse_isNone() {
        assertNull(HelloAnswer.parse(response(0, null)));
        assertNull(HelloAnswer.parse(response(0, Map.of("features", "goAway"))));
        assertNull(HelloAnswer.parse(response(0, Map.of("minPingIntervalMillis", "soon"))));
        assertNull(HelloAnswer.parse(response(0, Map.of("minPingIntervalMillis", "1", "maxIdleMillis", "never"))));
        assertNull(HelloAnswer.parse(response(1, Map.of("minPingIntervalMillis", "1"))));
        assertEquals(new HelloAnswer(1, 0), HelloAnswer.parse(response(0, Map.of("minPingIntervalMillis", "1"))));
    }
}
