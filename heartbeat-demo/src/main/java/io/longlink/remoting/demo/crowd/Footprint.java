package io.longlink.remoting.demo.crowd;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What this JVM uses. Stateless. */
final class Footprint {
    private Footprint() {}

    /** Processor time since the start; 0 where that is not told. */
    static long cpuMillis() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Math.max(0, system.getProcessCpuTime() / 1_000_000)
                : 0;
    }

    /** Bytes on the heap that are in use, as nearly as a JVM can be made to tell. */
    static long heapBytes() {
        // The second time for what the first made unreachable: references that had to be cleared.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
