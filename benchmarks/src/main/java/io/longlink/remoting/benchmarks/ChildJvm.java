package io.longlink.remoting.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of a round, led by {@link Orders}. The same options for all contenders; nobody lives longer than some minutes. */
final class ChildJvm implements AutoCloseable {
    private static final long LIFE_MINUTES = 5;

    /** What all of them are started with. */
    static final List<String> OPTIONS = List.of(
            "-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "-XX:+IgnoreUnrecognizedVMOptions", "--sun-misc-unsafe-memory-access=allow");

    private final String name;
    private final Process process;
    private final BufferedReader answers;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm start(Class<?> main, Contender contender, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", contender.classPath(), main.getName(), contender.name()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread guard = new Thread(() -> endInTime(process), "guard");
        guard.setDaemon(true);
        guard.start();
        return new ChildJvm(contender + "'s " + main.getSimpleName(), process);
    }

    private static void endInTime(Process process) {
        try {
            if (!process.waitFor(LIFE_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** Gives an order, whose answer comes by {@link #hear}. */
    void tell(String order) throws IOException {
        process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** @throws RoundFailedException if the answer is that it failed, or the process ended instead */
    Figures hear() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new RoundFailedException(name + " ended early; what it said is above");
        }
        if (line.startsWith(Orders.FAILED)) {
            throw new RoundFailedException(name + ": " + line.substring(Orders.FAILED.length()));
        }
        return Figures.parse(line);
    }

    Figures ask(String order) throws IOException {
        tell(order);
        return hear();
    }

    /** Files and sockets that the process has open. Linux only. */
    int openFiles() throws IOException {
        String[] files = new File("/proc/" + process.pid() + "/fd").list();
        if (files == null) {
            throw new IOException("cannot count the open files of " + name);
        }
        return files.length;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
