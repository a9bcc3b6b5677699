package io.longlink.remoting.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** What this JVM has used, and what it holds. */
final class Usage {
    private Usage() {}

    /** Processor time of all its threads, compiler and collector included, and the heap that its living threads have allocated. */
    static Figures soFar() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        return Figures.NONE.with("cpuNanos", system.getProcessCpuTime()).with("bytes", allocated);
    }

    /** What is left on the heap after collections, and direct memory: Netty's own and the JDK's buffers. */
    static Figures weight() throws InterruptedException {
        long heap = Long.MAX_VALUE;
        // Reference queues are emptied by threads of their own, so the first collection does not find all of it.
        for (int i = 0; i < 4; i++) {
            System.gc();
            heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            TimeUnit.MILLISECONDS.sleep(100);
        }
        long direct = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += "direct".equals(pool.getName()) ? pool.getMemoryUsed() : 0;
        }
        return Figures.NONE.with("heapBytes", heap).with("directBytes", direct);
    }
}
