/**
 * The client side. Start here: {@link io.longlink.remoting.client.NettyRemotingClient}, configured by
 * {@link io.longlink.remoting.client.NettyClientConfig}; {@link io.longlink.remoting.client.SessionRestorer} if a new connection needs a
 * word before traffic; {@link io.longlink.remoting.client.ReconnectPolicy} and {@link io.longlink.remoting.client.AddressSource} to choose
 * when and whereto it connects.
 *
 * <p>Inside: {@code ChannelWrapper} is the slot of one address (its connection, its waiting line, its reconnecting), {@code ChannelTable}
 * finds it, {@code ConnectAttempt} leads one connection from TCP to READY, {@code ClientInvocation} is one call and its retries at
 * one address, {@code AddressRound} its way through the name-server list.
 */
@NullMarked
package io.longlink.remoting.client;

import org.jspecify.annotations.NullMarked;
