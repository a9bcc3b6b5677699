package io.longlink.remoting.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Timeline;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveTableTest {
    private static final String HEAD = "CLIENT  SERVER    STATE       BEAT  RTT P50  P99  FLIGHT  RECONN";

    private final Screen screen = new Screen(72);
    private final Timeline timeline = new Timeline();
    private final LiveTable table = new LiveTable(screen.stream(), timeline, new TerminalSize(72, 24), true);

    private static String row(String client, String state) {
        return client + "       server 1  " + String.format("%-10s", state) + "     -        -    -       0       0";
    }

    private Timeline.Client client(String name) {
        timeline.name("127.0.0.1:40001", "server 1");
        return timeline.client(name, List.of("127.0.0.1:40001"));
    }

    @Test
    void tell_beforeThereAreConnections_isALine() {
        table.tell("started", "one");
        table.redraw();
        table.tell("started", "two");
        assertEquals(List.of("one", "two"), screen.lines());
        assertTrue(screen.isInOrder());
    }

    @Test
    void redraw_stateChanged_isDrawnInPlace() {
        Timeline.Client client = client("a");
        table.redraw();
        assertEquals(List.of("", HEAD, row("a", "IDLE")), screen.lines());
        client.onAddressState("127.0.0.1:40001", AddressState.IDLE, AddressState.READY);
        table.redraw();
        assertEquals(List.of("", HEAD, row("a", "READY")), screen.lines());
        assertTrue(screen.isInOrder());
    }

    @Test
    void tell_whileTheTableIsThere_scrollsAboveItAndLongLinesWrap() {
        client("a");
        table.redraw();
        table.tell("draining", "x".repeat(100));
        table.tell("stopped", "short");
        assertEquals(List.of("x".repeat(72), "x".repeat(28), "short", "", HEAD, row("a", "IDLE")), screen.lines());
    }

    @Test
    void tell_progress_replacesTheLineBelow() {
        client("a");
        table.tell("progress", "sent 1");
        table.tell("progress", "sent 2 " + "y".repeat(100));
        List<String> lines = screen.lines();
        assertEquals(4, lines.size());
        assertTrue(lines.get(3).matches("sent 2 y{63}\u2026"), lines::toString);
    }

    @Test
    void redraw_narrowerThanThought_isCutByTheTerminalAndStaysInPlace() {
        client("a");
        table.resize(new TerminalSize(500, 24));
        table.tell("progress", "z".repeat(300));
        table.redraw();
        assertEquals(4, screen.lines().size());
        assertTrue(screen.isInOrder());
    }

    @Test
    void redraw_lowTerminal_fitsOnIt() {
        IntStream.range(0, 50).forEach(i -> client("client " + i));
        table.resize(new TerminalSize(72, 12));
        table.tell("progress", "sent");
        table.redraw();
        assertEquals(11, screen.lines().size());
        assertEquals("and 43 more", screen.lines().get(9));
    }

    @Test
    void aside_lineToAnotherStream_goesAboveTheTable() {
        client("a");
        table.redraw();
        PrintStream err = table.new Aside(screen.stream()).stream();
        err.print("WARN: ");
        table.redraw();
        err.println("look");
        assertEquals(List.of("WARN: look", "", HEAD, row("a", "IDLE")), screen.lines());
    }

    @Test
    void aside_closedWithHalfALine_loosesNothing() {
        client("a");
        table.redraw();
        LiveTable.Aside aside = table.new Aside(screen.stream());
        aside.stream().print("half");
        table.close();
        aside.close();
        assertEquals(List.of("half"), screen.lines());
    }

    @Test
    void close_afterwards_linesAreOnlyPrinted() {
        client("a");
        table.redraw();
        table.tell("draining", "told before");
        table.close();
        table.redraw();
        table.tell("verdict", "GREEN");
        table.tell("progress", "as any other");
        table.close();
        assertEquals(List.of("told before", "GREEN", "as any other"), screen.lines());
        assertTrue(screen.isInOrder());
    }

    @Test
    void end_interrupted_leavesTheTableAndATerminalInOrder() {
        client("a");
        table.redraw();
        table.end();
        table.redraw();
        assertEquals(List.of("", HEAD, row("a", "IDLE")), screen.lines());
        assertTrue(screen.isInOrder());
    }

    @Test
    void open_andClose_giveSystemErrBack() throws Exception {
        PrintStream before = System.err;
        try (LiveTable opened = LiveTable.open(screen.stream(), timeline, Map.of("COLUMNS", "72", "LINES", "24"))) {
            opened.tell("started", "line");
            assertFalse(System.err == before);
        } finally {
            assertSame(before, System.err);
            System.setErr(before);
        }
        assertEquals(List.of("line"), screen.lines());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "TERM=xterm-256color | true",
        "TERM=dumb           | false",
        "TERM=               | false",
        "SHELL=bash          | false",
        "WT_SESSION=1        | true",
    })
    void understands_environment_isWhatTheTerminalSaysOfItself(String variable, boolean expected) {
        String[] pair = variable.split("=", 2);
        assertEquals(expected, LiveTable.understands(Map.of(pair[0], pair[1])));
    }

    @Test
    void wantsColours_noColor_countsIfItIsNotEmpty() {
        assertTrue(LiveTable.wantsColours(Map.of()));
        assertTrue(LiveTable.wantsColours(Map.of("NO_COLOR", "")));
        assertFalse(LiveTable.wantsColours(Map.of("NO_COLOR", "1")));
    }

    @Test
    void terminalSize_toldByTheEnvironment_isTaken() throws Exception {
        assertEquals(new TerminalSize(132, 43), TerminalSize.now(Map.of("COLUMNS", "132", "LINES", "43")));
    }

    @ParameterizedTest
    @CsvSource({"'24 80\n', true", "'0 0\n', false", "'', false", "'stty: standard input: Inappropriate ioctl', false"})
    void terminalSize_whatSttyPrints_isReadOrNot(String printed, boolean readable) {
        assertEquals(readable ? Optional.of(new TerminalSize(80, 24)) : Optional.empty(), TerminalSize.parse(printed));
    }
}
