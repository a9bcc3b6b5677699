/**
 * Handlers that turn bytes into commands and back, for anybody's pipeline.
 *
 * <p>Start here:
 * <ol>
 *   <li>{@link io.longlink.remoting.netty.NettyDecoder}: finds frames and stops at the first bad one;</li>
 *   <li>{@link io.longlink.remoting.netty.NettyEncoder}: writes a command whole or not at all.</li>
 * </ol>
 */
@NullMarked
package io.longlink.remoting.netty;

import org.jspecify.annotations.NullMarked;
