package io.longlink.remoting.demo;

/** How a message is sent and what its server does with it. */
enum MessageKind {
    /** Executed at once, and answered. */
    TWO_WAY("twoway"),
    /** Parked until the next group commit, then executed and answered; refused if the server leaves before that. */
    DURABLE("durable"),
    /** Executed at once, never answered. */
    ONE_WAY("oneway");

    private final String text;

    MessageKind(String text) {
        this.text = text;
    }

    /** How the ledger's files call it. */
    String text() {
        return text;
    }
}
