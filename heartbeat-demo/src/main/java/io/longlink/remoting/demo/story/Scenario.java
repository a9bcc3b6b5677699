package io.longlink.remoting.demo.story;

/** One plot of the demo. Plays once, on the thread that asks; reads from top to bottom. */
@FunctionalInterface
public interface Scenario {

    /** Plays it and says what came of it. Whatever happens, nothing is left running, other JVMs included. */
    Result play() throws InterruptedException;
}
