package io.longlink.remoting.demo.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The other end of a {@link Dialogue}: commands come in, answers go out. Stateless. */
public final class Commands {

    /** Carries a command out. */
    @FunctionalInterface
    public interface Servant {
        /** Prints an answer or several. Called on one thread, command by command. */
        void obey(String command, PrintStream answers) throws Exception;
    }

    private Commands() {}

    /**
     * Reads commands until there are no more, which is when whoever gives them has ended: what is still being done is not waited for then.
     * A command that fails is answered with {@code failed} and why.
     */
    public static void serve(InputStream in, PrintStream out, Servant servant) throws IOException {
        // Apart, so that the end of the input is seen while a command is carried out.
        ExecutorService one = Executors.newSingleThreadExecutor(body -> {
            Thread thread = new Thread(body, "commands");
            thread.setDaemon(true);
            return thread;
        });
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String command = line;
                one.execute(() -> obey(servant, command, out));
            }
        } finally {
            one.shutdownNow();
        }
    }

    private static void obey(Servant servant, String command, PrintStream out) {
        try {
            servant.obey(command, out);
        } catch (Exception e) {
            out.println("failed " + e);
        }
        out.flush();
    }
}
