package io.longlink.remoting.demo;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Words;

/**
 * The plot of planned restarts: messages flow, each server in turn is drained, stopped and started again on its port after the gap, once
 * or several times, then everything ends and the verdict is made. Runs once, on one thread.
 */
final class RollingRestart implements Scenario {
    private final DemoOptions options;
    private final Ledger ledger;
    private final Story story;
    private final Faults faults;
    private int inconsistentReports;

    RollingRestart(DemoOptions options, Ledger ledger, Stage stage) {
        this.options = options;
        this.ledger = ledger;
        this.story = stage.story();
        this.faults = stage.faults();
    }

    @Override
    public Result play() throws InterruptedException {
        try (Scene scene = new Scene(options, ledger, story, faults, failure -> {})) {
            scene.begin();
            restartAll(scene);
            scene.awaitTraffic();
            Verdict.Counted counted = scene.end();
            return new Verdict(Join.of(ledger), counted, inconsistentReports).result(options);
        }
    }

    private void restartAll(Scene scene) throws InterruptedException {
        long nextNanos = System.nanoTime() + options.firstRestart().toNanos();
        for (int i = 0; i < options.restarts(); i++) {
            Pause.until(nextNanos);
            nextNanos += options.restartInterval().toNanos();
            restart(scene, scene.servers().current().get(i % options.servers()));
        }
    }

    private void restart(Scene scene, ServerLife server) throws InterruptedException {
        ServerLife next = scene.servers().prepareNext(server);
        scene.awaitInconvenientMoment(server);
        ServerCounters counters = server.counters();
        story.timeline().serverLeaves("server " + server.number(), "drains");
        story.tell(
                "draining",
                Servers.about(server).put("clients", counters.connected()).put("parked", counters.parked()),
                String.format(
                        "server %d tells %s to go away, with %s parked until their commit",
                        server.number(),
                        Words.count(counters.connected(), "client"),
                        Words.count(counters.parked(), "message")));
        long beganNanos = System.nanoTime();
        DrainReport report = server.drain(Scene.DRAIN_TIMEOUT).join();
        tellStopped(server, report, Pause.millisSince(beganNanos));
        Homecoming expected = scene.clients().expectAtNew(server);
        // From the moment when the port was closed, which is how long clients find nobody there.
        Pause.until(beganNanos + options.gap().toNanos());
        scene.servers().startNext(next, expected);
    }

    private void tellStopped(ServerLife server, DrainReport report, long millis) {
        if (!report.addsUp()) {
            inconsistentReports++;
        }
        long refused = server.counters().refused();
        story.tell(
                "stopped",
                Servers.about(server)
                        .put("told", report.told())
                        .put("closedByPeer", report.closedByPeer())
                        .put("quietClosed", report.quietClosed())
                        .put("forced", report.forced())
                        .put("broken", report.broken())
                        .put("inFlight", report.inFlight())
                        .put("finished", report.finished())
                        .put("unanswered", report.unanswered())
                        .put("refused", refused)
                        .put("oneWaysExecuted", report.oneWaysExecuted())
                        .put("addsUp", report.addsUp())
                        .put("drainMillis", report.duration().toMillis())
                        .put("stopMillis", millis),
                String.format(
                        "server %d stopped after %d ms: told %s, %d closed, %d forced, %d broken; "
                                + "refused %d, finished %d, one-ways %d",
                        server.number(),
                        millis,
                        Words.count(report.told(), "client"),
                        report.closedByPeer() + report.quietClosed(),
                        report.forced(),
                        report.broken(),
                        refused,
                        report.finished(),
                        report.oneWaysExecuted()));
    }
}
