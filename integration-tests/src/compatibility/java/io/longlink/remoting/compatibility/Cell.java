package io.longlink.remoting.compatibility;

/**
 * One result of a run.
 *
 * @param name of a case: one of {@link Calls#CASES}, of {@link RestartCase}, or of those named in {@link Lane}
 */
record Cell(StockVersion version, Direction direction, Header header, String name, Outcome outcome) {}
