/**
 * How fast it is, beside RocketMQ's remoting and a bare Netty echo, in one run. Never published.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.benchmarks.LoadRig}: the command; contenders take turns, each in two new JVMs per round;</li>
 *   <li>{@code Contender}: who is measured; {@code Load} and {@code Suite}: under what;</li>
 *   <li>{@code RoundRunner}: one round; {@code ServerProcess} and {@code ClientProcess}: what runs in the two JVMs;</li>
 *   <li>{@code Results}: what is kept; {@code Verdict}: whether it counts; {@code Table}, {@code SpeedSection}, {@code SpeedPicture}: how
 *       it is shown.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.benchmarks;

import org.jspecify.annotations.NullMarked;
