package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Story;

/**
 * Where a scenario is played.
 *
 * @param arguments what was asked for
 * @param story who tells it
 * @param faults what a test breaks on purpose
 */
record Stage(Arguments arguments, Story story, Faults faults) {}
