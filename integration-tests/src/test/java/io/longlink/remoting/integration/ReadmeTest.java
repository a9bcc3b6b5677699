package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.RequestCode;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what compiles and runs. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path README = ROOT.resolve("README.md");

    @TempDir
    private Path classes;

    @Test
    void snippets_inReadme_areFewAndShort() throws IOException {
        List<Snippet> snippets = Snippet.in(README);
        assertEquals(3, snippets.size());
        for (Snippet snippet : snippets) {
            int longest = snippet.name().equals("HeartbeatClient") ? 23 : 16;
            assertTrue(snippet.source().lines().count() <= longest, () -> "longer than " + longest + " lines:\n" + snippet.source());
        }
    }

    @Test
    void serverAndClient_compiledAndRun_greetEachOther() throws Exception {
        compileSnippets();
        String port = Integer.toString(freePort());
        Process server = java("EchoServer", port);
        try {
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> answers("EchoClient", port), "hello"::equals);
        } finally {
            server.destroy();
        }
        assertTrue(server.waitFor(10, TimeUnit.SECONDS), "the server did not end by itself");
    }

    @Test
    void heartbeatClient_serverRestarted_rebalancesAgain() throws Exception {
        compileSnippets();
        Brokers brokers = new Brokers(freePort());
        Process client = java("HeartbeatClient", Integer.toString(brokers.port));
        Lines printed = new Lines(client);
        try {
            brokers.restart();
            printed.awaitAtLeast(1, "rebalance");
            brokers.restart();
            printed.awaitAtLeast(2, "rebalance");
            client.outputWriter().append('\n').close();
            assertTrue(client.waitFor(20, TimeUnit.SECONDS), "the client did not end by itself");
        } finally {
            client.destroyForcibly();
            brokers.stop();
        }
        assertEquals(0, client.exitValue());
        assertTrue(brokers.beats.get() >= 2, () -> brokers.beats + " beats");
        assertEquals(List.of(), printed.all.stream().filter(line -> !line.equals("rebalance")).toList());
    }

    @Test
    void dependencies_inReadme_areOursOfThisVersion() throws IOException {
        String readme = Files.readString(README);
        Matcher version = Pattern.compile("<artifactId>longlink-parent</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(version.find());
        for (String artifact : List.of("remoting-server", "remoting-client")) {
            Pattern dependency = Pattern.compile("<dependency>\\s*<groupId>io\\.longlink</groupId>\\s*<artifactId>" + artifact
                    + "</artifactId>\\s*<version>" + Pattern.quote(version.group(1)) + "</version>\\s*</dependency>");
            assertTrue(dependency.matcher(readme).find(), artifact);
            assertTrue(Files.exists(ROOT.resolve(artifact).resolve("pom.xml")), artifact);
        }
    }

    @Test
    void testCommand_inReadmeAndCi_isTheSame() throws IOException {
        String ci = Files.readString(ROOT.resolve(".ci/run"));
        assertTrue(ci.contains("exec mvn -B -ntp verify\n"), ci);
        assertTrue(Files.readString(README).contains("\n    mvn -B -ntp verify\n"));
        assertTrue(Files.readString(ROOT.resolve(".github/workflows/ci.yml")).contains("bash .ci/run"));
    }

    private void compileSnippets() throws IOException {
        Snippet.compile(Snippet.in(README), classes);
    }

    private String answers(String mainClass, String argument) throws Exception {
        Process client = java(mainClass, argument);
        String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(client.waitFor(10, TimeUnit.SECONDS));
        return printed;
    }

    private Process java(String mainClass, String argument) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-cp", classes + System.getProperty("path.separator") + Snippet.classPath(), mainClass, argument)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A broker that is replaced on its port; takes heartbeats. One thread. */
    private static final class Brokers {
        private final int port;
        private final AtomicInteger beats = new AtomicInteger();
        private @Nullable NettyRemotingServer running;

        Brokers(int port) {
            this.port = port;
        }

        void restart() {
            stop();
            NettyRemotingServer next = new NettyRemotingServer(new NettyServerConfig().setListenPort(port));
            next.registerProcessor(RequestCode.HEART_BEAT, (ctx, request) -> {
                beats.incrementAndGet();
                return RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
            }, null);
            next.start();
            running = next;
        }

        void stop() {
            NettyRemotingServer before = running;
            running = null;
            if (before != null) {
                DrainReport report = before.shutdownGracefully(Duration.ofSeconds(30)).join();
                assertTrue(report.addsUp(), report::toString);
            }
        }
    }

    /** What a process prints; read on a thread of its own, which ends with the process. */
    private static final class Lines {
        private final List<String> all = new CopyOnWriteArrayList<>();

        Lines(Process process) {
            Thread reader = new Thread(() -> process.inputReader(StandardCharsets.UTF_8).lines().forEach(all::add), "process-output");
            reader.setDaemon(true);
            reader.start();
        }

        void awaitAtLeast(int count, String line) {
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> all.stream().filter(line::equals).count() >= count);
        }
    }
}
