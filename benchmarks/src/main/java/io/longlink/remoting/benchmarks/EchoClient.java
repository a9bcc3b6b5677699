package io.longlink.remoting.benchmarks;

import org.jspecify.annotations.Nullable;

/** A contender's client. Thread-safe. */
interface EchoClient {

    /** Hears how a call ended. On a thread of the contender's choice; may call again from there. */
    @FunctionalInterface
    interface Done {
        /** It ended; {@code failure} is {@code null} if the right answer came. */
        void done(@Nullable Throwable failure);
    }

    /** Calls and returns before the answer comes. Connects first if need be, without blocking for it. */
    void call(String address, byte[] body, Done done);

    /** Calls and blocks until the answer is there. */
    void callSync(String address, byte[] body) throws Exception;

    /**
     * Sends without an answer to an address that is connected; blocks or throws as the contender does when it cannot keep up.
     *
     * @return whether it was taken
     */
    boolean send(String address, byte[] body) throws Exception;

    /** One-ways that were taken and refused later; those of a contender that does not tell are not among them. */
    default long refusedLate() {
        return 0;
    }

    /** Closes all connections in the contender's own way, and may return before they are closed. */
    void close();
}
