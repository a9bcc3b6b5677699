/**
 * Heartbeats of a client, and the rebalance behind them (DESIGN 5).
 *
 * <p>Start here:
 * <ol>
 *   <li>{@link io.longlink.remoting.client.heartbeat.HeartbeatService}: beats every broker, and a new connection at once; it is the client's
 *       listener and, if you like, its session restorer;</li>
 *   <li>{@link io.longlink.remoting.client.heartbeat.BrokerAddressTable}: which brokers there are;</li>
 *   <li>{@link io.longlink.remoting.client.heartbeat.HeartbeatSender}: what a beat is, by default RocketMQ's
 *       ({@link io.longlink.remoting.client.heartbeat.RocketMqHeartbeatSender} with a
 *       {@link io.longlink.remoting.client.heartbeat.HeartbeatData});</li>
 *   <li>{@link io.longlink.remoting.client.heartbeat.HeartbeatConfig}: how often, and what to do when a broker has heard of us.</li>
 * </ol>
 *
 * <p>Inside: {@code Beats} is the machine, confined to one {@code BeatThread}; {@code NameLookups} keeps the table's names resolved.
 */
@NullMarked
package io.longlink.remoting.client.heartbeat;

import org.jspecify.annotations.NullMarked;
