/**
 * The life of one long connection as the articles on RocketMQ's long connections tell it, with short settings: idle and kept alive by
 * PINGs, closed by the server when the client goes silent, and, when the server is gone, tried twelve times and given up.
 *
 * <p>Start here: {@link io.longlink.remoting.demo.watchdog.WatchdogStory}, and {@code Seen}, from which the verdict follows.
 */
@NullMarked
package io.longlink.remoting.demo.watchdog;

import org.jspecify.annotations.NullMarked;
