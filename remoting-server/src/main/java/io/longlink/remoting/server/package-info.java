/**
 * The server side. Start here: {@link io.longlink.remoting.server.NettyRemotingServer}, configured by
 * {@link io.longlink.remoting.server.NettyServerConfig}.
 *
 * <p>Inside: {@code Acceptor} owns a listening socket, {@code ConnectionRegistry} the connections it brought, {@code DrainController} ends
 * them gracefully.
 */
@NullMarked
package io.longlink.remoting.server;

import org.jspecify.annotations.NullMarked;
