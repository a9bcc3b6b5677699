package peer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One side of a compatibility run, in a JVM of its own: servers and clients of one library, driven by lines.
 *
 * <p>A line in is "number verb argument...", its line out "number ok result" or "number failed reason"; commands run at the same time and
 * answer when they end. Written against RocketMQ's remoting and compiled against each of its versions; for Longlink Remoting only the
 * imports are changed before it is compiled.
 */
public final class Peer {
    private final Ledger ledger = new Ledger();
    private final Servers servers = new Servers(ledger);
    private final Clients clients = new Clients();
    private final PrintStream out;

    private Peer(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        // Whatever else is printed must not come between the answers.
        System.setOut(System.err);
        OldLog.toStandardError();
        Peer peer = new Peer(answers);
        ExecutorService commands = Executors.newCachedThreadPool();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> words = Arrays.asList(line.split(" "));
            commands.execute(() -> peer.answer(words));
        }
        // Whoever drove this JVM is gone.
        Runtime.getRuntime().halt(0);
    }

    private void answer(List<String> words) {
        String result;
        try {
            result = "ok " + run(words.get(1), words.subList(2, words.size()));
        } catch (Exception | LinkageError e) {
            result = "failed " + Reasons.of(e);
        }
        out.println(words.get(0) + " " + result);
    }

    private String run(String verb, List<String> args) throws Exception {
        switch (verb) {
            case "server":
                return servers.start(args.get(0), args.subList(1, args.size()));
            case "stop":
                return servers.stop(args.get(0));
            case "executed":
                return ledger.write(args.get(0), args.get(1));
            case "client":
                return clients.start(args.get(0), args.subList(1, args.size()));
            case "close":
                return clients.close(args.get(0));
            case "call":
                return new Calls(clients.get(args.get(0)), args.get(1)).run(args.get(2));
            case "stamped":
                return new Calls(clients.get(args.get(0)), args.get(1)).stamped(Integer.parseInt(args.get(2)), Long.parseLong(args.get(3)));
            case "load":
                return clients.load(args.get(0), args.get(1), args.get(2), Integer.parseInt(args.get(3)));
            case "answered":
                return clients.answered(args.get(0));
            case "unload":
                return clients.unload(args.get(0), args.get(1));
            default:
                throw new IllegalArgumentException("unknown verb " + verb);
        }
    }
}
