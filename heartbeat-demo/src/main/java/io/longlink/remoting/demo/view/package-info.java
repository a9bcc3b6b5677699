/**
 * How a run shows itself, made from a {@link io.longlink.remoting.demo.story.Timeline}.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.view.LiveTable}: the connections on a terminal, while it runs;</li>
 *   <li>{@link io.longlink.remoting.demo.view.ReportFile}: a page with pictures, when it is over.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo.view;

import org.jspecify.annotations.NullMarked;
