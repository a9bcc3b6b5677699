package io.longlink.remoting.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a JVM has used since its start.
 *
 * @param cpuNanos processor time of all its threads, compiler and collector included
 * @param allocatedBytes heap that its living threads have allocated
 */
record Usage(long cpuNanos, long allocatedBytes) {

    static Usage ofThisJvm() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        return new Usage(system.getProcessCpuTime(), allocated);
    }

    Usage since(Usage before) {
        return new Usage(cpuNanos - before.cpuNanos, allocatedBytes - before.allocatedBytes);
    }

    /** As the two processes say it to each other. */
    String line() {
        return cpuNanos + " " + allocatedBytes;
    }

    static Usage parse(String line) {
        String[] words = line.split(" ", -1);
        return new Usage(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }
}
