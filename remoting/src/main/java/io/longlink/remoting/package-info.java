/**
 * What users of Longlink Remoting name: the two services and the interfaces they implement.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.RemotingServer} and {@link io.longlink.remoting.RemotingClient}: the two sides;</li>
 *   <li>{@link io.longlink.remoting.NettyRequestProcessor}: answers requests of a code, on either side;</li>
 *   <li>{@link io.longlink.remoting.ChannelEventListener}: hears of connections, {@link io.longlink.remoting.AddressStateListener} of
 *       addresses;</li>
 *   <li>{@link io.longlink.remoting.RPCHook}: sees every request and response, for signing and tracing;</li>
 *   <li>{@link io.longlink.remoting.DrainReport} and {@link io.longlink.remoting.RemotingStats}: what happened.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting;

import org.jspecify.annotations.NullMarked;
