package io.longlink.remoting.compatibility;

/** Who calls whom. */
enum Direction {
    STOCK_TO_OURS("stock client, our server"),
    OURS_TO_STOCK("our client, stock server"),
    /** The yardstick. */
    STOCK_TO_STOCK("stock client, stock server");

    private final String text;

    Direction(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
