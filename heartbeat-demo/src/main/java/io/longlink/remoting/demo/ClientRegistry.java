package io.longlink.remoting.demo;

import io.longlink.remoting.client.heartbeat.HeartbeatData;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RemotingSerializable;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AttributeKey;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The clients a broker knows: one is registered when its HEART_BEAT arrives and forgotten when its connection is closed. Thread-safe.
 */
final class ClientRegistry {
    /** On a connection that a heartbeat has come on. It outlives the CLOSE, which overtakes requests that are still being executed. */
    private static final AttributeKey<Boolean> BEATEN = AttributeKey.valueOf(ClientRegistry.class, "beaten");

    private final Map<Channel, String> clients = new ConcurrentHashMap<>();
    private final LongAdder requestsBeforeBeat = new LongAdder();

    /** Registers the client that beats; the processor of HEART_BEAT. */
    RemotingCommand onBeat(ChannelHandlerContext ctx, RemotingCommand request) {
        byte[] body = request.getBody();
        HeartbeatData data = body == null ? null : RemotingSerializable.decode(body, HeartbeatData.class);
        if (data == null || data.getClientID() == null) {
            return RemotingCommand.createResponseCommand(ResponseCode.SYSTEM_ERROR, "a heartbeat of nobody");
        }
        Channel channel = ctx.channel();
        channel.attr(BEATEN).set(true);
        clients.put(channel, data.getClientID());
        if (!channel.isActive()) {
            // Its CLOSE may have been heard before, and will not come again.
            clients.remove(channel);
        }
        return RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
    }

    /** A message has come. */
    void onRequest(Channel channel) {
        if (channel.attr(BEATEN).get() == null) {
            requestsBeforeBeat.increment();
        }
    }

    /** A connection was closed. */
    void onClose(Channel channel) {
        clients.remove(channel);
    }

    /** How many clients are registered. */
    int size() {
        return new HashSet<>(clients.values()).size();
    }

    /** Messages on connections that no heartbeat had come on. */
    long requestsBeforeBeat() {
        return requestsBeforeBeat.sum();
    }
}
