package io.longlink.remoting.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** All cells of one version with one form of headers, one after the other: two JVMs of that version against two of ours. */
final class Lane {
    static final String GATE = "gate";
    static final String HELLO_SILENT = "hello-silent";
    static final String HELLO_ERROR = "hello-error";
    static final String LOG = "log";
    static final String LOG_WITHOUT_HELLO = "log-without-hello";

    private final StockVersion version;
    private final Header header;
    private final Path directory;
    private final List<Cell> cells = new ArrayList<>();

    Lane(StockVersion version, Header header, Path directory) {
        this.version = version;
        this.header = header;
        this.directory = directory;
    }

    /** @param classpath of the peer, compiled against this version */
    List<Cell> run(String classpath, PeerJvm ourClients, PeerJvm ourServers)
            throws IOException, InterruptedException, ExecutionException {
        Path files = Files.createDirectories(directory.resolve(version + "-" + header));
        Library stock = Library.stock(version);
        try (PeerJvm stockClients = PeerJvm.start(stock, classpath, header, files.resolve("client.log"));
                PeerJvm stockServers = PeerJvm.start(stock, classpath, header, files.resolve("server.log"))) {
            Side ourClient = new Side(ourClients, header, StockVersion.V5_5_1);
            Side ourServer = new Side(ourServers, header, StockVersion.V5_5_1);
            Side stockClient = new Side(stockClients, header, version);
            Side stockServer = new Side(stockServers, header, version);
            logs(ourClient, ourServer, stockClient, stockServer);
            calls(Direction.STOCK_TO_OURS, stockClient, ourServer);
            calls(Direction.OURS_TO_STOCK, ourClient, stockServer);
            calls(Direction.STOCK_TO_STOCK, stockClient, stockServer);
            fallbacks(ourClient, stockServer);
            // Serving old clients to the end takes a minute, in which everything else can be done.
            ExecutorService aside = Executors.newSingleThreadExecutor();
            try {
                Future<Tally> longest = aside.submit(() -> new Restart(stockClient, ourServer, true, files).behindBalancer());
                restart(Direction.STOCK_TO_OURS, RestartCase.DIRECT, stockClient, ourServer, files);
                restarts(Direction.OURS_TO_STOCK, ourClient, stockServer, files);
                restarts(Direction.STOCK_TO_STOCK, stockClient, stockServer, files);
                add(Direction.STOCK_TO_OURS, RestartCase.BALANCED.name(), longest.get());
            } finally {
                aside.shutdownNow();
            }
        }
        return cells;
    }

    private void add(Direction direction, String name, Outcome outcome) {
        cells.add(new Cell(version, direction, header, name, outcome));
    }

    private void calls(Direction direction, Side client, Side server) {
        new Calls(client, server).all().forEach((name, result) -> add(direction, name, new Answer(result)));
        if (server.version().hasGracefulShutdown()) {
            add(direction, GATE, new Answer(new Calls(client, server).gate()));
        }
    }

    private void fallbacks(Side ourClient, Side stockServer) {
        add(Direction.OURS_TO_STOCK, HELLO_SILENT, new Answer(new Calls(ourClient, stockServer).unknownCodesAre("silent")));
        add(Direction.OURS_TO_STOCK, HELLO_ERROR, new Answer(new Calls(ourClient, stockServer).unknownCodesAre("error")));
    }

    private void logs(Side ourClient, Side ourServer, Side stockClient, Side stockServer) {
        add(Direction.OURS_TO_STOCK, LOG, new Answer(onlyOf(new Calls(ourClient, stockServer).errorsOfServer(), " 1501 ", 1)));
        List<String> withoutHello = new Calls(ourClient, stockServer).errorsOfServer("negotiate=false");
        add(Direction.OURS_TO_STOCK, LOG_WITHOUT_HELLO, new Answer(onlyOf(withoutHello, " 1501 ", 0)));
        add(Direction.STOCK_TO_OURS, LOG, new Answer(onlyOf(new Calls(stockClient, ourServer).errorsOfClient(), " 1501 ", 0)));
    }

    private static String onlyOf(List<String> errors, String expected, int times) {
        return errors.size() == times && errors.stream().allMatch(line -> line.contains(expected)) ? Calls.OK : String.join("; ", errors);
    }

    private void restarts(Direction direction, Side client, Side stockServer, Path files) throws IOException {
        for (RestartCase restart : RestartCase.values()) {
            if (!restart.isGraceful() || stockServer.version().hasGracefulShutdown()) {
                restart(direction, restart, client, stockServer, files);
            }
        }
    }

    private void restart(Direction direction, RestartCase restart, Side client, Side server, Path files) throws IOException {
        Restart run = new Restart(client, server, restart.isGraceful(), files);
        add(direction, restart.name(), restart.isBalanced() ? run.behindBalancer() : run.directly());
    }
}
