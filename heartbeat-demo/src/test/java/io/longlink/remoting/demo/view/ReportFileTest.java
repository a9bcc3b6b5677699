package io.longlink.remoting.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

    @Test
    void write_overAnOlderPage_replacesItAndLeavesNothingElse(@TempDir Path directory) throws Exception {
        Path path = Files.writeString(directory.resolve("report.html"), "old");
        new ReportFile(path).write(new Report(
                "scenario", new Result(new JsonObject(), "GREEN: fine", List.of()), new Timeline().picture(), "", Map.of()));
        assertTrue(Files.readString(path).endsWith("</html>\n"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void new_noSuchDirectoryOrADirectory_isRefusedBeforeAnythingRuns(@TempDir Path directory) {
        for (Path path : List.of(directory, directory.resolve("none").resolve("report.html"))) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new ReportFile(path));
            assertEquals("cannot write to " + path, refused.getMessage());
        }
    }
}
