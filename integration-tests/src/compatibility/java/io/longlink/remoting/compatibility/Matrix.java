package io.longlink.remoting.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** The results of a whole run. */
final class Matrix {
    /** Two lanes keep two cores busy, and waiting is most of what they do. */
    private static final int LANES_AT_A_TIME = 2;

    private final List<Cell> cells;
    private final List<String> ourErrors;

    private Matrix(List<Cell> cells, List<String> ourErrors) {
        this.cells = cells;
        this.ourErrors = ourErrors;
    }

    /** Runs all lanes of these versions. */
    static Matrix run(List<StockVersion> versions, Path directory) throws IOException, InterruptedException, ExecutionException {
        Files.createDirectories(directory);
        ExecutorService lanes = Executors.newFixedThreadPool(LANES_AT_A_TIME);
        Library ours = Library.ours();
        String ourClasspath = ours.compilePeer(directory.resolve(Library.OURS));
        try (PeerJvm ourClients = PeerJvm.start(ours, ourClasspath, Header.JSON, directory.resolve("our-clients.log"));
                PeerJvm ourServers = PeerJvm.start(ours, ourClasspath, Header.JSON, directory.resolve("our-servers.log"))) {
            List<Future<List<Cell>>> results = new ArrayList<>();
            for (StockVersion version : versions) {
                String classpath = Library.stock(version).compilePeer(directory.resolve(version.number()));
                for (Header header : Header.values()) {
                    Lane lane = new Lane(version, header, directory);
                    results.add(lanes.submit(() -> lane.run(classpath, ourClients, ourServers)));
                }
            }
            List<Cell> cells = new ArrayList<>();
            for (Future<List<Cell>> result : results) {
                cells.addAll(result.get());
            }
            List<String> ourErrors = new ArrayList<>(ourClients.errorsSince(0));
            ourErrors.addAll(ourServers.errorsSince(0));
            return new Matrix(cells, ourErrors);
        } finally {
            lanes.shutdownNow();
        }
    }

    List<Cell> cells() {
        return cells;
    }

    /** What our clients and servers logged as errors, leaked buffers included. */
    List<String> ourErrors() {
        return ourErrors;
    }

    /** What stands in a cell; empty where there is nothing to do. */
    Optional<Outcome> outcome(StockVersion version, Direction direction, Header header, String name) {
        return cells.stream()
                .filter(cell -> cell.version() == version
                        && cell.direction() == direction
                        && cell.header() == header
                        && cell.name().equals(name))
                .map(Cell::outcome)
                .findFirst();
    }

    /** What RocketMQ's client and server do: where the server has no graceful shutdown, with the other one. */
    Optional<Outcome> yardstick(StockVersion version, Header header, RestartCase restart) {
        return outcome(version, Direction.STOCK_TO_STOCK, header, restart.name())
                .or(() -> outcome(version, Direction.STOCK_TO_STOCK, header, restart.hard().name()));
    }

    /** All versions and both forms of headers together. */
    Tally sum(Direction direction, RestartCase restart) {
        return sum(direction, restart, version -> true);
    }

    Tally sum(Direction direction, RestartCase restart, Predicate<StockVersion> versions) {
        return cells.stream()
                .filter(cell -> cell.direction() == direction && cell.name().equals(restart.name()) && versions.test(cell.version()))
                .map(cell -> (Tally) cell.outcome())
                .reduce(Tally.NONE, Tally::plus);
    }
}
