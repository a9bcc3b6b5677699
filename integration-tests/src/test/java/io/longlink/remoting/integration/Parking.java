package io.longlink.remoting.integration;

import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Requests whose answer comes later, by somebody else. Thread-safe. */
final class Parking {
    private record Parked(Channel channel, RemotingCommand request) {}

    private final Queue<Parked> parked = new ConcurrentLinkedQueue<>();

    void park(Channel channel, RemotingCommand request) {
        parked.add(new Parked(channel, request));
    }

    int size() {
        return parked.size();
    }

    /** Answers all that are parked, and tells whose they were. */
    List<String> answerAll(int code) {
        List<String> answered = new ArrayList<>();
        for (Parked next = parked.poll(); next != null; next = parked.poll()) {
            RemotingCommand response = Services.response(Services.text(next.request));
            response.setCode(code);
            response.setOpaque(next.request.getOpaque());
            next.channel.writeAndFlush(response);
            answered.add(Services.text(next.request));
        }
        return answered;
    }
}
