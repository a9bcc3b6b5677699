package io.longlink.remoting.stress;

import io.longlink.remoting.NettyRequestProcessor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What processors do on either side, and how many one-way requests they got. Thread-safe. */
final class Processors {
    private final Batch batch;
    private final String where;
    private final LongAdder oneways = new LongAdder();

    Processors(Batch batch, String where) {
        this.batch = batch;
        this.where = "at " + where;
    }

    long oneways() {
        return oneways.sum();
    }

    NettyRequestProcessor answering() {
        return (ctx, request) -> {
            Call call = batch.callOf(request);
            call.ran(where);
            return call.response(request);
        };
    }

    NettyRequestProcessor taking() {
        return (ctx, request) -> {
            oneways.increment();
            batch.callOf(request).ran(where);
            return null;
        };
    }

    NettyRequestProcessor holding() {
        return (ctx, request) -> {
            Call call = batch.callOf(request);
            call.ran(where);
            batch.threads().after(call.plan().pauseMicros()).get(Batch.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return call.response(request);
        };
    }

    NettyRequestProcessor deferring() {
        return (ctx, request) -> {
            Call call = batch.callOf(request);
            call.ran(where);
            for (int i = 0; i < (call.plan().answeredTwice() ? 2 : 1); i++) {
                batch.threads().after(call.plan().pauseMicros()).thenRun(() -> ctx.channel().writeAndFlush(call.response(request)));
            }
            return null;
        };
    }

    NettyRequestProcessor parking(Parking parking) {
        return (ctx, request) -> {
            parking.park(batch.callOf(request), ctx.channel(), request);
            return null;
        };
    }
}
