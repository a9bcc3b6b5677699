package io.longlink.remoting.internal;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells in its answer to HELLO (DESIGN 3.1).
 *
 * @param minPingIntervalMillis PINGs that come more often are too many
 * @param maxIdleMillis a peer silent for longer is closed
 */
public record HelloAnswer(long minPingIntervalMillis, long maxIdleMillis) {
    private static final String EXT_FEATURES = "features";
    private static final String EXT_MIN_PING_INTERVAL = "minPingIntervalMillis";
    private static final String EXT_MAX_IDLE = "maxIdleMillis";
    private static final String FEATURES = "goAway,ping";

    /** The first frame of a connection, client to server. */
    public static RemotingCommand request() {
        RemotingCommand hello = RemotingCommand.createRequestCommand(RequestCode.HELLO, null);
        hello.addExtField(EXT_FEATURES, FEATURES);
        return hello;
    }

    RemotingCommand toResponse(RemotingCommand hello) {
        RemotingCommand response = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
        response.setOpaque(hello.getOpaque());
        response.setSerializeTypeCurrentRPC(hello.getSerializeTypeCurrentRPC());
        response.addExtField(EXT_FEATURES, FEATURES);
        response.addExtField(EXT_MIN_PING_INTERVAL, Long.toString(minPingIntervalMillis));
        response.addExtField(EXT_MAX_IDLE, Long.toString(maxIdleMillis));
        return response;
    }

    /** Reads an answer; {@code null} if it is not one of a HELLO peer. */
    public static @Nullable HelloAnswer parse(RemotingCommand response) {
        Map<String, String> fields = response.getExtFields();
        if (response.getCode() != ResponseCode.SUCCESS || fields == null) {
            return null;
        }
        String minPing = fields.get(EXT_MIN_PING_INTERVAL);
        String maxIdle = fields.get(EXT_MAX_IDLE);
        if (minPing == null) {
            return null;
        }
        try {
            return new HelloAnswer(Long.parseLong(minPing), maxIdle == null ? 0 : Long.parseLong(maxIdle));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
