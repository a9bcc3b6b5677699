package io.longlink.remoting.demo.view;

import com.alibaba.fastjson2.JSON;
import io.longlink.remoting.demo.story.Picture;
import io.longlink.remoting.demo.story.Picture.Band;
import io.longlink.remoting.demo.story.Picture.Told;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A report as one page that needs nothing but itself: the verdict, its numbers, the figure, the story. The figure is in it twice, for wide
 * and for narrow windows, so that its text has the same size in both.
 */
final class ReportPage {
    private static final int WIDE = 1_080;
    private static final int NARROW = 540;
    private static final int TILES = 6;
    private static final int MAX_TOLD = 300;

    /** What everybody looks for first, if a scenario has it. */
    private static final List<String> FIRST = List.of(
            "sent", "failed", "failedUnknown", "failedConnect", "onewayLost", "executedTwice", "refused", "retried", "maxWaitMillis");

    /** Told elsewhere on the page. */
    private static final List<String> ELSEWHERE = List.of("green", "complaints");

    private final Report report;
    private final Map<String, Object> facts;
    private final Markup page = new Markup();

    private ReportPage(Report report) {
        this.report = report;
        facts = new LinkedHashMap<>(JSON.parseObject(report.result().facts().toString()));
        facts.keySet().removeAll(ELSEWHERE);
    }

    /** The whole page. */
    static String html(Report report) {
        return new ReportPage(report).html();
    }

    private String html() {
        page.raw("<!DOCTYPE html>\n").open("html", "lang", "en").line().open("head").line();
        page.empty("meta", "charset", "utf-8").line();
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
        page.element("title", report.title() + ": " + headline()).line();
        page.open("style").raw(css()).close().close().line();
        page.open("body").open("main", "class", report.result().isGreen() ? "green" : "red").line();
        writeHead();
        writeFigures();
        page.open("div", "class", "halves").line();
        writeTable("The verdict", factTexts());
        writeTable("The run", runTexts());
        page.close().line();
        writeStory();
        writeConnections();
        return page.close().close().close().line().toString();
    }

    private static String css() {
        try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
            if (css == null) {
                throw new IllegalStateException("report.css should lie beside the class");
            }
            return new String(css.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- the verdict

    /** What the last sentence says behind its colour. */
    private String headline() {
        List<String> lines = report.result().sentences().lines().toList();
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        String bare = last.replaceFirst("^(GREEN|RED):? *", "");
        return Labels.capital(bare.isEmpty() ? last : bare);
    }

    private void writeHead() {
        boolean green = report.result().isGreen();
        page.element("p", "Longlink Remoting, heartbeat-demo: " + report.title(), "class", "what").line();
        page.open("h1").element("span", green ? "\u2713 green" : "\u2717 red", "class", "badge").text(headline()).close().line();
        report.picture().told().stream()
                .filter(line -> line.event().equals("traffic"))
                .findFirst()
                .ifPresent(line -> page.element("p", Labels.capital(line.sentence()), "class", "setting").line());
        if (!green) {
            page.open("ul", "class", "complaints");
            report.result().complaints().forEach(complaint -> page.element("li", complaint));
            page.close().line();
        }
        page.open("dl", "class", "tiles");
        for (String name : tiles()) {
            page.open("div").element("dt", Labels.label(name)).element("dd", Labels.value(name, facts.get(name))).close();
        }
        page.close().line();
    }

    /** The numbers to begin with: those that everybody looks for, else the first ones there are. */
    private List<String> tiles() {
        List<String> names = new ArrayList<>(FIRST);
        names.removeIf(name -> !facts.containsKey(name));
        facts.forEach((name, value) -> {
            if (names.size() < TILES && value instanceof Number && !names.contains(name)) {
                names.add(name);
            }
        });
        return names;
    }

    private Map<String, String> factTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        facts.forEach((name, value) -> texts.put(Labels.label(name), Labels.value(name, value)));
        return texts;
    }

    private Map<String, String> runTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("Arguments", report.arguments().isEmpty() ? "none" : report.arguments());
        JSON.parseObject(report.picture().parameters()).forEach((name, value) -> texts.put(Labels.label(name), Labels.value(name, value)));
        texts.putAll(report.environment());
        return texts;
    }

