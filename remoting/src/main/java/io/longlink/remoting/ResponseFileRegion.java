package io.longlink.remoting;

import io.netty.channel.FileRegion;

/**
 * A file region that is a whole response, its header included, for processors that send messages from a file without copying them. A
 * processor returns {@code null} and writes the region, exactly one frame, to the channel.
 *
 * <p>A region of any other type that holds its own header cannot be recognized as an answer, and its request counts as unanswered when its
 * time is up.
 */
public interface ResponseFileRegion extends FileRegion {

    /** The opaque of the request that is answered, and of the response in the region. */
    int getOpaque();
}
