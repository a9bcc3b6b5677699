package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;

/** Hears how the writing of one one-way request ended: exactly one call, on the connection's event loop. Must not block. */
public interface WriteListener {

    /** The whole frame is with the kernel. */
    void onWritten();

    /** It is not, or not known to be. */
    void onFailure(RemotingException cause);
}
