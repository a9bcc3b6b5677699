package io.longlink.remoting.demo.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where the page goes: there is the whole of it, or what was there before. */
public final class ReportFile {
    private final Path path;

    /**
     * A file that need not exist.
     *
     * @throws IllegalArgumentException if it cannot be written there, in words for the command line
     */
    public ReportFile(Path path) {
        this.path = path.toAbsolutePath();
        Path parent = this.path.getParent();
        if (parent == null || !Files.isWritable(parent) || Files.isDirectory(path)) {
            throw new IllegalArgumentException("cannot write to " + path);
        }
    }

    /** Writes the page. */
    public void write(Report report) {
        String page = ReportPage.html(report);
        try {
            Path whole = path.resolveSibling(path.getFileName() + ".part");
            try {
                Files.writeString(whole, page);
                Files.move(whole, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report to " + path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
