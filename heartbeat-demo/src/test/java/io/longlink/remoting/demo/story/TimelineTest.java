package io.longlink.remoting.demo.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.Picture.Change;
import io.longlink.remoting.demo.story.Picture.Spread;
import io.longlink.remoting.demo.story.Timeline.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final String ADDRESS = "127.0.0.1:1";

    /** Not 0, as the real one. */
    private long nowNanos = 5_000_000_000L;

    private final Timeline timeline = new Timeline(() -> nowNanos);

    private long at(long millis) {
        return 5_000_000_000L + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void moveTo(long millis) {
        nowNanos = at(millis);
    }

    @Test
    void ended_afterAWait_isALatencyWhereItWasDueAndThroughputWhereItEnded() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        client.sent(ADDRESS, at(150));
        moveTo(450);
        client.ended(ADDRESS, Kind.TWO_WAY, at(150));
        Picture picture = timeline.picture();
        assertEquals(100, picture.cellMillis());
        assertEquals(5, picture.cells().size());
        assertEquals(1, picture.cells().get(1).due());
        assertEquals(1, picture.cells().get(1).twoWay().count());
        assertEquals(300_000.0, (double) picture.cells().get(1).twoWay().p99Micros(), 3_000);
        assertEquals(0, picture.cells().get(1).ended());
        assertEquals(1, picture.cells().get(4).ended());
        assertEquals(450, picture.endMillis());
    }

    @Test
    void ended_kinds_areToldApart() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        moveTo(40);
        for (Kind kind : Kind.values()) {
            client.sent(ADDRESS, at(0));
            client.ended(ADDRESS, kind, at(0));
        }
        Picture.Cell cell = timeline.picture().cells().get(0);
        assertEquals(1, cell.twoWay().count());
        assertEquals(1, cell.durable().count());
        assertEquals(3, cell.ended());
        assertEquals(1, timeline.rows().get(0).twoWay().count());
    }

    @Test
    void ended_hundredMessages_spreadIsMedianAndExtremes() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        moveTo(200);
        for (int millis = 1; millis <= 100; millis++) {
            client.ended(ADDRESS, Kind.DURABLE, at(200 - millis));
        }
        List<Picture.Cell> cells = timeline.picture().cells();
        Spread all = cells.get(1).durable();
        assertEquals(100, all.count());
        assertEquals(50_000.0, (double) all.p50Micros(), 500);
        assertEquals(99_000.0, (double) all.p99Micros(), 1_000);
        assertEquals(100_000.0, (double) all.maxMicros(), 1_000);
    }

    @Test
    void ended_runOfADay_isFoldedIntoBoundedCellsAndNothingIsLost() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        int messages = 24 * 60;
        for (int minute = 0; minute < messages; minute++) {
            moveTo(minute * 60_000L);
            client.sent(ADDRESS, nowNanos);
            client.ended(ADDRESS, Kind.TWO_WAY, nowNanos);
        }
        Picture picture = timeline.picture();
        assertTrue(picture.cells().size() <= MessageCells.MAX_CELLS, () -> picture.cells().size() + " cells");
        assertTrue(picture.cells().size() * picture.cellMillis() > 23 * 3_600_000L);
        assertEquals(messages, picture.cells().stream().mapToLong(Picture.Cell::due).sum());
        assertEquals(messages, picture.cells().stream().mapToLong(Picture.Cell::ended).sum());
        assertEquals(messages, picture.cells().stream().mapToLong(cell -> cell.twoWay().count()).sum());
    }

    @Test
    void begin_afterSomeTime_movesZeroAndKeepsWhatWas() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        moveTo(300);
        client.onAddressState(ADDRESS, AddressState.IDLE, AddressState.CONNECTING);
        moveTo(1_000);
        timeline.begin(new JsonObject().put("rate", 7));
        moveTo(1_200);
        client.onAddressState(ADDRESS, AddressState.CONNECTING, AddressState.READY);
        Picture picture = timeline.picture();
        assertEquals(
                List.of(new Change(-700, AddressState.CONNECTING), new Change(200, AddressState.READY)),
                picture.bands().get(0).changes());
        assertEquals("{\"rate\":7}", picture.parameters());
        assertEquals(200, picture.endMillis());
    }

    @Test
    void shutdown_longAfterTheLastMessage_doesNotMakeThePictureLonger() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        moveTo(100);
        client.ended(ADDRESS, Kind.ONE_WAY, at(90));
        moveTo(9_000);
        client.onAddressState(ADDRESS, AddressState.READY, AddressState.SHUTDOWN);
        assertEquals(100, timeline.picture().endMillis());
        assertEquals(List.of(new Change(9_000, AddressState.SHUTDOWN)), timeline.picture().bands().get(0).changes());
    }

    @Test
    void rows_oneConnection_tellItsStateBeatInFlightAndReconnects() {
        timeline.name(ADDRESS, "server 1");
        Timeline.Client client = timeline.client("client 1", List.of(ADDRESS));
        assertEquals(new Row("client 1", "server 1", ADDRESS, AddressState.IDLE, -1, Spread.NONE, 0, 0), timeline.rows().get(0));
        for (AddressState state : new AddressState[] {AddressState.READY, AddressState.BACKOFF, AddressState.READY}) {
            client.onAddressState(ADDRESS, AddressState.CONNECTING, state);
        }
        for (int i = 0; i < 4; i++) {
            client.sent(ADDRESS, nowNanos);
        }
        client.ended(ADDRESS, Kind.ONE_WAY, nowNanos);
        client.failed(ADDRESS);
        client.beat(ADDRESS);
        moveTo(1_500);
        assertEquals(new Row("client 1", "server 1", ADDRESS, AddressState.READY, 1_500, Spread.NONE, 2, 1), timeline.rows().get(0));
        assertEquals(1, timeline.picture().bands().get(0).failed());
    }

    @Test
    void rows_afterTwoSecondsOfSilence_haveForgottenTheLatencies() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        moveTo(1_000);
        client.ended(ADDRESS, Kind.TWO_WAY, at(990));
        moveTo(1_999);
        assertEquals(1, timeline.rows().get(0).twoWay().count());
        moveTo(2_000);
        assertEquals(1, timeline.rows().get(0).twoWay().count());
        moveTo(3_000);
        assertEquals(Spread.NONE, timeline.rows().get(0).twoWay());
        assertEquals(1, timeline.picture().bands().get(0).twoWay().count());
    }

    @Test
    void client_moreConnectionsThanFit_areCountedAndTheirMessagesAreNotLost() {
        List<String> addresses = IntStream.range(0, Timeline.MAX_CONNECTIONS + 3).mapToObj(i -> "host:" + i).toList();
        Timeline.Client client = timeline.client("client", addresses);
        addresses.forEach(address -> client.ended(address, Kind.TWO_WAY, nowNanos));
        Picture picture = timeline.picture();
        assertEquals(Timeline.MAX_CONNECTIONS, picture.bands().size());
        assertEquals(3, picture.moreBands());
        assertEquals(3, timeline.moreRows());
        assertEquals(addresses.size(), picture.cells().get(0).twoWay().count());
    }

    @Test
    void changes_moreThanFit_areCounted() {
        Timeline.Client client = timeline.client("client", List.of(ADDRESS));
        for (int i = 0; i < Connection.MAX_CHANGES + 2; i++) {
            client.onAddressState(ADDRESS, AddressState.CONNECTING, AddressState.BACKOFF);
        }
        Picture.Band band = timeline.picture().bands().get(0);
        assertEquals(Connection.MAX_CHANGES, band.changes().size());
        assertEquals(2, band.moreChanges());
    }

    @Test
    void told_moreThanFits_keepsTheBeginningAndCountsTheRest() {
        for (int i = 0; i < Timeline.MAX_TOLD + 5; i++) {
            timeline.told("event", "sentence " + i);
        }
        Picture picture = timeline.picture();
        assertEquals(Timeline.MAX_TOLD, picture.told().size());
        assertEquals("sentence 0", picture.told().get(0).sentence());
        assertEquals(5, picture.moreTold());
    }

    @Test
    void told_nothingForPeople_isNotRemembered() {
        timeline.told("beat", "");
        assertEquals(List.of(), timeline.picture().told());
    }

    @Test
    void counted_anything_isAPictureOfItsOwn() {
        timeline.counted("back in each 100 ms", 100, 3, 5);
        assertEquals(List.of(new Picture.Counts("back in each 100 ms", 100, List.of(3L, 5L))), timeline.picture().counts());
    }

    @Test
    void marks_aServerThatGoesAndComes_areInThePictureInOrder() {
        moveTo(10);
        timeline.serverLeaves("server 1", "drains");
        moveTo(20);
        timeline.serverBack("server 1");
        assertEquals(
                List.of(new Picture.Mark(10, "server 1", "drains", false), new Picture.Mark(20, "server 1", "back", true)),
                timeline.picture().marks());
    }

    @Test
    void ended_fromManyThreads_countsEachOnce() throws Exception {
        Timeline real = new Timeline();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> bodies = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Timeline.Client client = real.client("client " + thread, List.of(ADDRESS));
                bodies.add(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        client.sent(ADDRESS, System.nanoTime());
                        client.ended(ADDRESS, Kind.TWO_WAY, System.nanoTime());
                        if (i % 500 == 0) {
                            real.picture();
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> end : threads.invokeAll(bodies)) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
        Picture picture = real.picture();
        assertEquals(8_000, picture.cells().stream().mapToLong(cell -> cell.twoWay().count()).sum());
        assertEquals(8_000, picture.bands().stream().mapToLong(band -> band.twoWay().count()).sum());
        assertTrue(real.rows().stream().allMatch(row -> row.inFlight() == 0));
    }
}
