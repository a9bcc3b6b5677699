package io.longlink.remoting.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops accepting for a moment when the system gives us no more connections, for want of file descriptors as a rule: those that wait stay
 * with the kernel meanwhile. On the accept loop only; in front of Netty's own acceptor, which would pause for a second and log a stack trace
 * each time.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    /** Well below the second after which a client that waits for its HELLO takes us for a stock server. */
    static final long PAUSE_MILLIS = 100;

    /** It goes on for as long as nobody lets go of a descriptor; the log hears of it so often. */
    static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);

    private long failures;
    private long warnedNanos;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures++;
        long now = ctx.executor().ticker().nanoTime();
        if (failures == 1 || now - warnedNanos >= WARN_NANOS) {
            warnedNanos = now;
            log.warn("cannot accept a connection on {}: {}; {} such failures until now, each is tried again", ctx.channel().localAddress(),
                    cause.toString(), failures);
        }
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> resume(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void resume(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            ctx.channel().config().setAutoRead(true);
        }
    }
}
