package io.longlink.remoting;

import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one or more codes. Called on the executor it was registered with, by many threads at a time. */
@FunctionalInterface
public interface NettyRequestProcessor {

    /**
     * Processes one request.
     *
     * @param ctx its channel is the connection the request came on; a response written to it or to the channel takes the way of every
     *     other response
     * @return the response; it gets the request's opaque. The request object itself may be returned. {@code null} means that the answer
     *     comes later: somebody writes a response with the request's opaque to the channel. The first answer wins, later ones are dropped
     *     and counted. Ignored for a one-way request
     *     <p>An answer whose body is a file region is written as the buffer of {@code encodeHeader(bodyLength)} and then the region, both
     *     in one task of {@code ctx.executor()}, so that no other answer comes between them. A region that
     *     holds the header itself is a {@link ResponseFileRegion}
     * @throws Exception answered as SYSTEM_ERROR with a short remark, never with a stack trace
     */
    @Nullable RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) throws Exception;

    /**
     * Whether to turn requests away for now; they are answered SYSTEM_BUSY. Event loop only, so it must be cheap and must not block.
     */
    default boolean rejectRequest() {
        return false;
    }
}
