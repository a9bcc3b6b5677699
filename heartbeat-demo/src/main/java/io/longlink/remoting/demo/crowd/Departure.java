package io.longlink.remoting.demo.crowd;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.demo.story.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * How a server with many connections left.
 *
 * @param connections how many there were
 * @param beganMicros when it was asked to leave
 * @param told when clients were told
 * @param report what the server says of it
 * @param serverCpuMillis processor time of the server until all had gone
 * @param clientCpuMillis processor time of the clients until then
 */
record Departure(
        int connections, long beganMicros, Moments told, DrainReport report, long serverCpuMillis, long clientCpuMillis) {

    /** How long after the beginning so many percent of all connections had been told, in milliseconds, rounded up; -1 if they never were. */
    long toldWithinMillis(double percent) {
        if (told.count() < Math.ceil(percent / 100 * connections)) {
            return -1;
        }
        return (long) Math.ceil((told.percentile(percent * connections / told.count()) - beganMicros) / 1_000.0);
    }

    long goneWithinMillis() {
        return report.duration().toMillis();
    }

    JsonObject facts() {
        return new JsonObject()
                .put("told", told.count())
                .put("toldP50Millis", toldWithinMillis(50))
                .put("toldP99Millis", toldWithinMillis(99))
                .put("toldWithinMillis", toldWithinMillis(100))
                .put("goneWithinMillis", goneWithinMillis())
                .put("drained", report.connections())
                .put("closedByPeer", report.closedByPeer())
                .put("quietClosed", report.quietClosed())
                .put("forced", report.forced())
                .put("broken", report.broken())
                .put("addsUp", report.addsUp())
                .put("drainServerCpuMillis", serverCpuMillis)
                .put("drainClientCpuMillis", clientCpuMillis);
    }

    String sentence() {
        return String.format(
                "told %d of %d connections, half of them within %d ms, 99 %% within %d ms, the last after %d ms%n"
                        + "all were gone after %d ms: %d closed by their clients, %d quiet, %d forced, %d broken; "
                        + "processor time: server %d ms, clients %d ms",
                told.count(), connections, toldWithinMillis(50), toldWithinMillis(99), toldWithinMillis(100), goneWithinMillis(),
                report.closedByPeer(), report.quietClosed(), report.forced(), report.broken(), serverCpuMillis, clientCpuMillis);
    }

    /** What is wrong with it however long it took. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        if (told.count() != connections) {
            complaints.add("told is " + told.count() + ", not " + connections);
        } else if (told.first() < beganMicros) {
            complaints.add("a client was told before the drain began: somebody set the clock, and the times say nothing");
        }
        if (report.connections() != connections || report.told() != connections) {
            complaints.add("the server drained " + report.connections() + " connections and told " + report.told() + ", not " + connections);
        }
        if (report.forced() != 0 || report.broken() != 0) {
            complaints.add("forced is " + report.forced() + " and broken is " + report.broken() + ", not 0");
        }
        if (!report.addsUp()) {
            complaints.add("the drain report does not add up: " + report);
        }
        return complaints;
    }
}
