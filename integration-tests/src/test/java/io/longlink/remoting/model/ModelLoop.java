package io.longlink.remoting.model;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that makes one step when it is told to, on the caller's thread, with a clock of its own that stands still.
 *
 * <p>What the loop gives itself to do later waits in {@link #runTasks}, in order. What other threads give it is run by {@link #fromOutside}
 * at once: a task that another thread posts waits for its turn in the same queue, so whatever happens between the posting and the turn also
 * happens when the thread posts a little later; that is a schedule as well, and it is explored as such.
 */
final class ModelLoop extends AbstractScheduledEventExecutor implements EventLoop {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> posted = new ArrayDeque<>();
    private final List<Throwable> uncaught;
    private boolean running;

    /** @param uncaught where to put what tasks throw */
    ModelLoop(List<Throwable> uncaught) {
        this.uncaught = uncaught;
        // A ticker that stands at 0 would hide a field that nobody has set.
        ticker.advance(1, TimeUnit.HOURS);
    }

    /** Runs something as if the loop did it. */
    void run(Runnable action) {
        running = true;
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            uncaught.add(e);
        } finally {
            running = false;
        }
    }

    /** Runs something on another thread, and then what that thread gave this loop to do. */
    void fromOutside(Runnable action) {
        action.run();
        for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
            run(task);
        }
    }

    boolean hasTask() {
        return !tasks.isEmpty();
    }

    /** Runs what waits, and what that gives the loop to do: a loop goes back to its sockets when it has done its tasks. */
    void runTasks() {
        while (!tasks.isEmpty()) {
            run(tasks.remove());
        }
    }

    /** How far the next timer is; {@link Long#MAX_VALUE} if there is none. */
    long untilTimer() {
        long next = nextScheduledTaskDeadlineNanos();
        return next == -1 ? Long.MAX_VALUE : Math.max(0, next - ticker.nanoTime());
    }

    void advance(long nanos) {
        ticker.advance(nanos, TimeUnit.NANOSECONDS);
    }

    /** Moves time to the next timer and runs it. */
    void runTimer() {
        advance(untilTimer());
        run(() -> Objects.requireNonNull(pollScheduledTask(ticker.nanoTime())).run());
    }

    @Override
    public void execute(Runnable task) {
        (running ? tasks : posted).add(task);
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public boolean inEventLoop() {
        return running;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return running && thread == Thread.currentThread();
    }

    @Override
    public EventLoop next() {
        return this;
    }

    @Override
    public @Nullable EventLoopGroup parent() {
        return null;
    }

    @Override
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> terminationFuture() {
        throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException();
    }
}
