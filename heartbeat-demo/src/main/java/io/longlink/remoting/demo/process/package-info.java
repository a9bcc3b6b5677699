/**
 * Parts of a scenario in JVMs of their own.
 *
 * <p>Start here:
 * <ul>
 *   <li>{@link io.longlink.remoting.demo.process.ChildJvm}: another JVM, and lines of text to and from it;</li>
 *   <li>{@link io.longlink.remoting.demo.process.Dialogue} and {@link io.longlink.remoting.demo.process.Commands}: one that does what it
 *       is told and answers;</li>
 *   <li>{@link io.longlink.remoting.demo.process.FreePorts}: ports that stay free while a server is away.</li>
 * </ul>
 */
@NullMarked
package io.longlink.remoting.demo.process;

import org.jspecify.annotations.NullMarked;
