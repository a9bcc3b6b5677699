/**
 * Both sides over real sockets, at random: rounds of a few calls of every kind around one disturbance, drawn from a seed.
 *
 * <p>Start here: {@link io.longlink.remoting.stress.StressTest} (what is run and what must hold), {@link io.longlink.remoting.stress.Round}
 * (one scenario), {@link io.longlink.remoting.stress.Disturbance} (what happens to it, and what its calls may expect),
 * {@link io.longlink.remoting.stress.Call} (what became of one), {@link io.longlink.remoting.stress.Lane} (what lives on from round to
 * round).
 */
@NullMarked
package io.longlink.remoting.stress;

import org.jspecify.annotations.NullMarked;
