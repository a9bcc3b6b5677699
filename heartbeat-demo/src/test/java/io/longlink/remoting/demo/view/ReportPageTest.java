package io.longlink.remoting.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Picture;
import io.longlink.remoting.demo.story.Picture.Band;
import io.longlink.remoting.demo.story.Picture.Cell;
import io.longlink.remoting.demo.story.Picture.Change;
import io.longlink.remoting.demo.story.Picture.Counts;
import io.longlink.remoting.demo.story.Picture.Mark;
import io.longlink.remoting.demo.story.Picture.Spread;
import io.longlink.remoting.demo.story.Picture.Told;
import io.longlink.remoting.demo.story.Result;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportPageTest {
    private static final String NASTY = "<script>alert(\"1\")</script> & \033[31m \ud800 '";
    private static final Result GREEN = new Result(
            new JsonObject().put("green", true).put("sent", 12_345).put("maxWaitMillis", 1_863), "told\nGREEN: nobody noticed", List.of());

    private final List<Cell> cells = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();
    private final List<Counts> counts = new ArrayList<>();
    private long endMillis = 1_000;
    private int moreBands;

    private String html(Result result) {
        Picture picture = new Picture(
                Instant.EPOCH, "{\"rate\":2000}", endMillis, 100, cells, bands, moreBands, marks, counts, told, 0);
        return ReportPage.html(new Report("scenario rolling", result, picture, "--rate 2000", Map.of("Java", "17")));
    }

    /** The page is XML as well, so a parser says whether everything that was opened is closed and everything is escaped. */
    private static Document parse(String html) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
        } catch (Exception e) {
            throw new AssertionError("not well-formed: " + html, e);
        }
    }

    private static String find(Document page, String path) {
        try {
            return XPathFactory.newInstance().newXPath().evaluate(path, page);
        } catch (Exception e) {
            throw new AssertionError(path, e);
        }
    }

    private static int count(Document page, String path) {
        return (int) Double.parseDouble(find(page, "count(" + path + ")"));
    }

    private static Cell cell(long count, Spread twoWay, Spread durable) {
        return new Cell(count, count, 0, twoWay, durable);
    }

    private static Band band(String client, String server, Change... changes) {
        return new Band(client, server, "127.0.0.1:40001", List.of(changes), 0, Spread.NONE, 0, 0);
    }

    @Test
    void html_wholeRun_hasVerdictFigureStoryAndConnections() {
        Spread spread = new Spread(10, 300, 5_000, 20_000);
        IntStream.range(0, 10).forEach(i -> cells.add(cell(10, spread, spread)));
        bands.add(band("client 1", "server 1", new Change(100, AddressState.CONNECTING), new Change(150, AddressState.READY)));
        marks.add(new Mark(300, "server 1", "drains", false));
        marks.add(new Mark(700, "server 1", "back", true));
        told.add(new Told(0, "traffic", "2 clients send"));
        told.add(new Told(500, "progress", "sent 5"));
        told.add(new Told(700, "restarted", "server 1 started again"));
        Document page = parse(html(GREEN));
        assertEquals("\u2713 greenNobody noticed", find(page, "//h1"));
        assertEquals("2 clients send", find(page, "//p[@class='setting']"));
        assertEquals("12,345", find(page, "//dt[.='Sent']/following-sibling::dd"));
        assertEquals("1,863 ms", find(page, "//tr[th='Longest wait']/td"));
        assertEquals("2,000", find(page, "//tr[th='Rate']/td"));
        assertEquals(2, count(page, "//*[local-name()='svg']"));
        String wide = "(//*[local-name()='svg'])[1]";
        assertTrue(find(page, wide + "/*[local-name()='desc']").contains("servers left 1 times"));
        assertEquals(2, count(page, wide + "//*[local-name()='path'][contains(@class, 'p99')]"));
        assertEquals(2, count(page, wide + "//*[local-name()='g'][starts-with(@class, 'mark')]"));
        assertEquals(
                "client 1, server 1: READY from 0.15 s to 1.00 s",
                find(page, wide + "//*[local-name()='rect'][@class='state ready' and position()=1]/../*[local-name()='title']"));
        assertEquals(2, count(page, "//details[1]//tr"));
        assertEquals("client 1", find(page, "//details[2]//tr[2]/td[1]"));
    }

    @Test
    void html_idsOnThePage_areThereOnceAndOnesReferredToExist() {
        bands.add(band("client 1", "server 1", new Change(100, AddressState.CONNECTING)));
        String html = html(GREEN);
        Document page = parse(html);
        for (String size : List.of("wide", "narrow")) {
            for (String id : List.of("-title", "-desc", "-hatch")) {
                assertEquals(1, count(page, "//*[@id='" + size + id + "']"), size + id);
            }
            assertTrue(html.contains("url(#" + size + "-hatch)"));
        }
    }

    @Test
    void html_red_namesEveryComplaint() {
        Result red = new Result(new JsonObject().put("failed", 2), "RED: somebody noticed", List.of("failed is 2, not 0", "one more"));
        Document page = parse(html(red));
        assertEquals("\u2717 redSomebody noticed", find(page, "//h1"));
        assertEquals(2, count(page, "//ul[@class='complaints']/li"));
        assertEquals("failed is 2, not 0", find(page, "//ul[@class='complaints']/li[1]"));
    }

    @Test
    void html_nastyTexts_areEscapedEverywhere() {
        bands.add(band(NASTY, NASTY, new Change(100, AddressState.READY)));
        marks.add(new Mark(10, NASTY, NASTY, false));
        told.add(new Told(0, "traffic", NASTY));
        String html = html(new Result(new JsonObject().put(NASTY, NASTY), "RED: " + NASTY, List.of(NASTY)));
        String seen = NASTY.replace('\033', '\ufffd').replace('\ud800', '\ufffd');
        Document page = parse(html);
        assertEquals(seen, find(page, "//ul[@class='complaints']/li"));
        assertEquals(seen, find(page, "//details[1]//tr[1]/td[2]"));
        assertEquals(0, count(page, "//*[local-name()='script']"));
        assertFalse(html.contains("\033"));
    }

    @Test
    void html_nothingMeasured_saysSoAndHasNoFigure() {
        endMillis = 0;
        Document page = parse(html(new Result(new JsonObject(), "", List.of())));
        assertEquals(0, count(page, "//*[local-name()='svg']"));
        assertTrue(find(page, "//main").contains("Nothing of this run was measured over time."));
    }

    @Test
    void html_oneSample_isADot() {
        endMillis = 0;
        cells.add(cell(1, new Spread(1, 250, 250, 250), Spread.NONE));
        Document page = parse(html(GREEN));
        assertEquals(3, count(page, "(//*[local-name()='svg'])[1]//*[local-name()='circle']"));
    }

    @Test
    void html_gapBetweenSamples_breaksTheLine() {
        Spread spread = new Spread(1, 250, 250, 250);
        for (Spread some : List.of(spread, spread, Spread.NONE, spread, spread)) {
            cells.add(cell(1, some, Spread.NONE));
        }
        Document page = parse(html(GREEN));
        assertEquals(2, count(page, "(//*[local-name()='svg'])[1]//*[local-name()='path'][@class='line p50']"));
    }

    @Test
    void html_extremes_stayInsideTheFigure() {
        endMillis = Long.MAX_VALUE / 4;
        cells.add(cell(Long.MAX_VALUE / 2_000, new Spread(1, 0, 0, 0), new Spread(1, 0, Long.MAX_VALUE, Long.MAX_VALUE)));
        cells.add(new Cell(0, 0, Long.MAX_VALUE, Spread.NONE, Spread.NONE));
        bands.add(band("client 1", "server 1", new Change(Long.MIN_VALUE / 4, AddressState.READY)));
        marks.add(new Mark(Long.MIN_VALUE / 4, "server 1", "drains", false));
        String html = html(GREEN);
        parse(html);
        assertFalse(html.contains("NaN") || html.contains("Infinity"), html);
        assertFalse(html.contains("=\"-"), "something is left of, or above, the figure");
    }

    @Test
    void html_moreConnectionsAndMarksThanThereIsRoomFor_areCountedOrDrawnWithoutNames() {
        IntStream.range(0, 100).forEach(i -> bands.add(band("client " + i, "server " + i % 9)));
        moreBands = 7;
        for (int i = 0; i < 100; i++) {
            marks.add(new Mark(i, "server " + i % 9, "drains", false));
        }
        Document page = parse(html(GREEN));
        String wide = "(//*[local-name()='svg'])[1]";
        String rest = find(page, wide + "//*[local-name()='text'][starts-with(., 'and ')]");
        assertEquals("and " + (100 - StateBands.MAX_BANDS + 7) + " more", rest);
        assertEquals(100, count(page, wide + "//*[local-name()='g'][@class='mark']"));
        assertTrue(count(page, wide + "//*[local-name()='text'][starts-with(@class, 'label')]") < 20);
    }

    @Test
    void html_counts_areBarsAndAMean() {
        counts.add(new Counts("connections in each 100 ms", 100, List.of(10L, 30L, 0L, 20L)));
        counts.add(new Counts("none", 100, List.of()));
        Document page = parse(html(GREEN));
        assertEquals(4, count(page, "(//*[local-name()='svg'])[1]//*[local-name()='rect'][@class='bar']"));
        assertTrue(find(page, "(//*[local-name()='svg'])[1]").contains("mean 15"));
        assertFalse(find(page, "//main").contains("Nothing of this run was measured"));
    }

    @Test
    void html_burstAboveFourTimesWhatIsDue_isCutAndHasItsNumber() {
        for (long ended : new long[] {10, 0, 95, 99, 10}) {
            cells.add(new Cell(10, ended, 0, Spread.NONE, Spread.NONE));
        }
        Document page = parse(html(GREEN));
        String texts = "(//*[local-name()='svg'])[1]//*[local-name()='text']";
        assertEquals(1, count(page, texts + "[.='990']"));
        assertEquals(0, count(page, texts + "[.='950']"));
        assertEquals(1, count(page, texts + "[.='400']"), "the last tick");
    }

    @Test
    void html_needsNothingFromOutside() {
        told.addAll(Collections.nCopies(400, new Told(0, "x", "line")));
        String html = html(GREEN).replace("http://www.w3.org/2000/svg", "");
        assertFalse(html.contains("http") || html.contains("<script") || html.contains("<link") || html.contains("@import"));
        assertTrue(html.contains("and 100 more lines"));
    }
}
