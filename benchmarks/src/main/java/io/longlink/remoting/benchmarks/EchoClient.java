package io.longlink.remoting.benchmarks;

import org.jspecify.annotations.Nullable;

/** A contender's client. Thread-safe. */
interface EchoClient extends AutoCloseable {

    /** Hears how a call ended. On a thread of the contender's choice; may call again from there. */
    @FunctionalInterface
    interface Done {
        /** It ended; {@code failure} is {@code null} if the right answer came. */
        void done(@Nullable Throwable failure);
    }

    /** Calls and returns before the answer comes. */
    void call(String address, byte[] body, Done done);

    /** Calls and blocks until the answer is there. */
    void callSync(String address, byte[] body) throws Exception;

    /**
     * Sends without an answer; blocks or throws as the contender does when it cannot keep up.
     *
     * @return whether it was taken
     */
    boolean send(String address, byte[] body) throws Exception;

    @Override
    void close();
}
