package io.longlink.remoting.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every message says and of which kind it is, by its id alone: ids count from 0, the line is the id's line of the file, which is
 * repeated, and of twenty messages about five are one-way, three durable and twelve plain two-way ones. Immutable.
 */
final class Workload {
    /** Of all messages, how many are durable, as a share. */
    static final double DURABLE_SHARE = 0.15;

    private static final double ONE_WAY_SHARE = 0.25;
    private static final String DEFAULT_TEXT = "connections.txt";

    private final List<String> lines;

    /** @throws IllegalArgumentException if there is no line */
    Workload(List<String> lines) {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("there is no line in it");
        }
        this.lines = List.copyOf(lines);
    }

    /**
     * Reads a text file.
     *
     * @param file UTF-8; {@code null} for the text that comes with the demo
     * @throws IllegalArgumentException if it cannot be read or holds no line, in words for the command line
     */
    static Workload read(@Nullable Path file) {
        if (file == null) {
            return new Workload(lines(defaultText(), DEFAULT_TEXT));
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    Files.exists(file) ? "'" + file + "' is no file" : "there is no file '" + file + "'");
        }
        try {
            return new Workload(lines(Files.readAllBytes(file), file.toString()));
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + file + "' cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + file + "' cannot be used: " + e.getMessage(), e);
        }
    }

    private static byte[] defaultText() {
        try (InputStream text = Workload.class.getResourceAsStream(DEFAULT_TEXT)) {
            if (text == null) {
                throw new IllegalStateException(DEFAULT_TEXT + " is missing from the class path");
            }
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(byte[] text, String name) {
        try {
            // Strictly: a byte that is replaced on reading would be a message that differs from the file.
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
            return decoded.lines().toList();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " is no UTF-8 text", e);
        }
    }

    /** How many lines the file has. */
    int size() {
        return lines.size();
    }

    /** What a message says. */
    String line(long id) {
        return lines.get((int) (id % lines.size()));
    }

    /** Of which kind a message is: mixed, so that no client, server or line gets one kind only, and the same in every run. */
    MessageKind kind(long id) {
        double share = (mixed(id) >>> 11) * 0x1.0p-53;
        if (share < ONE_WAY_SHARE) {
            return MessageKind.ONE_WAY;
        }
        return share < ONE_WAY_SHARE + DURABLE_SHARE ? MessageKind.DURABLE : MessageKind.TWO_WAY;
    }

    /** SplitMix64's finalizer: neighbours come out unrelated. */
    private static long mixed(long id) {
        long z = (id + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
