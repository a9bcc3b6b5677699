package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a source is asked, to the millisecond. */
class AddressFeedTest {
    private static final List<String> GOOD = List.of("a:1", "b:2");

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel = startedAfterAnHour();
    private final List<CompletableFuture<List<String>>> questions = new ArrayList<>();
    private final List<Long> askedMillis = new ArrayList<>();
    private final List<List<String>> lists = new ArrayList<>();
    private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
    private boolean executorStuck;
    private Supplier<CompletableFuture<List<String>>> instead = this::last;
    private Runnable executorFailure = () -> {};

    private final AddressFeed feed = new AddressFeed(
            () -> {
                askedMillis.add(TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime()) - 3_600_000);
                questions.add(new CompletableFuture<>());
                return instead.get();
            },
            channel.eventLoop(),
            task -> {
                executorFailure.run();
                executor.add(task);
                if (!executorStuck) {
                    executor.remove().run();
                }
            },
            list -> {
                if (list.contains("bad")) {
                    throw new IllegalArgumentException("bad is no address");
                }
                if (list.contains("worse")) {
                    throw new AssertionError("announced");
                }
                lists.add(list);
            });

    private EmbeddedChannel startedAfterAnHour() {
        ticker.advance(1, TimeUnit.HOURS);
        return EmbeddedChannel.builder().ticker(ticker).build();
    }

    @AfterEach
    void stop_leavesNoTimer() {
        feed.stop();
        channel.runPendingTasks();
        assertEquals(-1, channel.runScheduledPendingTasks());
    }

    private CompletableFuture<List<String>> last() {
        return questions.get(questions.size() - 1);
    }

    private void start() {
        feed.start();
        channel.runPendingTasks();
    }

    private void answer(List<String> list) {
        last().complete(list);
        channel.runPendingTasks();
    }

    private void fail() {
        last().completeExceptionally(new IllegalStateException("announced"));
        channel.runPendingTasks();
    }

    private void lost() {
        feed.askSoon();
        channel.runPendingTasks();
    }

    private void advance(long millis) {
        for (long i = 0; i < millis; i++) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }

    @Test
    void start_asksAtOnce_andEveryTwoMinutes() {
        start();
        answer(GOOD);
        assertEquals(List.of(GOOD), lists);
        advance(119_999);
        assertEquals(List.of(0L), askedMillis);
        advance(1);
        assertEquals(List.of(0L, 120_000L), askedMillis);
    }

    @Test
    void losses_areOneQuestionASecondAfterTheLastOne() {
        start();
        answer(GOOD);
        advance(400);
        lost();
        lost();
        advance(599);
        lost();
        assertEquals(List.of(0L), askedMillis);
        advance(1);
        assertEquals(List.of(0L, 1_000L), askedMillis);
        answer(List.of("c:3"));
        assertEquals(List.of(GOOD, List.of("c:3")), lists);
        advance(5_000);
        lost();
        assertEquals(List.of(0L, 1_000L, 6_000L), askedMillis);
    }

    @Test
    void loss_whileTheSourceIsAsked_asksOnceMore_aSecondLater() {
        start();
        advance(300);
        lost();
        advance(200);
        answer(GOOD);
        advance(499);
        assertEquals(List.of(0L), askedMillis);
        advance(1);
        assertEquals(List.of(0L, 1_000L), askedMillis);
    }

    @Test
    void failures_keepTheLastGoodAnswer_andAreAskedAgainAfterOneSecondThenTwoUpToThirty() {
        start();
        answer(GOOD);
        advance(120_000);
        for (long gap : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000}) {
            fail();
            int before = askedMillis.size();
            advance(gap - 1);
            assertEquals(before, askedMillis.size());
            advance(1);
            assertEquals(before + 1, askedMillis.size());
        }
        assertEquals(List.of(GOOD), lists);
        answer(List.of("c:3"));
        assertEquals(List.of(GOOD, List.of("c:3")), lists);
        advance(120_000);
        fail();
        int before = askedMillis.size();
        advance(1_000);
        assertEquals(before + 1, askedMillis.size());
    }

    @Test
    void answers_thatAreNone_areFailures() {
        start();
        answer(List.of());
        advance(1_000);
        answer(null);
        advance(2_000);
        answer(List.of("a:1", "bad"));
        advance(4_000);
        assertEquals(List.of(0L, 1_000L, 3_000L, 7_000L), askedMillis);
        assertEquals(List.of(), lists);
    }

    @Test
    void answer_thatEndsInAnError_isAFailure() {
        start();
        answer(List.of("worse"));
        advance(1_000);
        assertEquals(List.of(0L, 1_000L), askedMillis);
        answer(GOOD);
        assertEquals(List.of(GOOD), lists);
    }

    @Test
    void sourceWithoutAStage_orThatThrows_isAFailureAtOnce() {
        instead = () -> null;
        start();
        advance(1_000);
        instead = () -> {
            throw new AssertionError("announced");
        };
        advance(2_000);
        instead = this::last;
        assertEquals(List.of(0L, 1_000L, 3_000L), askedMillis);
        advance(4_000);
        answer(GOOD);
        assertEquals(List.of(GOOD), lists);
    }

    @Test
    void executorThatFails_isAFailure_andAskedAgain() {
        executorFailure = () -> {
            throw new RejectedExecutionException("announced");
        };
        start();
        executorFailure = () -> {
            throw new OutOfMemoryError("announced");
        };
        advance(1_000);
        executorFailure = () -> {};
        advance(2_000);
        assertEquals(List.of(3_000L), askedMillis);
        answer(GOOD);
        assertEquals(List.of(GOOD), lists);
    }

    @Test
    void silence_isAFailureAfterTenSeconds_andItsLateAnswerIsNotHeard() {
        start();
        CompletableFuture<List<String>> first = last();
        advance(9_999);
        assertEquals(List.of(0L), askedMillis);
        advance(1);
        assertEquals(List.of(0L, 10_000L), askedMillis);
        first.complete(GOOD);
        channel.runPendingTasks();
        assertEquals(List.of(), lists);
        answer(List.of("c:3"));
        assertEquals(List.of(List.of("c:3")), lists);
    }

    @Test
    void sourceThatBlocks_isNotAskedOnASecondThread() {
        executorStuck = true;
        start();
        advance(100_000);
        assertEquals(1, executor.size());
        executor.remove().run();
        channel.runPendingTasks();
        assertEquals(1, questions.size());
    }

    @Test
    void stopped_whileTheSourceIsAsked_doesNotHearTheAnswer() {
        start();
        feed.stop();
        channel.runPendingTasks();
        answer(GOOD);
        assertEquals(List.of(), lists);
    }

    @Test
    void stopped_asksNoMore() {
        start();
        answer(GOOD);
        feed.stop();
        channel.runPendingTasks();
        lost();
        advance(200_000);
        assertEquals(List.of(0L), askedMillis);
    }
}
