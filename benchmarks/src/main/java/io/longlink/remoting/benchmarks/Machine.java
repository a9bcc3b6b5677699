package io.longlink.remoting.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that a run is made on. Linux only. */
final class Machine {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Of the line cpu in /proc/stat: user, nice, system, steal. */
    private static final int[] BUSY_FIELDS = {1, 2, 3, 8};

    /** What the kernel counts processor time in. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private Machine() {}

    /** What a reader of the figures must know. */
    static Map<String, String> facts() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("cpu", firstMatch(Path.of("/proc/cpuinfo"), "model name\\s*: (.*)"));
        facts.put("processors", Integer.toString(processors()));
        facts.put("memory", String.format(Locale.ROOT, "%.0f GB", SYSTEM.getTotalMemorySize() / 1e9));
        facts.put("system", SYSTEM.getName() + " " + SYSTEM.getVersion() + " " + SYSTEM.getArch());
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put("jvmOptions", String.join(" ", ChildJvm.OPTIONS));
        facts.put("longlink", System.getProperty("rig.version", "unknown"));
        facts.put("rocketmq", System.getProperty("rig.rocketmqVersion", "unknown"));
        facts.put("netty", Objects.requireNonNull(Version.identify().get("netty-transport")).artifactVersion());
        facts.put("loadAverage", Double.toString(SYSTEM.getSystemLoadAverage()));
        return facts;
    }

    static int processors() {
        return SYSTEM.getAvailableProcessors();
    }

    /** Of the last minute. */
    static double loadAverage() {
        return SYSTEM.getSystemLoadAverage();
    }

    /** What one process may have open. */
    static long fileLimit() {
        return ((UnixOperatingSystemMXBean) SYSTEM).getMaxFileDescriptorCount();
    }

    /** Processor time of all processes since the machine was started, without that of interrupts, and what the machine was not given. */
    static long busyNanos() throws IOException {
        List<String> words = List.of(Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+", -1));
        long ticks = 0;
        for (int field : BUSY_FIELDS) {
            ticks += Long.parseLong(words.get(field));
        }
        return ticks * TICK_NANOS;
    }

    private static String firstMatch(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        return matcher.find() ? matcher.group(1) : "unknown";
    }
}
