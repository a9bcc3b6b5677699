package io.longlink.remoting.client.heartbeat;

/** Distributes work anew because a broker has just learnt of this client. Called on the executor it was set with. */
@FunctionalInterface
public interface Rebalancer {

    /** Once for each new connection, after the first beat that the broker accepted on it. What it throws is logged and changes nothing. */
    void rebalanceImmediately();
}
