package io.longlink.remoting.internal;

import io.longlink.remoting.AbortProcessException;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a request to its processor and of its answer back (PROTOCOL 12). Every "no" is an answer, never silence; a one-way that
 * cannot run is counted.
 */
final class RequestDispatcher {
    private static final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);

    /** What a remark may hold of an exception's message. */
    private static final int MAX_REMARK_CHARS = 200;

    private final ProcessorTable processors;
    private final HookChain hooks;
    private final Counters counters;
    private final InUseCount executions;
    private final OwnThreads threads;

    RequestDispatcher(
            ProcessorTable processors, HookChain hooks, Counters counters, InUseCount executions, OwnThreads threads) {
        this.processors = processors;
        this.hooks = hooks;
        this.counters = counters;
        this.executions = executions;
        this.threads = threads;
    }

    /**
     * Hands a request that passed the gate to its processor. Event loop only.
     *
     * @param ctx what the processor gets; writes to it pass the connection's bookkeeping
     * @return {@code null} if it was handed over; otherwise the answer to send instead (for a one-way: nothing is sent)
     */
    @Nullable RemotingCommand dispatch(ConnectionHandler connection, ChannelHandlerContext ctx, RemotingCommand request) {
        ProcessorTable.Registration registration = processors.find(request.getCode());
        if (registration == null) {
            counters.increment(Counter.UNSUPPORTED);
            return refusal(request, ResponseCode.REQUEST_CODE_NOT_SUPPORTED, "request code " + request.getCode() + " is not supported");
        }
        if (rejects(registration)) {
            counters.increment(Counter.BUSY);
            return refusal(request, ResponseCode.SYSTEM_BUSY, "busy, try again later");
        }
        InboundRequests.Entry entry = request.isOnewayRPC() ? null : connection.accept(request);
        Execution execution = new Execution(connection, ctx, registration, request, entry);
        began();
        try {
            registration.executor().execute(execution);
        } catch (RejectedExecutionException e) {
            return turnAway(execution);
        } catch (RuntimeException | Error e) {
            log.error("the executor of {} failed, the request is turned away", registration.processor().getClass().getName(), e);
            return turnAway(execution);
        }
        if (entry == null) {
            connection.onewayHandedOver();
        }
        return null;
    }

    private RemotingCommand turnAway(Execution execution) {
        ended();
        counters.increment(Counter.BUSY);
        if (execution.entry != null) {
            execution.connection.withdraw(execution.entry);
        }
        return refusal(execution.request, ResponseCode.SYSTEM_BUSY, "the executor is full, try again later");
    }

    /** For a task that an executor of ours gave back because it ends: a request that will not run. */
    static void abandon(Runnable task) {
        if (task instanceof Execution execution) {
            execution.abandon();
        }
    }

    /** One request: a task of its processor's executor, and then, when it has an answer, one of the connection's event loop. */
    private final class Execution implements Runnable {
        private final ConnectionHandler connection;
        private final ChannelHandlerContext ctx;
        private final ProcessorTable.Registration registration;
        private final RemotingCommand request;
        private final InboundRequests.@Nullable Entry entry;
        // Written by the executor before the event loop gets the task.
        private @Nullable RemotingCommand answer;

        Execution(
                ConnectionHandler connection,
                ChannelHandlerContext ctx,
                ProcessorTable.Registration registration,
                RemotingCommand request,
                InboundRequests.@Nullable Entry entry) {
            this.connection = connection;
            this.ctx = ctx;
            this.registration = registration;
            this.request = request;
            this.entry = entry;
        }

        @Override
        public void run() {
            RemotingCommand ready = answer;
            if (ready == null) {
                execute();
            } else {
                connection.writeAnswer(ctx, ready);
            }
        }

        private void execute() {
            boolean entered = threads.enter();
            try {
                // A processor may change the request or return it as the response, so what belongs to the request is kept here.
                int opaque = request.getOpaque();
                RemotingCommand response = process(connection, ctx, registration, request, entry == null);
                if (entry == null) {
                    return;
                }
                if (response == null) {
                    connection.park(entry);
                    return;
                }
                response.setOpaque(opaque);
                response.markResponseType();
                answer = response;
                connection.onLoop(this);
            } finally {
                threads.leave(entered);
                ended();
            }
        }

        void abandon() {
            if (entry == null) {
                counters.increment(Counter.ONEWAYS_DROPPED);
            }
            ended();
        }
    }

    private static boolean rejects(ProcessorTable.Registration registration) {
        try {
            return registration.processor().rejectRequest();
        } catch (RuntimeException | Error e) {
            log.error("rejectRequest of {} failed, the request is turned away", registration.processor().getClass().getName(), e);
            return true;
        }
    }

    private RemotingCommand refusal(RemotingCommand request, int code, String remark) {
        if (request.isOnewayRPC()) {
            counters.increment(Counter.ONEWAYS_DROPPED);
        }
        return answer(request, code, remark);
    }

    static RemotingCommand answer(RemotingCommand request, int code, @Nullable String remark) {
        RemotingCommand response = RemotingCommand.createResponseCommand(code, remark);
        response.setOpaque(request.getOpaque());
        response.setSerializeTypeCurrentRPC(request.getSerializeTypeCurrentRPC());
        return response;
    }

    private void began() {
        executions.begin();
        counters.increment(Counter.EXECUTING);
    }

    private void ended() {
        counters.decrement(Counter.EXECUTING);
        executions.end();
    }

    private @Nullable RemotingCommand process(
            ConnectionHandler connection,
            ChannelHandlerContext ctx,
            ProcessorTable.Registration registration,
            RemotingCommand request,
            boolean oneway) {
        int code = request.getCode();
        try {
            if (!hooks.isEmpty()) {
                hooks.doBefore(connection.remoteAddress(), request);
            }
            RemotingCommand response = registration.processor().processRequest(ctx, request);
            if (!hooks.isEmpty()) {
                hooks.doAfter(connection.remoteAddress(), request, oneway ? null : response);
            }
            return response;
        } catch (AbortProcessException e) {
            if (oneway) {
                counters.increment(Counter.ONEWAYS_DROPPED);
            }
            return RemotingCommand.createResponseCommand(e.getResponseCode(), e.getMessage());
        } catch (Throwable e) {
            // An Error too: the peer waits for an answer, and the thread is the executor's, not ours to end.
            if (oneway) {
                counters.increment(Counter.ONEWAYS_DROPPED);
            }
            String processor = registration.processor().getClass().getName();
            log.error("processor {} failed on code {} of {}", processor, code, connection.remoteAddress(), e);
            return RemotingCommand.createResponseCommand(ResponseCode.SYSTEM_ERROR, shortText(e));
        }
    }

    private static String shortText(Throwable e) {
        String text = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
        return text.length() <= MAX_REMARK_CHARS ? text : text.substring(0, MAX_REMARK_CHARS) + "...";
    }
}
