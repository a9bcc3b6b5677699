package io.longlink.remoting.internal;

import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.protocol.RequestCode;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Who answers which code. Read by any thread without a lock; a change replaces the whole snapshot. */
final class ProcessorTable {

    /** A processor and where it runs. */
    record Registration(NettyRequestProcessor processor, Executor executor) {}

    private record Snapshot(IntObjectMap<Registration> byCode, @Nullable Registration fallback) {}

    private volatile Snapshot snapshot = new Snapshot(new IntObjectHashMap<>(), null);

    /** Who answers this code, the default processor included; {@code null} if nobody does. */
    @Nullable Registration find(int code) {
        Snapshot now = snapshot;
        Registration exact = now.byCode.get(code);
        return exact != null ? exact : now.fallback;
    }

    synchronized void register(int code, Registration registration) {
        if (RequestCode.isOwn(code)) {
            throw new IllegalArgumentException("request codes 1500 to 1502 belong to the library: " + code);
        }
        // The lock orders writers, so that none works on a copy that is out of date; nothing is called under it.
        IntObjectMap<Registration> copy = new IntObjectHashMap<>();
        copy.putAll(snapshot.byCode);
        copy.put(code, registration);
        snapshot = new Snapshot(copy, snapshot.fallback);
    }

    synchronized void registerDefault(Registration registration) {
        snapshot = new Snapshot(snapshot.byCode, registration);
    }
}
