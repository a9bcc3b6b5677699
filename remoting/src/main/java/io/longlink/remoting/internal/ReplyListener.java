package io.longlink.remoting.internal;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;

/** Hears how one attempt to send one two-way request ended: exactly one call, on the connection's event loop. Must not block. */
public interface ReplyListener {

    /** For requests of our own whose answer says nothing but that it came. */
    ReplyListener NOBODY = new ReplyListener() {
        @Override
        public void onResponse(RemotingCommand response) {}

        @Override
        public void onFailure(RemotingException cause) {}
    };

    /** The peer answered, with whatever code. */
    void onResponse(RemotingCommand response);

    /** It did not. The outcome says whether the request may have run. */
    void onFailure(RemotingException cause);
}
