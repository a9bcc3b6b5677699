package io.longlink.remoting.demo;

import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Parks durable messages until the next commit, as a broker does that writes to its disk once for many: at the commit all are executed,
 * then answered. When the server leaves, those still parked are refused instead, which promises that they did not run.
 *
 * <p>A message is either executed and answered, or refused: whoever takes it out of the one list, the commit or the refusal, does so
 * under the lock, and nobody else has it then. Thread-safe.
 */
final class GroupCommit {

    /** One message that waits for its commit. */
    private record Parked(Channel channel, RemotingCommand request, Runnable execution) {}

    private final ScheduledExecutorService timer;
    private final Duration interval;
    private final LongAdder refused = new LongAdder();

    /** Guards the list and the flag. Nothing is executed or written under it. */
    private final Object lock = new Object();

    private List<Parked> parked = new ArrayList<>();
    private boolean leaving;

    GroupCommit(String threadName, Duration interval) {
        this.interval = interval;
        timer = Executors.newSingleThreadScheduledExecutor(body -> {
            Thread thread = new Thread(body, threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Commits at every interval from now on. */
    void start() {
        timer.scheduleAtFixedRate(this::commit, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** No commit begins any more; one that has begun is finished. What is parked stays so until it is refused. */
    void stop() {
        timer.shutdown();
    }

    /**
     * Parks a message.
     *
     * @param execution called at the commit, on the commit's thread, at most once
     * @return the answer if there is one already, which then is a refusal; {@code null} if it comes later
     */
    @Nullable RemotingCommand park(Channel channel, RemotingCommand request, Runnable execution) {
        synchronized (lock) {
            if (!leaving) {
                parked.add(new Parked(channel, request, execution));
                return null;
            }
        }
        refused.increment();
        return refusal(request);
    }

    /** How many wait for the next commit. */
    int size() {
        synchronized (lock) {
            return parked.size();
        }
    }

    /** How many were refused. */
    long refused() {
        return refused.sum();
    }

    private void commit() {
        List<Parked> group;
        synchronized (lock) {
            group = takeAll();
        }
        for (Parked message : group) {
            message.execution.run();
        }
        for (Parked message : group) {
            RemotingCommand answer = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
            answer.setOpaque(message.request.getOpaque());
            answer.setBody(message.request.getBody());
            message.channel.writeAndFlush(answer);
        }
    }

    /** Refuses what is parked and whatever comes later; the drain hook. */
    void refuseAll() {
        List<Parked> group;
        synchronized (lock) {
            leaving = true;
            group = takeAll();
        }
        for (Parked message : group) {
            refused.increment();
            message.channel.writeAndFlush(refusal(message.request));
        }
    }

    private List<Parked> takeAll() {
        List<Parked> all = parked;
        parked = new ArrayList<>();
        return all;
    }

    private static RemotingCommand refusal(RemotingCommand request) {
        RemotingCommand answer = RemotingCommand.createResponseCommand(ResponseCode.GO_AWAY, "not committed, please go away");
        answer.setOpaque(request.getOpaque());
        return answer;
    }
}
