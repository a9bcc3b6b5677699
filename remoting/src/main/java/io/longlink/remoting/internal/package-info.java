/**
 * The engine that clients and servers share. May change at any time; public only for what the client and server modules call.
 *
 * <p>Start here: {@link io.longlink.remoting.internal.RemotingEndpoint} is what a side <em>has</em> (processors, hooks, events, counters)
 * and {@link io.longlink.remoting.internal.Connection} the thread-safe handle of one connection. Behind the handle, everything belongs to
 * the channel's event loop: {@code ConnectionHandler} is the only Netty handler with logic, {@code ConnectionLifecycle} its state machine,
 * {@code PendingRequests} what we asked, {@code InboundRequests} what we were asked, {@code RequestDispatcher} the way to a processor,
 * {@code AnswerWriter} the way back, {@code Liveness} what is due when nothing happens.
 */
@NullMarked
package io.longlink.remoting.internal;

import org.jspecify.annotations.NullMarked;
