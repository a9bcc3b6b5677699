/**
 * The library in virtual time: the production classes of a client's address slot, of both sides' connections and of a server's registry on
 * event loops and sockets of a model, in which every step is a choice, and every choice is made.
 *
 * <p>Start here: {@link io.longlink.remoting.model.RestartModelTest} (what is explored and what must hold),
 * {@link io.longlink.remoting.model.World} (one run), {@link io.longlink.remoting.model.Explorer} (all of them),
 * {@link io.longlink.remoting.model.MutantsTest} (whether the model would notice).
 */
@NullMarked
package io.longlink.remoting.model;

import org.jspecify.annotations.NullMarked;
