package io.longlink.remoting.demo;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as two files of one shape, {@code sent.tsv} and {@code executed.tsv}: a row per call that ended and a row per execution.
 * The line comes last and as it is, tabs included.
 *
 * <pre>
 *   sent.tsv      id  kind  outcome  line        kind: twoway, durable, oneway
 *   executed.tsv  id  kind  server   line        outcome: answered, written, notsent,
 *                                                refused, unknown, failed
 * </pre>
 *
 * <p>Without the third column both hold the same rows, unless something was lost (left of {@code comm}) or executed twice (right of it).
 * Thread-safe.
 */
final class LedgerFiles implements AutoCloseable {

    /** One file; remembers the first thing that went wrong, so that those who write need not care. */
    private static final class Rows {
        private final BufferedWriter writer;
        private @Nullable IOException failure;

        Rows(Path file) throws IOException {
            writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        }

        synchronized void add(int id, MessageKind kind, String third, String line) {
            if (failure != null) {
                return;
            }
            try {
                writer.write(Integer.toString(id));
                writer.write('\t');
                writer.write(kind.text());
                writer.write('\t');
                writer.write(third);
                writer.write('\t');
                writer.write(line);
                writer.write('\n');
            } catch (IOException e) {
                failure = e;
            }
        }

        synchronized void close() throws IOException {
            writer.close();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final Rows sent;
    private final Rows executed;

    /**
     * Makes the directory if there is none, and empties the files of an earlier run.
     *
     * @throws IllegalArgumentException if that cannot be done, in words for the command line
     */
    LedgerFiles(Path directory) {
        try {
            Files.createDirectories(directory);
            sent = new Rows(directory.resolve("sent.tsv"));
            executed = new Rows(directory.resolve("executed.tsv"));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot write to '" + directory + "': " + e, e);
        }
    }

    /** A call has ended. */
    void sent(int id, MessageKind kind, Ledger.Outcome outcome, String line) {
        sent.add(id, kind, outcome.text(), line);
    }

    /** A server executed a message. */
    void executed(int id, MessageKind kind, int server, String line) {
        executed.add(id, kind, "server" + server, line);
    }

    /** @throws UncheckedIOException if any row of either file could not be written */
    @Override
    public void close() {
        try {
            try {
                sent.close();
            } finally {
                executed.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger is incomplete", e);
        }
    }
}
