package io.longlink.remoting.stress;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Requests that wait for an answer until somebody asks for it, each answered by one thread. Thread-safe. */
final class Parking {

    private record Parked(Call call, Channel channel, RemotingCommand request) {}

    private final Queue<Parked> parked = new ConcurrentLinkedQueue<>();

    void park(Call call, Channel channel, RemotingCommand request) {
        call.tell("is parked");
        parked.add(new Parked(call, channel, request));
    }

    /** What a drain hook does: some get their result, and some are told to go away. */
    void answerOrRefuseAll() {
        for (Parked next = parked.poll(); next != null; next = parked.poll()) {
            if (next.call.plan().refusedByHook()) {
                next.call.tell("is refused by the hook");
                RemotingCommand refusal = RemotingCommand.createResponseCommand(ResponseCode.GO_AWAY, "parked, and not begun");
                refusal.setOpaque(next.request.getOpaque());
                next.channel.writeAndFlush(refusal);
            } else {
                answer(next, "in the hook");
            }
        }
    }

    void answerAll() {
        for (Parked next = parked.poll(); next != null; next = parked.poll()) {
            answer(next, "at last");
        }
    }

    private static void answer(Parked parked, String where) {
        parked.call.ran(where);
        parked.channel.writeAndFlush(parked.call.response(parked.request));
    }
}
