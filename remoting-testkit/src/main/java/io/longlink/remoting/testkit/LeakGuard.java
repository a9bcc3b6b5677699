package io.longlink.remoting.testkit;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * A JUnit extension that fails a test which leaves something behind:
 *
 * <ul>
 *   <li>a live thread whose name begins with a given prefix, {@code longlink} by default, and that was not there before; reported with its
 *       stack
 *   <li>a buffer, or anything else that Netty watches for leaks such as a timer, that was allocated meanwhile and not released; reported
 *       with where it was allocated and what saw it last
 *   <li>an exception that nobody caught, on any thread. Netty catches and logs what a task on an event loop throws: not seen here
 * </ul>
 *
 * <p>What still goes away within 5 seconds after the test is not left behind. {@code @AfterEach} methods run before the check, fields of
 * the test instance are set before the watch begins.
 *
 * <pre>{@code
 * @ExtendWith(LeakGuard.class)                                        // around each test with its @BeforeEach and @AfterEach
 *
 * @RegisterExtension
 * static final LeakGuard LEAKS = LeakGuard.perClass();                // around the class, where its tests share a server
 * }</pre>
 *
 * <p>Buffers are counted exactly, reachable or not, without a garbage collection or system properties. That takes a leak detector that
 * is in place before Netty's first buffer is, so the testkit installs one when the JUnit launcher opens a session, by the service
 * {@link LeakDetectorInstaller}. Outside of a watch it leaves everything to the detector that would have been there. Two things it cannot
 * see: heap buffers of {@code Unpooled}, which Netty never tracks, and those allocated in static initializers, which are meant to stay.
 *
 * <p>A watch is of the whole JVM, so guarded tests must not run in parallel; one that tries fails.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(LeakGuard.class);
    private static final List<String> DEFAULT_PREFIXES = List.of("longlink");
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(5);

    private final boolean perClass;
    private final List<String> threadPrefixes;
    private final Duration patience;

    /** Guards each test, and threads whose name begins with {@code longlink}. */
    public LeakGuard() {
        this(false, DEFAULT_PREFIXES, DEFAULT_PATIENCE);
    }

    private LeakGuard(boolean perClass, List<String> threadPrefixes, Duration patience) {
        this.perClass = perClass;
        this.threadPrefixes = threadPrefixes;
        this.patience = patience;
    }

    /** Returns a guard around all tests of a class and its nested classes together; it has to be in a static field. */
    public static LeakGuard perClass() {
        return new LeakGuard(true, DEFAULT_PREFIXES, DEFAULT_PATIENCE);
    }

    /** Returns a guard for threads whose name begins with one of these instead. */
    public LeakGuard withThreadPrefixes(String... prefixes) {
        return new LeakGuard(perClass, List.of(prefixes), patience);
    }

    /** Returns a guard that waits so long; for tests of the guard itself. */
    LeakGuard withPatience(Duration newPatience) {
        return new LeakGuard(perClass, threadPrefixes, newPatience);
    }

    /** Called by JUnit. */
    @Override
    public void beforeAll(ExtensionContext context) {
        // A nested class finds the watch of the class around it.
        if (perClass && watchIn(context) == null) {
            open(context);
        }
    }

    /** Called by JUnit. */
    @Override
    public void beforeEach(ExtensionContext context) {
        if (!perClass) {
            open(context);
        } else if (watchIn(context) == null) {
            throw new IllegalStateException("a LeakGuard.perClass() has to be registered in a static field");
        }
    }

    /** Called by JUnit. */
    @Override
    public void afterEach(ExtensionContext context) {
        if (!perClass) {
            close(context);
        }
    }

    /** Called by JUnit. */
    @Override
    public void afterAll(ExtensionContext context) {
        if (perClass) {
            close(context);
        }
    }

    private void open(ExtensionContext context) {
        store(context).put(LeakWatch.class, LeakWatch.open(threadPrefixes, patience));
    }

    private static void close(ExtensionContext context) {
        // Removes what was put in this very context, nothing from the ones around it.
        LeakWatch watch = store(context).remove(LeakWatch.class, LeakWatch.class);
        if (watch != null) {
            watch.close();
        }
    }

    private static @Nullable LeakWatch watchIn(ExtensionContext context) {
        return store(context).get(LeakWatch.class, LeakWatch.class);
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
