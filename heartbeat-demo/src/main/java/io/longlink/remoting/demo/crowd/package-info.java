/**
 * Ten thousand connections at once: how they are told to go away, and how they come back. Server and clients run in JVMs of their own,
 * because one process may hold only so many sockets.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.crowd.Idle} and {@link io.longlink.remoting.demo.crowd.Herd}: the scenarios;</li>
 *   <li>{@code Crowd}: how many connections, and how they are spread over ports and clients;</li>
 *   <li>{@code ServerSide} and {@code ClientSide}: what runs in the other JVMs, and {@code Cast}: how they play together;</li>
 *   <li>{@code Moments} and {@code Histogram}: what follows from when things happened.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo.crowd;

import org.jspecify.annotations.NullMarked;
