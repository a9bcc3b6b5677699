package io.longlink.remoting.testkit;

import static io.longlink.remoting.testkit.Messages.assertContains;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

final class LeakGuardTest {

    private static final Duration IMPATIENT = Duration.ofMillis(20);
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private final CountDownLatch released = new CountDownLatch(1);
    private @Nullable LeakWatch lastWatch;

    @AfterEach
    void releaseThreadsAndWatch() {
        released.countDown();
        if (lastWatch != null) {
            try {
                lastWatch.close();
            } catch (AssertionError e) {
                // The test has said what it thinks of that; a watch that stays open would fail all the others.
            }
        }
    }

    @Test
    void close_nothingLeft_passes() {
        LeakWatch watch = watch(IMPATIENT);
        ByteBufAllocator.DEFAULT.buffer(10).release();
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_threadLeft_failsWithItsStack() {
        LeakWatch watch = watch(IMPATIENT);
        waitingThread("longlink-left");
        AssertionError error = assertThrows(AssertionError.class, watch::close);
        assertContains("thread longlink-left", error);
        assertContains("java.util.concurrent.CountDownLatch.await(CountDownLatch.java:", error);
    }

    @Test
    void close_threadOfBeforeOrOfAnotherName_passes() {
        waitingThread("longlink-before");
        LeakWatch watch = watch(IMPATIENT);
        waitingThread("other");
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_threadStillEnding_waitsForIt() {
        LeakWatch watch = watch(PATIENT);
        Thread first = waitingThread("longlink-first");
        Thread releaser = new Thread(
                () -> {
                    awaitWaiting(first, Thread.State.WAITING);
                    released.countDown();
                },
                "releaser");
        releaser.start();
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_pooledBufferLeft_failsWithItsAllocation() {
        LeakWatch watch = watch(IMPATIENT);
        ByteBuf leaked = ByteBufAllocator.DEFAULT.heapBuffer(10);
        leaked.touch("the last one");
        AssertionError error = assertThrows(AssertionError.class, watch::close);
        assertContains("ByteBuf allocated on thread " + Thread.currentThread().getName() + ", last touched by the last one", error);
        assertContains("LeakGuardTest.close_pooledBufferLeft_failsWithItsAllocation", error);
        assertTrue(leaked.release());
    }

    @Test
    void close_messageStuckInPipeline_namesTheHandler() {
        LeakWatch watch = watch(IMPATIENT);
        EmbeddedChannel channel = new EmbeddedChannel();
        ChannelInboundHandlerAdapter swallower = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {}
        };
        channel.pipeline().addLast("swallower", swallower);
        ByteBuf message = channel.alloc().buffer(1);
        channel.writeInbound(message);
        channel.finishAndReleaseAll();
        assertContains("swallower", assertThrows(AssertionError.class, watch::close));
        message.release();
    }

    @Test
    void close_derivedBufferLeft_fails() {
        LeakWatch watch = watch(IMPATIENT);
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(10).writeZero(10);
        ByteBuf slice = buffer.readRetainedSlice(5);
        buffer.release();
        assertThrows(AssertionError.class, watch::close);
        slice.release();
    }

    @Test
    void close_bufferReleasedByAnotherThread_waitsForIt() {
        LeakWatch watch = watch(PATIENT);
        ByteBuf buffer = Unpooled.directBuffer(1);
        Thread closer = Thread.currentThread();
        Thread releaser = new Thread(
                () -> {
                    awaitWaiting(closer, Thread.State.TIMED_WAITING);
                    buffer.release();
                },
                "releaser");
        releaser.start();
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_bufferOfStaticInitializer_passes() {
        LeakWatch watch = watch(IMPATIENT);
        assertEquals(1, Constant.BUFFER.refCnt());
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_bufferOfBefore_passes() {
        ByteBuf before = Unpooled.directBuffer(1);
        LeakWatch watch = watch(IMPATIENT);
        before.release();
        assertDoesNotThrow(watch::close);
    }

    @Test
    void close_uncaughtException_failsAndRestoresTheHandler() throws InterruptedException {
        UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        LeakWatch watch = watch(IMPATIENT);
        IllegalStateException failure = new IllegalStateException("on purpose");
        Thread thread = new Thread(
                () -> {
                    throw failure;
                },
                "any");
        thread.start();
        thread.join();
        AssertionError error = assertThrows(AssertionError.class, watch::close);
        assertContains("uncaught on thread any: java.lang.IllegalStateException: on purpose", error);
        assertSame(failure, error.getSuppressed()[0]);
        assertSame(before, Thread.getDefaultUncaughtExceptionHandler());
    }

    @Test
    void open_whileAnotherIsOpen_isRefused() {
        LeakWatch watch = watch(IMPATIENT);
        assertThrows(IllegalStateException.class, () -> watch(IMPATIENT));
        watch.close();
        watch(IMPATIENT).close();
    }

    @Test
    void extension_perTest_failsTheLeakingTestOnly() {
        TestExecutionSummary summary = run(PerTestCase.class);
        assertEquals(1, summary.getTestsSucceededCount());
        assertEquals(1, summary.getTestsFailedCount());
        assertContains("uncaught on thread", summary.getFailures().get(0).getException());
        assertEquals("leaking()", summary.getFailures().get(0).getTestIdentifier().getDisplayName());
    }

    @Test
    void extension_perClass_checksOnceAfterTheNestedClassesToo() {
        PerClassCase.releaseAfterAll = true;
        TestExecutionSummary clean = run(PerClassCase.class);
        assertEquals(List.of(), clean.getFailures());
        assertEquals(2, clean.getTestsSucceededCount());

        PerClassCase.releaseAfterAll = false;
        TestExecutionSummary leaking = run(PerClassCase.class);
        assertEquals(2, leaking.getTestsSucceededCount());
        assertContains("left behind", leaking.getFailures().get(0).getException());
    }

    @Test
    void extension_perClassInInstanceField_isRefused() {
        TestExecutionSummary summary = run(MisplacedCase.class);
        assertContains("static field", summary.getFailures().get(0).getException());
    }

    private LeakWatch watch(Duration patience) {
        lastWatch = LeakWatch.open(List.of("longlink"), patience);
        return lastWatch;
    }

    private static TestExecutionSummary run(Class<?> testClass) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(testClass)).build(), listener);
        return listener.getSummary();
    }

    private Thread waitingThread(String name) {
        Thread thread = new Thread(
                () -> {
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        awaitWaiting(thread, Thread.State.WAITING);
        return thread;
    }

    private static void awaitWaiting(Thread thread, Thread.State state) {
        while (thread.getState() != state) {
            Thread.onSpinWait();
        }
    }

    private static final class Constant {
        static final ByteBuf BUFFER = Unpooled.directBuffer(1);
    }

    @ExtendWith(LeakGuard.class)
    static final class PerTestCase {

        @Test
        void clean() {}

        @Test
        void leaking() throws InterruptedException {
            Thread thread = new Thread(() -> {
                throw new IllegalStateException("on purpose");
            });
            thread.start();
            thread.join();
        }
    }

    static final class PerClassCase {

        @RegisterExtension
        static final LeakGuard LEAKS = LeakGuard.perClass().withThreadPrefixes("mine", "longlink").withPatience(IMPATIENT);

        static boolean releaseAfterAll;
        static ByteBuf shared;

        @BeforeAll
        static void allocate() {
            shared = Unpooled.directBuffer(1);
        }

        @AfterAll
        static void release() {
            if (releaseAfterAll) {
                shared.release();
            }
        }

        @Test
        void first() {}

        @Nested
        final class Inner {
            @Test
            void second() {}
        }
    }

    static final class MisplacedCase {

        @RegisterExtension
        final LeakGuard leaks = LeakGuard.perClass();

        @BeforeEach
        void anything() {}

        @Test
        void test() {}
    }
}
