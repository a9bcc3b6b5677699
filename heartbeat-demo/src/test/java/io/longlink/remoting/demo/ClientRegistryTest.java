package io.longlink.remoting.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.client.heartbeat.HeartbeatData;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who a broker knows, and since when. */
class ClientRegistryTest {
    private final ClientRegistry registry = new ClientRegistry();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext ctx = channel.pipeline().firstContext();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private int beat(String body) {
        RemotingCommand request = RemotingCommand.createRequestCommand(RequestCode.HEART_BEAT, null);
        request.setBody(body.getBytes(StandardCharsets.UTF_8));
        return registry.onBeat(ctx, request).getCode();
    }

    private int beat() {
        return beat(new HeartbeatData("client-1").toJson());
    }

    @Test
    void beat_registersAClient_closeForgetsIt() {
        assertEquals(ResponseCode.SUCCESS, beat());
        assertEquals(ResponseCode.SUCCESS, beat());
        assertEquals(1, registry.size());
        registry.onClose(channel);
        assertEquals(0, registry.size());
    }

    @Test
    void beat_ofNobody_isRefused() {
        assertEquals(ResponseCode.SYSTEM_ERROR, beat("{}"));
        assertEquals(0, registry.size());
    }

    @Test
    void beat_behindTheClose_registersNobody() {
        channel.close();
        registry.onClose(channel);
        assertEquals(ResponseCode.SUCCESS, beat());
        assertEquals(0, registry.size());
    }

    @Test
    void request_beforeTheBeat_isCounted_afterTheCloseItIsNot() {
        registry.onRequest(channel);
        assertEquals(1, registry.requestsBeforeBeat());
        assertEquals(ResponseCode.SUCCESS, beat());
        registry.onRequest(channel);
        registry.onClose(channel);
        registry.onRequest(channel);
        assertEquals(1, registry.requestsBeforeBeat());
    }
}
