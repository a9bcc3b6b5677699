/**
 * The proof: broker-like servers are replaced or killed under load, and a verdict that joins what was sent with what was executed, id by
 * id, says whether anybody noticed, or was told the truth. Never published; it uses nothing of the library that a user could not use.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.HeartbeatDemo}: the command line, and {@code ScenarioName}, what it can play;</li>
 *   <li>{@code RollingRestart} and {@code Crash}: the plots, in a {@code Scene} of servers, clients and messages;</li>
 *   <li>{@code DemoServer} with its {@code GroupCommit} and {@code ClientRegistry}: how a broker parks requests, refuses them when it
 *       leaves, and knows its clients; {@code RemoteServer} is one in a JVM of its own;</li>
 *   <li>{@code DemoClient} and {@code OpenLoop}: who beats and who sends what, when;</li>
 *   <li>{@code Ledger} and {@code Join}: what both sides wrote down; {@code Verdict} and {@code CrashVerdict}: what follows from it;</li>
 *   <li>{@code demo.story.Timeline} and {@code demo.view}: what of all this is shown, on a terminal and as a page.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo;

import org.jspecify.annotations.NullMarked;
