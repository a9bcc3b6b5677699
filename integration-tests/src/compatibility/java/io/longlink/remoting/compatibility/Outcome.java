package io.longlink.remoting.compatibility;

/** What stands in one cell of the matrix. */
sealed interface Outcome permits Answer, Tally {

    /** Whether nothing is left to wish. */
    boolean isClean();
}
