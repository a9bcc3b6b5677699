package io.longlink.remoting.testkit;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The service by which the JUnit launcher installs the testkit's leak detector before it loads the first test class; see
 * {@link LeakGuard}. Nothing for tests to call.
 */
public final class LeakDetectorInstaller implements LauncherSessionListener {

    /** Called by the service loader. */
    public LeakDetectorInstaller() {}

    /** Called by JUnit. */
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        ExactLeakDetector.install();
    }
}
