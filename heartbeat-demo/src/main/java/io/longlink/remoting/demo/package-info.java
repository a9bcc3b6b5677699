/**
 * The proof: broker-like servers are replaced under load, and a verdict that joins what was sent with what was executed, id by id, says
 * whether anybody noticed. Never published; it uses nothing of the library that a user could not use.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.HeartbeatDemo}: the command line;</li>
 *   <li>{@code RollingRestart}: the plot, from the first start to the verdict;</li>
 *   <li>{@code DemoServer} and its {@code GroupCommit}: how a broker parks requests and refuses them when it leaves;</li>
 *   <li>{@code DemoClient} and {@code OpenLoop}: who sends what, when;</li>
 *   <li>{@code Ledger} and {@code Verdict}: what both sides wrote down, and what follows from it.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo;

import org.jspecify.annotations.NullMarked;
