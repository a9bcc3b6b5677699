package io.longlink.remoting.demo;

/** Where servers write down what they execute, before they answer it. Thread-safe. */
@FunctionalInterface
interface Executions {
    /**
     * A server executes a message.
     *
     * @param server its number
     * @param text what the message says, as it came
     */
    void onExecute(int id, MessageKind kind, int server, String text);
}
