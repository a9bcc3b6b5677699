package io.longlink.remoting.model;

/**
 * Something that can happen next.
 *
 * @param name the same in every schedule for the same thing
 * @param actors who takes part, as bits; steps without a common actor can change places and nobody notices
 */
record Step(String name, int actors, Runnable action) {

    boolean isIndependentOf(Step other) {
        return (actors & other.actors) == 0;
    }
}
