package io.longlink.remoting.compatibility;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A peer in a JVM of its own. Thread-safe. */
final class PeerJvm implements AutoCloseable {
    private static final long ANSWER_SECONDS = 90;

    private final Library library;
    private final Process process;
    private final Path log;
    private final BufferedWriter commands;
    private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private PeerJvm(Library library, Process process, Path log) {
        this.library = library;
        this.process = process;
        this.log = log;
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts one.
     *
     * @param classpath of the peer, compiled
     * @param header what RocketMQ's clients and servers write; ours are told by their configs
     * @param log where it logs to
     */
    static PeerJvm start(Library library, String classpath, Header header, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx384m"));
        command.addAll(library.jvmOptions());
        command.add("-Drocketmq.serialize.type=" + header);
        command.add("-Drmq.logback.configurationFile=" + Path.of("src", "compatibility", "peer", "stock-logback.xml").toAbsolutePath());
        command.add("-Dlogback.configurationFile=" + Path.of("src", "compatibility", "peer", "logback.xml").toAbsolutePath());
        command.addAll(List.of("-cp", classpath, "peer.Peer"));
        Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        PeerJvm peer = new PeerJvm(library, process, log);
        Thread reader = new Thread(peer::readAnswers, "answers of " + log.getFileName());
        reader.setDaemon(true);
        reader.start();
        return peer;
    }

    Library library() {
        return library;
    }

    /** Gives a command and returns without waiting for its end. */
    CompletableFuture<String> ask(String... words) {
        String number = String.valueOf(numbers.incrementAndGet());
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.put(number, answer);
        synchronized (commands) {
            try {
                commands.write(number + " " + String.join(" ", words));
                commands.newLine();
                commands.flush();
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        }
        return answer;
    }

    /**
     * Gives a command and waits for its end.
     *
     * @throws PeerFailure if it failed; its message says why
     */
    String tell(String... words) {
        return result(ask(words));
    }

    /** Waits for the end of a command that {@link #ask} gave. */
    static String result(CompletableFuture<String> asked) {
        try {
            return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PeerFailure failure ? failure : new PeerFailure(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new PeerFailure("no answer in " + ANSWER_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerFailure("interrupted");
        }
    }

    private void readAnswers() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] parts = line.split(" ", 3);
                CompletableFuture<String> answer = answers.remove(parts[0]);
                if (parts[1].equals("ok")) {
                    answer.complete(parts[2]);
                } else {
                    answer.completeExceptionally(new PeerFailure(parts[2]));
                }
            }
        } catch (IOException e) {
            // The JVM ended in the middle of a line; those who wait hear of it below.
            answers.values().forEach(answer -> answer.completeExceptionally(e));
        }
        answers.values().forEach(answer -> answer.completeExceptionally(new PeerFailure("the JVM has ended")));
    }

    /** How many lines it has logged so far. */
    int logLength() {
        return logLines().size();
    }

    /** What it has logged as an error since {@link #logLength} said so. */
    List<String> errorsSince(int logLength) {
        return logLines().stream().skip(logLength).filter(line -> line.startsWith("ERROR ") || line.contains(" ERROR ")).toList();
    }

    private List<String> logLines() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** A peer could not do what it was told. */
    static final class PeerFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        PeerFailure(String message) {
            super(message);
        }
    }
}
