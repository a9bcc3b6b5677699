/**
 * Tools for tests of remoting code, at the level of bytes, threads and time. They know the wire format but no class of the library, and need
 * Netty and JUnit 5 only. All sockets are on 127.0.0.1 and on free ports.
 *
 * <p>Start here:
 *
 * <ul>
 *   <li>{@link io.longlink.remoting.testkit.ScriptedPeer}: the other end of a connection, server or client, played by the test with
 *       {@link io.longlink.remoting.testkit.Frame}s or raw bytes
 *   <li>{@link io.longlink.remoting.testkit.FaultyProxy}: between two real ends, to cut, reset or freeze a connection at an exact byte
 *   <li>{@link io.longlink.remoting.testkit.LeakGuard}: fails a test that leaves threads, buffers or uncaught exceptions behind
 *   <li>{@link io.longlink.remoting.testkit.ManualScheduler}: time that moves only when told
 *   <li>{@link io.longlink.remoting.testkit.ManualExecutor}: tasks that run only when told, as of a request in flight
 * </ul>
 */
@NullMarked
package io.longlink.remoting.testkit;

import org.jspecify.annotations.NullMarked;
