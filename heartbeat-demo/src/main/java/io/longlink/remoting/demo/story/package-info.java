/**
 * How a run is told: while it happens, and what came of it.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.story.Scenario}: what can be played, and its {@code Result};</li>
 *   <li>{@link io.longlink.remoting.demo.story.Story}: event by event, for people or for machines;</li>
 *   <li>{@link io.longlink.remoting.demo.story.Timeline}: what can be shown and not told, and {@code Picture}, what it comes to.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo.story;

import org.jspecify.annotations.NullMarked;
