package io.longlink.remoting.stress;

import io.longlink.remoting.ChannelEventListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one side's listener heard: the connections that live, and whether each was told as it should be. Thread-safe. */
final class Connections implements ChannelEventListener {
    private final String whose;
    private final Supplier<Story> story;

    // Guarded by this.
    private final Map<ChannelId, Channel> open = new LinkedHashMap<>();
    private final Set<ChannelId> active = new HashSet<>();
    private final Set<ChannelId> closed = new HashSet<>();
    private final List<String> wrongs = new ArrayList<>();
    private final Set<EventLoop> loops = new HashSet<>();

    Connections(String whose, Supplier<Story> story) {
        this.whose = whose;
        this.story = story;
    }

    private void heard(String what, @Nullable Channel channel) {
        story.get().add(whose + " hears " + what + (channel == null ? "" : " of " + channel));
    }

    private synchronized void check(boolean right, String what, Channel channel) {
        if (!right) {
            wrongs.add(what + " of " + channel);
        }
    }

    @Override
    public synchronized void onChannelConnect(String remoteAddr, Channel channel) {
        heard("CONNECT", channel);
        loops.add(channel.eventLoop());
        check(open.put(channel.id(), channel) == null && !closed.contains(channel.id()), "a second CONNECT", channel);
    }

    @Override
    public synchronized void onChannelActive(String remoteAddr, Channel channel) {
        heard("ACTIVE", channel);
        check(open.containsKey(channel.id()) && active.add(channel.id()), "ACTIVE out of turn", channel);
    }

    @Override
    public synchronized void onChannelIdle(String remoteAddr, Channel channel) {
        heard("IDLE", channel);
        check(open.containsKey(channel.id()), "IDLE out of turn", channel);
    }

    @Override
    public synchronized void onChannelException(String remoteAddr, @Nullable Channel channel) {
        heard("EXCEPTION", channel);
        if (channel != null) {
            check(open.containsKey(channel.id()), "EXCEPTION out of turn", channel);
        }
    }

    @Override
    public synchronized void onChannelClose(String remoteAddr, Channel channel) {
        heard("CLOSE", channel);
        check(open.remove(channel.id()) != null && closed.add(channel.id()), "CLOSE out of turn", channel);
        active.remove(channel.id());
    }

    /** The connection that was made last and is open still. */
    synchronized @Nullable Channel latest() {
        Channel latest = null;
        for (Channel each : open.values()) {
            latest = each;
        }
        return latest;
    }

    /** As above, and ready for traffic; the server may not know that it is not yet. */
    synchronized @Nullable Channel latestActive() {
        Channel latest = null;
        for (Channel each : open.values()) {
            latest = active.contains(each.id()) ? each : latest;
        }
        return latest;
    }

    synchronized @Nullable Channel withRemote(SocketAddress address) {
        return open.values().stream().filter(each -> address.equals(each.remoteAddress())).findAny().orElse(null);
    }

    /** The event loops of all connections. */
    synchronized List<EventLoop> loops() {
        return List.copyOf(loops);
    }

    synchronized int made() {
        return open.size() + closed.size();
    }

    /** What was told wrongly, now that no more will be told; empty if nothing was. */
    synchronized List<String> wrongsAtTheEnd() {
        List<String> all = new ArrayList<>(wrongs);
        open.values().forEach(channel -> all.add("no CLOSE of " + channel));
        return all;
    }
}
