package io.longlink.remoting.compatibility;

import io.longlink.remoting.compatibility.PeerJvm.PeerFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Single calls of every kind from one side to the other. A result is "ok", or says what was wrong. */
final class Calls {
    static final String OK = "ok";

    /** The cases of the peer's calls, in the words of the report. */
    static final Map<String, String> CASES = cases();

    /** Calls during which a RocketMQ server has no reason to log an error. */
    private static final List<String> QUIET = List.of("sync", "async", "oneway", "header", "empty", "large", "back");

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Side client;
    private final Side server;
    private final String name = "calls" + NUMBERS.incrementAndGet();

    Calls(Side client, Side server) {
        this.client = client;
        this.server = server;
    }

    private static Map<String, String> cases() {
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("sync", "sync call");
        cases.put("async", "async call");
        cases.put("oneway", "one-way call");
        cases.put("header", "custom headers, both ways");
        cases.put("empty", "no body, empty body");
        cases.put("large", "body of 4 MiB, both ways");
        cases.put("unknown", "unknown code: 3");
        cases.put("busy", "busy processor: 2");
        cases.put("error", "processor throws: 1");
        cases.put("back", "server calls the client");
        return cases;
    }

    /** Every case of {@link #CASES} and what became of it. */
    Map<String, String> all() {
        String address = open();
        Map<String, String> results = new LinkedHashMap<>();
        for (String call : CASES.keySet()) {
            results.put(call, result(() -> client.jvm().tell("call", name, address, call)));
        }
        close();
        return results;
    }

    /** A call to a server that answers requests of unknown codes in this way: "silent" or "error". */
    String unknownCodesAre(String answered) {
        String address = open("others=" + answered);
        String result = result(() -> client.jvm().tell("call", name, address, "sync"));
        close();
        return result;
    }

    /**
     * While a server drains, requests stamped with versions up to its limit are served and later ones are refused. Two clients: one that
     * finds out when the server drains, and one whose connection is still what it was.
     */
    String gate() {
        String address = open(server.isOurs() ? new String[] {"quietMillis=4000"} : new String[0]);
        String other = name + "-other";
        String served = String.valueOf(server.version().lastServed());
        client.jvm().tell(client.client(other));
        String result = result(() -> {
            client.jvm().tell("call", name, address, "sync");
            client.jvm().tell("call", other, address, "sync");
            server.jvm().ask("stop", name);
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(name, address));
            for (int i = 0; i < 3; i++) {
                String code = client.jvm().tell("stamped", other, address, served, "3000");
                if (!code.equals("0")) {
                    throw new PeerFailure("stamped " + served + ": code " + code);
                }
            }
            if (!isRefused(other, address)) {
                throw new PeerFailure("stamped above " + served + ": served");
            }
        });
        client.jvm().ask("close", other);
        client.jvm().ask("close", name);
        return result;
    }

    private boolean isRefused(String from, String address) {
        try {
            String stamp = String.valueOf(server.version().lastServed() + 1);
            return client.jvm().tell("stamped", from, address, stamp, "500").equals("1500");
        } catch (PeerFailure e) {
            return true;
        }
    }

    /** How many errors a RocketMQ server logs because of a client that calls it, goes and comes again. */
    List<String> errorsOfServer(String... clientSettings) {
        String address = "127.0.0.1:" + server.jvm().tell(server.server(name, false));
        int before = server.jvm().logLength();
        client.jvm().tell(client.client(name, clientSettings));
        for (String call : QUIET) {
            client.jvm().tell("call", name, address, call);
        }
        client.jvm().tell("close", name);
        server.jvm().tell("stop", name);
        return server.jvm().errorsSince(before);
    }

    /** How many errors a RocketMQ client logs because of a server that answers it and shuts down. */
    List<String> errorsOfClient() {
        int before = client.jvm().logLength();
        String address = open();
        for (String call : QUIET) {
            client.jvm().tell("call", name, address, call);
        }
        server.jvm().tell("stop", name);
        client.jvm().tell("close", name);
        return client.jvm().errorsSince(before);
    }

    private String open(String... serverSettings) {
        String port = server.jvm().tell(server.server(name, true, serverSettings));
        client.jvm().tell(client.client(name));
        return "127.0.0.1:" + port;
    }

    private void close() {
        client.jvm().ask("close", name);
        server.jvm().ask("stop", name);
    }

    private static String result(Runnable calls) {
        try {
            calls.run();
            return OK;
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
