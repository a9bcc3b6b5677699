package io.longlink.remoting.client;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.AddressStateListener;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells {@link AddressStateListener}s of changes, one at a time. What waits is one change per address at most, so it needs no bound of its
 * own. Thread-safe.
 */
final class AddressWatchers {

    private record Change(String address, AddressState before, AddressState after) {}

    private static final Logger log = LoggerFactory.getLogger(AddressWatchers.class);

    private final Executor executor;
    private final List<AddressStateListener> listeners = new CopyOnWriteArrayList<>();

    /** What has not been told, in order; also the lock that guards it and {@link #telling}. Nobody is called under it. */
    private final Map<String, Change> untold = new LinkedHashMap<>();

    private boolean telling;

    AddressWatchers(Executor executor) {
        this.executor = executor;
    }

    void add(AddressStateListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    void remove(AddressStateListener listener) {
        listeners.remove(listener);
    }

    /** Never blocks for a listener. */
    void onState(String address, AddressState before, AddressState after) {
        synchronized (untold) {
            // Also if nobody listens now: whoever comes next must not hear of what is over.
            Change waiting = untold.remove(address);
            AddressState told = waiting == null ? before : waiting.before();
            if (told != after && !listeners.isEmpty()) {
                untold.put(address, new Change(address, told, after));
            }
            if (telling || untold.isEmpty()) {
                return;
            }
            telling = true;
        }
        try {
            executor.execute(this::tellAll);
        } catch (RuntimeException | Error e) {
            // Full, ended, or no thread to be had; the next change tries again, and tells this one too.
            synchronized (untold) {
                telling = false;
            }
            log.debug("nobody is told now that {} became {}: {}", address, after, e.toString());
        }
    }

    private void tellAll() {
        for (Change change = poll(); change != null; change = poll()) {
            for (AddressStateListener listener : listeners) {
                // The one before may have removed it.
                if (listeners.contains(listener)) {
                    tell(listener, change);
                }
            }
        }
    }

    private static void tell(AddressStateListener listener, Change change) {
        try {
            listener.onAddressState(change.address(), change.before(), change.after());
        } catch (Throwable e) {
            // Whatever a listener throws, an Error included, the next change is not its business.
            String name = listener.getClass().getName();
            try {
                log.error("listener {} failed on {}", name, change, e);
            } catch (Throwable unspeakable) {
                log.error("listener {} failed on {} with a {} that cannot be logged", name, change, e.getClass().getName());
            }
        }
    }

    private @Nullable Change poll() {
        synchronized (untold) {
            Iterator<Change> next = untold.values().iterator();
            if (!next.hasNext()) {
                telling = false;
                return null;
            }
            Change change = next.next();
            next.remove();
            return change;
        }
    }
}
