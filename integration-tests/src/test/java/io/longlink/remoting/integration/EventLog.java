package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.ChannelEventListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Writes down what a listener hears. Thread-safe. */
final class EventLog implements ChannelEventListener {

    /** What a listener can hear. */
    enum Kind {
        CONNECT,
        ACTIVE,
        IDLE,
        EXCEPTION,
        CLOSE
    }

    /** @param connection {@code null} for an attempt that did not come to a connection */
    record Entry(Kind kind, String address, ChannelId connection) {}

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    private void add(Kind kind, String address, Channel channel) {
        entries.add(new Entry(kind, address, channel == null ? null : channel.id()));
    }

    long count(Kind kind) {
        return entries.stream().filter(entry -> entry.kind() == kind).count();
    }

    /** What was heard of each connection, in order; failed attempts are not in it. */
    List<List<Kind>> connections() {
        Map<ChannelId, List<Kind>> byConnection = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.connection() != null) {
                byConnection.computeIfAbsent(entry.connection(), id -> new ArrayList<>()).add(entry.kind());
            }
        }
        return List.copyOf(byConnection.values());
    }

    /** The attempts that did not come to a connection. */
    long failedAttempts() {
        return entries.stream().filter(entry -> entry.connection() == null).count();
    }

    /** Asserts that exactly one connection ended, and what was heard of it. */
    void assertOneConnection(Kind... kinds) {
        Services.eventually().until(() -> count(Kind.CLOSE) == 1);
        assertEquals(List.of(List.of(kinds)), connections(), entries::toString);
    }

    @Override
    public void onChannelConnect(String remoteAddr, Channel channel) {
        add(Kind.CONNECT, remoteAddr, channel);
    }

    @Override
    public void onChannelActive(String remoteAddr, Channel channel) {
        add(Kind.ACTIVE, remoteAddr, channel);
    }

    @Override
    public void onChannelIdle(String remoteAddr, Channel channel) {
        add(Kind.IDLE, remoteAddr, channel);
    }

    @Override
    public void onChannelException(String remoteAddr, Channel channel) {
        add(Kind.EXCEPTION, remoteAddr, channel);
    }

    @Override
    public void onChannelClose(String remoteAddr, Channel channel) {
        add(Kind.CLOSE, remoteAddr, channel);
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
