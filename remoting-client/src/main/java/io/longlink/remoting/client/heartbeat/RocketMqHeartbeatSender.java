package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** RocketMQ's heartbeat: HEART_BEAT (34) with a {@link HeartbeatData} as its body, which a real broker answers with 0. Thread-safe. */
public final class RocketMqHeartbeatSender implements HeartbeatSender {
    private final Supplier<HeartbeatData> data;

    /**
     * A sender.
     *
     * @param data who we are at the time of a beat; called for each, on the heartbeat service's thread
     */
    public RocketMqHeartbeatSender(Supplier<HeartbeatData> data) {
        this.data = Objects.requireNonNull(data, "data");
    }

    @Override
    public CompletionStage<HeartbeatResult> send(Target target) {
        RemotingCommand request = RemotingCommand.createRequestCommand(RequestCode.HEART_BEAT, new HeartbeatRequestHeader());
        request.setBody(data.get().encode());
        return target.invoke(request, target.timeoutMillis()).thenApply(HeartbeatResult::of);
    }
}
