package io.longlink.remoting.testkit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A leak detector that writes every resource into the ledger that is recording. While none is, it leaves them to the detector that would
 * have been there without it. Thread-safe.
 *
 * <p>Netty's classes fetch their detector once, when they are loaded, so this one has to be installed before.
 */
final class ExactLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final AtomicReference<@Nullable ResourceLedger> RECORDING = new AtomicReference<>();

    private final Class<?> type;
    private final ResourceLeakDetector<T> delegate;

    private ExactLeakDetector(Class<T> type, int samplingInterval, ResourceLeakDetector<T> delegate) {
        super(type, samplingInterval);
        this.type = type;
        this.delegate = delegate;
    }

    /** Makes Netty use such detectors from now on. Idempotent. */
    static synchronized void install() {
        ResourceLeakDetectorFactory before = ResourceLeakDetectorFactory.instance();
        if (!(before instanceof Factory)) {
            ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory(before));
        }
    }

    /** Returns whether this ledger now records: false if another one does. */
    static boolean record(ResourceLedger ledger) {
        return RECORDING.compareAndSet(null, ledger);
    }

    static void stop(ResourceLedger ledger) {
        RECORDING.compareAndSet(ledger, null);
    }

    @Override
    public @Nullable ResourceLeakTracker<T> track(T resource) {
        ResourceLedger ledger = RECORDING.get();
        return ledger == null ? delegate.track(resource) : ledger.add(type);
    }

    @Override
    public @Nullable ResourceLeakTracker<T> trackForcibly(T resource) {
        ResourceLedger ledger = RECORDING.get();
        return ledger == null ? delegate.trackForcibly(resource) : ledger.add(type);
    }

    @Override
    public boolean isRecordEnabled() {
        return delegate.isRecordEnabled();
    }

    @Override
    public void setLeakListener(LeakListener leakListener) {
        delegate.setLeakListener(leakListener);
    }

    private static final class Factory extends ResourceLeakDetectorFactory {

        private final ResourceLeakDetectorFactory before;

        Factory(ResourceLeakDetectorFactory before) {
            this.before = before;
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int samplingInterval) {
            return new ExactLeakDetector<>(type, samplingInterval, before.newResourceLeakDetector(type, samplingInterval));
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract in the superclass.
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(type, samplingInterval);
        }
    }
}
