package io.longlink.remoting.client.heartbeat;

/** The one thread that owns the state of a heartbeat service, and its clock. Tests have one that stands still until told. */
interface BeatThread {

    /** Runs a task behind those that were given before. Any thread. Never blocks; returns false, and does nothing, after the end. */
    boolean execute(Runnable task);

    /**
     * Runs a task later. Any thread; does nothing after the end.
     *
     * @return takes the task back if it has not run
     */
    Runnable schedule(Runnable task, long delayMillis);

    /** Runs something slow elsewhere: looking a name up. Does nothing after the end. */
    void executeSlow(Runnable task);

    /** Ends it; what was given and has not begun is forgotten. */
    void shutdown();
}
