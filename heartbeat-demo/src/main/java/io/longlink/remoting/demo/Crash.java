package io.longlink.remoting.demo;

import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import io.longlink.remoting.demo.story.Scenario;
import io.longlink.remoting.demo.story.Story;
import io.longlink.remoting.demo.story.Words;

/**
 * The plot of crashes: messages flow, the JVM of each server in turn is killed without a warning and another one takes its port after the
 * gap. Calls fail, then; what their failures say must be true, and when the clients have found back, nothing fails any more. Runs once, on
 * one thread.
 */
final class Crash implements Scenario {
    private final DemoOptions options;
    private final Ledger ledger;
    private final Story story;
    private final Faults faults;
    private final CrashFailures failures = new CrashFailures();

    /** @param options with servers in JVMs of their own */
    Crash(DemoOptions options, Ledger ledger, Stage stage) {
        this.options = options;
        this.ledger = ledger;
        this.story = stage.story();
        this.faults = stage.faults();
    }

    @Override
    public Result play() throws InterruptedException {
        try (Scene scene = new Scene(options, ledger, story, faults, failures::onFailure)) {
            scene.begin();
            killAll(scene);
            scene.awaitTraffic();
            long stayedAway = failures.stayedAway();
            long calmMillis = failures.calmMillis();
            Verdict.Counted counted = scene.end();
            return CrashVerdict.of(Join.of(ledger), counted, failures, stayedAway, calmMillis).result(options);
        }
    }

    private void killAll(Scene scene) throws InterruptedException {
        long nextNanos = System.nanoTime() + options.firstRestart().toNanos();
        for (int i = 0; i < options.restarts(); i++) {
            Pause.until(nextNanos);
            nextNanos += options.restartInterval().toNanos();
            ServerLife server = scene.servers().current().get(i % options.servers());
            if (server instanceof RemoteServer victim && !faults.survivesKill(victim.number())) {
                kill(scene, victim);
            }
        }
    }

    private void kill(Scene scene, RemoteServer server) throws InterruptedException {
        ServerLife next = scene.servers().prepareNext(server);
        scene.awaitInconvenientMoment(server);
        ServerCounters counters = server.counters();
        story.tell(
                "killed",
                Servers.about(server).put("clients", counters.connected()).put("parked", counters.parked()),
                String.format(
                        "server %d is KILLED with %s connected and %s parked",
                        server.number(),
                        Words.count(counters.connected(), "client"),
                        Words.count(counters.parked(), "message")));
        long unknownBefore = failures.unknown();
        long refusedBefore = failures.refusedConnects();
        Homecoming expected = scene.clients().expectAtNew(server);
        failures.onKill(server, expected);
        story.timeline().serverLeaves("server " + server.number(), "killed");
        server.kill();
        Pause.until(System.nanoTime() + options.gap().toNanos());
        scene.servers().startNext(next, expected);
        tellFailures(failures.unknown() - unknownBefore, failures.refusedConnects() - refusedBefore);
    }

    private void tellFailures(long unknown, long refusedConnects) {
        story.tell(
                "failedMeanwhile",
                new JsonObject().put("failedUnknown", unknown).put("failedConnect", refusedConnects),
                String.format(
                        "%s failed meanwhile: %d may have run, %d were not sent",
                        Words.count(unknown + refusedConnects, "call"), unknown, refusedConnects));
    }
}