    private void writeTable(String title, Map<String, String> texts) {
        page.open("section").element("h2", title).open("table", "class", "facts").line();
        texts.forEach((name, text) -> {
            String style = text.matches("[0-9a-f]{64}") ? "digest" : "";
            page.open("tr").element("th", name, "scope", "row").element("td", text, "class", style).close().line();
        });
        page.close().close().line();
    }

    // ---------------------------------------------------------------- the pictures

    private void writeFigures() {
        Picture picture = report.picture();
        for (int i = 0; i < picture.counts().size(); i++) {
            writeCounts(picture.counts().get(i), i);
        }
        if (!picture.counts().isEmpty() && !Figure.isPossible(picture)) {
            return;
        }
        if (!Figure.isPossible(picture)) {
            page.element("p", "Nothing of this run was measured over time.", "class", "what").line();
            return;
        }
        page.open("div", "class", "wide-figure").raw(Figure.svg(picture, WIDE, "wide")).close().line();
        page.open("div", "class", "narrow").raw(Figure.svg(picture, NARROW, "narrow")).close().line();
    }

    private void writeCounts(Picture.Counts counts, int number) {
        page.open("div", "class", "wide-figure").raw(CountsFigure.svg(counts, WIDE, "wide-" + number)).close().line();
        page.open("div", "class", "narrow").raw(CountsFigure.svg(counts, NARROW, "narrow-" + number)).close().line();
    }

    // ---------------------------------------------------------------- the story

    private void writeStory() {
        List<Told> told = report.picture().told().stream()
                .filter(line -> !line.event().equals("progress") && !line.event().equals("verdict"))
                .toList();
        if (told.isEmpty()) {
            return;
        }
        page.open("details", "open", "open").element("summary", "The story").open("table").line();
        told.stream().limit(MAX_TOLD).forEach(line -> page.open("tr")
                .element("td", Labels.seconds(line.atMillis()), "class", "time")
                .element("td", line.sentence().strip(), "class", line.sentence().strip().contains("\n") ? "lines" : "")
                .close()
                .line());
        page.close();
        long more = Math.max(0, told.size() - MAX_TOLD) + report.picture().moreTold();
        if (more > 0) {
            page.element("p", "and " + Labels.count(more) + " more lines", "class", "what");
        }
        page.close().line();
    }

    private void writeConnections() {
        List<Band> bands = report.picture().bands();
        if (bands.isEmpty()) {
            return;
        }
        page.open("details").element("summary", "The connections").open("div", "class", "wide").open("table").line();
        page.open("tr");
        for (String title : List.of("Client", "Server", "Address")) {
            page.element("th", title, "scope", "col");
        }
        for (String title : List.of("Two-way", "p50", "p99", "Maximum", "Failed", "Reconnects")) {
            page.element("th", title, "scope", "col", "class", "number");
        }
        page.close().line();
        bands.forEach(this::writeConnection);
        page.close().close();
        if (report.picture().moreBands() > 0) {
            page.element("p", "and " + report.picture().moreBands() + " more", "class", "what");
        }
        page.close().line();
    }

    private void writeConnection(Band band) {
        Picture.Spread spread = band.twoWay();
        page.open("tr").element("td", band.client()).element("td", band.server()).element("td", band.address());
        boolean any = spread.count() > 0;
        for (String number : List.of(
                Labels.count(spread.count()),
                any ? Labels.micros(spread.p50Micros()) : "-",
                any ? Labels.micros(spread.p99Micros()) : "-",
                any ? Labels.micros(spread.maxMicros()) : "-",
                Labels.count(band.failed()),
                Labels.count(band.reconnects()))) {
            page.element("td", number, "class", "number");
        }
        page.close().line();
    }
}
