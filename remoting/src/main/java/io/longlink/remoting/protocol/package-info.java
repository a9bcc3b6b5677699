/**
 * The command, its bytes and the tables of codes. Knows buffers but no channels.
 *
 * <p>Start here:
 * <ol>
 *   <li>{@link io.longlink.remoting.protocol.RemotingCommand}: one request or response, and how it becomes a frame;</li>
 *   <li>{@link io.longlink.remoting.protocol.CommandCustomHeader}: typed parameters of a command, carried as its ext fields;</li>
 *   <li>{@link io.longlink.remoting.protocol.SerializeType}: the two forms of the header, and the layout of each in
 *       {@code JsonHeaderCodec} and {@code RocketMqHeaderCodec};</li>
 *   <li>{@link io.longlink.remoting.protocol.RequestCode}, {@link io.longlink.remoting.protocol.ResponseCode},
 *       {@link io.longlink.remoting.protocol.MQVersion}: the numbers;</li>
 *   <li>{@link io.longlink.remoting.protocol.RemotingSerializable}: JSON bodies.</li>
 * </ol>
 */
@NullMarked
package io.longlink.remoting.protocol;

import org.jspecify.annotations.NullMarked;
