/** The codec alone, beside RocketMQ's, under JMH: no sockets, no threads. See the module's README. */
@NullMarked
package io.longlink.remoting.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
