package io.longlink.remoting.demo.watchdog;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.demo.story.JsonObject;
import io.longlink.remoting.demo.story.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen, and the verdict on it.
 *
 * @param nextCall why the call that came when the server was back failed; {@code null} if it did not
 */
record Seen(Pings pings, Silence silence, Loss loss, @Nullable String nextCall) {

    /**
     * The idle connection.
     *
     * @param sent by the client
     * @param received by the server
     * @param events what the client's listener heard
     */
    record Pings(long sent, long received, List<String> events) {}

    /**
     * The silent client.
     *
     * @param events what the server's listener heard
     * @param millis how old the connection was at the first of them
     */
    record Silence(List<String> events, long millis) {}

    List<String> complaints(Plan plan) {
        List<String> complaints = new ArrayList<>();
        check(complaints, pings.sent > 0 && pings.received > 0,
                "pingsSent is " + pings.sent + " and pingsReceived is " + pings.received + ", not above 0");
        check(complaints, pings.events.isEmpty(), "something happened to the idle connection: " + pings.events);
        check(complaints, silence.events.equals(List.of("idle", "close")),
                "the server's listener heard " + silence.events + " of the silent client, not idle and close");
        long silent = plan.readerIdleMillis();
        check(complaints, !plan.isTooEarly(silence.millis, silent) && !plan.isTooLate(silence.millis, silent),
                "the silent client was found after " + silence.millis + " ms, not after " + silent);
        // The kernel of a killed server resets a connection of which something was not read yet.
        check(complaints, loss.before().equals(List.of("close")) || loss.before().equals(List.of("exception", "close")),
                "the client's listener heard " + loss.before() + " of the crash, not close");
        check(complaints, loss.attempts() == plan.attempts(), "attempts is " + loss.attempts() + ", not " + plan.attempts());
        checkDelays(complaints, plan);
        check(complaints, loss.givenUp() == 1, "givenUp is " + loss.givenUp() + ", not 1");
        check(complaints, loss.state() == AddressState.IDLE,
                "the address that was given up is " + loss.state() + ", not " + AddressState.IDLE);
        check(complaints, nextCall == null, "the call after the server's return failed: " + nextCall);
        return complaints;
    }

    private static void check(List<String> complaints, boolean asItShouldBe, String otherwise) {
        if (!asItShouldBe) {
            complaints.add(otherwise);
        }
    }

    private void checkDelays(List<String> complaints, Plan plan) {
        long[] planned = plan.plannedMillis();
        long[] actual = loss.delaysMillis();
        check(complaints, actual.length == planned.length,
                "the listener heard of " + actual.length + " attempts, not of " + planned.length);
        long plannedSinceLoss = 0;
        long sinceLoss = 0;
        for (int i = 0; i < Math.min(actual.length, planned.length); i++) {
            plannedSinceLoss += planned[i];
            sinceLoss += actual[i];
            // Of two attempts that follow each other fast, the listener may hear together. Since the loss, none can be early.
            check(complaints, !plan.isTooLate(actual[i], planned[i]) && !plan.isTooEarly(sinceLoss, plannedSinceLoss),
                    "attempt " + (i + 1) + " came after " + actual[i] + " ms, not after " + planned[i]);
        }
    }

    Result result(Plan plan) {
        List<String> complaints = complaints(plan);
        long[] planned = plan.plannedMillis();
        long[] actual = loss.delaysMillis();
        JsonObject facts = new JsonObject()
                .put("green", complaints.isEmpty())
                .put("pingsSent", pings.sent)
                .put("pingsReceived", pings.received)
                .put("silentMillis", silence.millis)
                .put("attempts", loss.attempts())
                .put("plannedMillis", planned)
                .put("actualMillis", actual)
                .put("givenUp", loss.givenUp())
                .put("stateAfterwards", loss.state().name())
                .put("nextCall", nextCall)
                .put("complaints", complaints);
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "PINGs sent %d, received %d; the silent client was closed after %d ms; attempts %d, given up %d time(s)%n",
                pings.sent, pings.received, silence.millis, loss.attempts(), loss.givenUp()));
        text.append(String.format("planned: %d ms in all, %s%n", Arrays.stream(planned).sum(), Arrays.toString(planned)));
        text.append(String.format("actual:  %d ms in all, %s%n", Arrays.stream(actual).sum(), Arrays.toString(actual)));
        complaints.forEach(complaint -> text.append("  ").append(complaint).append('\n'));
        text.append(complaints.isEmpty() ? "GREEN: the watchdog did what the articles say" : "RED: the watchdog slept");
        return new Result(facts, text.toString(), complaints);
    }
}
