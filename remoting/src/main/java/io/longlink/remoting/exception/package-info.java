/**
 * What can go wrong with a call, as checked exceptions that say whether the request may have run.
 *
 * <p>Start here:
 * <ol>
 *   <li>{@link io.longlink.remoting.exception.RemotingException}: the common type and its {@code outcome()};</li>
 *   <li>{@link io.longlink.remoting.exception.RemotingException.Outcome}: not sent, refused or unknown;</li>
 *   <li>{@link io.longlink.remoting.exception.RemotingCommandException}: a command that cannot be written or read.</li>
 * </ol>
 */
@NullMarked
package io.longlink.remoting.exception;

import org.jspecify.annotations.NullMarked;
