package io.longlink.remoting.demo.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Another JVM with this one's class path. The two talk in lines of text, a child's standard input and output; what it writes to standard
 * error appears on ours. A child must end when its input ends, so that it does not outlive its parent. Thread-safe.
 */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedWriter input;
    private final CompletableFuture<Void> outputEnded = new CompletableFuture<>();

    private ChildJvm(Process process) {
        this.process = process;
        input = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts a JVM.
     *
     * @param jvmOptions such as {@code -Xmx512m}
     * @param main its class; on the class path of this class
     * @param onLine hears every line of its standard output, in order, on a thread of the child's own
     * @throws UncheckedIOException if it cannot be started
     */
    public static ChildJvm start(List<String> jvmOptions, Class<?> main, List<String> arguments, Consumer<String> onLine) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath(main.getClassLoader()), main.getName()));
        command.addAll(arguments);
        ChildJvm child;
        try {
            child = new ChildJvm(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start another JVM", e);
        }
        Thread reader = new Thread(() -> child.read(onLine), "child-" + child.process.pid());
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    /** The property {@code java.class.path} is Maven's own where Maven runs us in its JVM; there the loader knows better. */
    private static String classPath(ClassLoader loader) {
        if (!(loader instanceof URLClassLoader known)) {
            return System.getProperty("java.class.path");
        }
        List<String> places = new ArrayList<>();
        for (URL url : known.getURLs()) {
            try {
                places.add(Path.of(url.toURI()).toString());
            } catch (URISyntaxException e) {
                throw new IllegalStateException("not a place on the class path: " + url, e);
            }
        }
        return String.join(File.pathSeparator, places);
    }

    private void read(Consumer<String> onLine) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                onLine.accept(line);
            }
            outputEnded.complete(null);
        } catch (IOException | RuntimeException | Error e) {
            outputEnded.completeExceptionally(e);
        }
    }

    /**
     * Sends it a line.
     *
     * @throws UncheckedIOException if it does not read any more
     */
    public void send(String line) {
        try {
            synchronized (input) {
                input.write(line);
                input.write('\n');
                input.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the JVM with pid " + process.pid() + " does not listen", e);
        }
    }

    /** Its number with the operating system. */
    public long pid() {
        return process.pid();
    }

    /** Completes when it has ended its output and every line has been heard; exceptionally if hearing one failed. */
    public CompletableFuture<Void> outputEnded() {
        return outputEnded;
    }

    /** Kills it without a warning, as a crash or an impatient operator would; returns at once. What it wrote before is still heard. */
    public void kill() {
        // Not Process.destroyForcibly, which closes our end of the pipe and throws away what the child wrote last.
        process.toHandle().destroyForcibly();
    }

    /** Completes when the process has ended, which is a little later than its output does. */
    public CompletableFuture<?> ended() {
        return process.onExit();
    }

    /** Waits for its end, {@code millis} at most; says whether it has ended, and leaves it alone if not. */
    public boolean awaitEnd(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        kill();
    }
}
