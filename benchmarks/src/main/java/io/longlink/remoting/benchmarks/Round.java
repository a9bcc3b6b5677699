package io.longlink.remoting.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One contender under one load, once, in two JVMs that were started for it.
 *
 * @param server what the server's JVM used meanwhile
 */
record Round(Contender contender, Load load, Sample client, Usage server) {

    static Round run(Contender contender, Load load, long warmUpMillis, long measuredMillis) throws IOException {
        Process server = jvm(ServerProcess.class, contender.name());
        try (BufferedReader fromServer = reader(server)) {
            String port = line(fromServer, contender + "'s server");
            Process client = jvm(
                    ClientProcess.class,
                    contender.name(),
                    load.toString(),
                    port,
                    Long.toString(warmUpMillis),
                    Long.toString(measuredMillis));
            try (BufferedReader fromClient = reader(client)) {
                line(fromClient, contender + "'s client");
                Usage before = usage(server, fromServer);
                Sample sample = Sample.parse(line(fromClient, contender + "'s client"));
                return new Round(contender, load, sample, usage(server, fromServer).since(before));
            } finally {
                client.destroyForcibly();
            }
        } finally {
            server.destroyForcibly();
        }
    }

    private static Usage usage(Process server, BufferedReader fromServer) throws IOException {
        server.getOutputStream().write('\n');
        server.getOutputStream().flush();
        return Usage.parse(line(fromServer, "the server"));
    }

    private static String line(BufferedReader from, String whose) throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException(whose + " ended early; what it said is above");
        }
        return line;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static Process jvm(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseParallelGC",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
