package io.longlink.remoting.model;

import io.longlink.remoting.ChannelEventListener;
import io.longlink.remoting.netty.NettyEventExecutor;
import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The events of one side, delivered when asked for, without the thread that would deliver them. */
final class EventsOfModel implements ChannelEventListener {
    private final Map<Channel, List<String>> byChannel = new LinkedHashMap<>();

    /** Delivers what waits: the executor has not been started. */
    void deliver(NettyEventExecutor executor) {
        try {
            Field field = NettyEventExecutor.class.getDeclaredField("queue");
            field.setAccessible(true);
            Queue<?> queue = (Queue<?>) field.get(executor);
            for (Object delivery = queue.poll(); delivery != null; delivery = queue.poll()) {
                ((Runnable) delivery).run();
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private void heard(@Nullable Channel channel, String event) {
        if (channel != null) {
            byChannel.computeIfAbsent(channel, key -> new ArrayList<>()).add(event);
        }
    }

    /** What is wrong with the events of any connection, all of which have ended; {@code null} if nothing is. */
    @Nullable String judge() {
        for (List<String> events : byChannel.values()) {
            boolean inOrder = events.get(0).equals("CONNECT") && events.get(events.size() - 1).equals("CLOSE");
            if (!inOrder || events.stream().distinct().count() != events.size()) {
                return "events of one connection: " + events;
            }
        }
        return null;
    }

    @Override
    public void onChannelConnect(String remoteAddr, Channel channel) {
        heard(channel, "CONNECT");
    }

    @Override
    public void onChannelActive(String remoteAddr, Channel channel) {
        heard(channel, "ACTIVE");
    }

    @Override
    public void onChannelIdle(String remoteAddr, Channel channel) {
        heard(channel, "IDLE");
    }

    @Override
    public void onChannelException(String remoteAddr, @Nullable Channel channel) {
        heard(channel, "EXCEPTION");
    }

    @Override
    public void onChannelClose(String remoteAddr, Channel channel) {
        heard(channel, "CLOSE");
    }
}
