package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.Timeline;

/** How a message is sent and what its server does with it. */
enum MessageKind {
    /** Executed at once, and answered. */
    TWO_WAY("twoway", Timeline.Kind.TWO_WAY),
    /** Parked until the next group commit, then executed and answered; refused if the server leaves before that. */
    DURABLE("durable", Timeline.Kind.DURABLE),
    /** Executed at once, never answered. */
    ONE_WAY("oneway", Timeline.Kind.ONE_WAY);

    private final String text;
    private final Timeline.Kind shown;

    MessageKind(String text, Timeline.Kind shown) {
        this.text = text;
        this.shown = shown;
    }

    /** How the ledger's files call it. */
    String text() {
        return text;
    }

    /** How the timeline calls it. */
    Timeline.Kind shown() {
        return shown;
    }
}
