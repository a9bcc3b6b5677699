package io.longlink.remoting.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * RocketMQ on the other end. Runs the whole matrix once, writes docs/compatibility.md, and then looks at it. With
 * {@code -Dcompatibility.versions=5.5.1,4.9.8} only these versions are run, and the page is left as it is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompatibilityTest {
    private static final Path DIRECTORY = Path.of("target", "compatibility");
    private static final Path PAGE = Path.of("..", "docs", "compatibility.md");

    private final List<StockVersion> versions = versions();
    private Matrix matrix;

    private static List<StockVersion> versions() {
        String only = System.getProperty("compatibility.versions");
        return Arrays.stream(StockVersion.values())
                .filter(version -> only == null || List.of(only.split(",", -1)).contains(version.number()))
                .toList();
    }

    @BeforeAll
    void run() throws Exception {
        matrix = Matrix.run(versions, DIRECTORY);
        String page = new Report(matrix, versions).text();
        Files.writeString(DIRECTORY.resolve("compatibility.md"), page);
        if (versions.size() == StockVersion.values().length) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
    }

    @Test
    void calls_inBothDirections_areAnsweredAsRocketMqDoes() {
        List<Cell> wrong = matrix.cells().stream()
                .filter(cell -> cell.direction() != Direction.STOCK_TO_STOCK)
                .filter(cell -> cell.outcome() instanceof Answer && !cell.outcome().isClean())
                .toList();
        assertEquals(List.of(), wrong);
    }

    @Test
    void run_logsNoErrorOfOurs_butThoseOfProcessorsThatWereToldToFail() {
        assertEquals(List.of(), matrix.ourErrors().stream().filter(line -> !line.contains("told to fail")).toList());
    }

    @Test
    void restart_neverMakesARequestRunTwice() {
        for (RestartCase restart : RestartCase.values()) {
            assertEquals(0, matrix.sum(Direction.STOCK_TO_OURS, restart).twice(), restart.toString());
            assertEquals(0, matrix.sum(Direction.OURS_TO_STOCK, restart).twice(), restart.toString());
        }
    }

    @Test
    void restart_losesSomething_onlyWhereRocketMqDoesToo() {
        for (RestartCase restart : RestartCase.values()) {
            Tally yardstick = matrix.sum(Direction.STOCK_TO_STOCK, restart);
            for (Direction direction : List.of(Direction.STOCK_TO_OURS, Direction.OURS_TO_STOCK)) {
                Tally ours = matrix.sum(direction, restart);
                assertTrue(ours.isClean() || !yardstick.isClean(), () -> direction + ", " + restart + ": " + ours + " " + ours.reasons());
            }
        }
    }

    @Test
    void rollingRestartOfOurs_underClientsThatKnowGoAway_failsNoMoreThanTheirOwnServersDo() {
        for (StockVersion version : versions) {
            if (version.stamp() > StockVersion.V5_3_1.stamp()) {
                Tally ours = matrix.sum(Direction.STOCK_TO_OURS, RestartCase.BALANCED, version::equals);
                Tally yardstick = matrix.sum(Direction.STOCK_TO_STOCK, RestartCase.BALANCED, version::equals);
                assertTrue(
                        ours.failed() <= yardstick.failed(),
                        () -> version + ": " + ours + " " + ours.reasons() + ", yardstick " + yardstick);
            }
        }
    }

    @Test
    void rollingRestartOfOurs_underOlderClients_failsOneCallInTenThousandAtMost() {
        Tally all = matrix.sum(
                Direction.STOCK_TO_OURS, RestartCase.BALANCED, version -> version.stamp() <= StockVersion.V5_3_1.stamp());
        assertTrue(all.failed() <= (all.sent() + 9_999) / 10_000, () -> all + " of " + all.sent() + " " + all.reasons());
    }

    @Test
    void rollingGracefulRestartOfTheirs_failsNoCallOfOurClient() {
        Tally all = matrix.sum(Direction.OURS_TO_STOCK, RestartCase.BALANCED);
        assertEquals(0, all.failed(), () -> all.reasons().toString());
    }
}
