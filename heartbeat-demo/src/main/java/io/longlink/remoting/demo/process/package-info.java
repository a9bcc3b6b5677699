/** Parts of a scenario in JVMs of their own; {@link io.longlink.remoting.demo.process.ChildJvm} is all of it. */
@NullMarked
package io.longlink.remoting.demo.process;

import org.jspecify.annotations.NullMarked;
