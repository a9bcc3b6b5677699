package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * What a broker said to a heartbeat.
 *
 * @param code of its answer; {@link ResponseCode#SUCCESS} means that it knows us now
 * @param remark its words, {@code null} if there were none
 */
public record HeartbeatResult(int code, @Nullable String remark) {

    /** The result that an answer is. */
    public static HeartbeatResult of(RemotingCommand response) {
        return new HeartbeatResult(response.getCode(), response.getRemark());
    }

    /** Whether the broker knows us now. */
    public boolean isSuccess() {
        return code == ResponseCode.SUCCESS;
    }
}
