package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.longlink.remoting.internal.Liveness.Due;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The machine alone. Times are milliseconds after its beginning, at which the clock's nanoseconds are about to overflow. */
class LivenessTest {
    private static final long BEGAN = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);
    private static final HelloAnswer HELLO = new HelloAnswer(5_000, 120_000);
    private static final long NEVER = Long.MAX_VALUE;

    private static long at(double millis) {
        return BEGAN + (long) (millis * 1_000_000);
    }

    /** The machine, and what it can see. */
    private static final class Machine implements Liveness.Seen {
        private final Liveness liveness;
        private long readNanos = BEGAN;
        private long writeNanos = BEGAN;
        private long progressNanos = BEGAN;
        private long useNanos = BEGAN;
        private boolean busy;

        Machine(Side side, LivenessSettings settings, double jitter) {
            liveness = new Liveness(side, settings, this, jitter, BEGAN);
        }

        void onTraffic(long readNanos, long writeNanos, long progressNanos) {
            this.readNanos = readNanos;
            this.writeNanos = writeNanos;
            this.progressNanos = progressNanos;
        }

        void onUse(long useNanos, boolean busy) {
            this.useNanos = useNanos;
            this.busy = busy;
        }

        @Override
        public long lastReadNanos() {
            return readNanos;
        }

        @Override
        public long lastWriteNanos() {
            return writeNanos;
        }

        @Override
        public long lastProgressNanos() {
            return progressNanos;
        }

        @Override
        public long lastUseNanos() {
            return useNanos;
        }

        @Override
        public boolean isBusy() {
            return busy;
        }

        void onHello(HelloAnswer told, int stretch) {
            liveness.onHello(told, stretch);
        }

        void onPingSent(long nowNanos) {
            liveness.onPingSent(nowNanos);
        }

        void onPingLeft(long sentNanos, long nowNanos) {
            liveness.onPingLeft(sentNanos, nowNanos);
        }

        void onTimeout(long writtenNanos) {
            liveness.onTimeout(writtenNanos);
        }

        void onRetired() {
            liveness.onRetired();
        }

        Due due(long nowNanos) {
            return liveness.due(nowNanos);
        }

        long untilDueNanos(long nowNanos) {
            return liveness.untilDueNanos(nowNanos);
        }
    }

    private static Machine client(LivenessSettings settings) {
        return new Machine(Side.CLIENT, settings, 0);
    }

    private static Machine clientOfHelloPeer(LivenessSettings settings) {
        Machine client = client(settings);
        client.onHello(HELLO, 1);
        return client;
    }

    private static Machine clientOfHelloPeer() {
        return clientOfHelloPeer(LivenessSettings.ofClient(15_000, 0, 0, 0, false));
    }

    private static Machine server(LivenessSettings settings) {
        return new Machine(Side.SERVER, settings, 0);
    }

    private static void traffic(Machine liveness, double readMillis, double writeMillis) {
        liveness.onTraffic(at(readMillis), at(writeMillis), BEGAN);
    }

    /** Nothing is due one nanosecond before, this is then, and the machine knows it from now on. */
    private static void assertDue(Due due, double millis, Machine liveness) {
        assertEquals(Due.NOTHING, liveness.due(at(millis) - 1), "just before " + millis);
        assertEquals(1, liveness.untilDueNanos(at(millis) - 1), "just before " + millis);
        assertEquals(due, liveness.due(at(millis)), "at " + millis);
    }

    private static void assertNeverDue(Machine liveness, double millis) {
        assertEquals(NEVER, liveness.untilDueNanos(at(millis)));
        assertEquals(Due.NOTHING, liveness.due(at(millis)));
    }

    // ---------------------------------------------------------------- when to ask

    @Test
    void nothingRead_forThePingInterval_asks() {
        Machine client = clientOfHelloPeer();
        traffic(client, 100, 10_000);
        assertDue(Due.PING, 15_100, client);
    }

    @Test
    void nothingWritten_forThePingInterval_asks() {
        Machine client = clientOfHelloPeer();
        traffic(client, 10_000, 200);
        assertDue(Due.PING, 15_200, client);
    }

    @Test
    void nothingWritten_forAThirdOfWhatTheServerAllows_asks() {
        Machine client = client(LivenessSettings.ofClient(15_000, 0, 0, 0, false));
        client.onHello(new HelloAnswer(1_000, 30_000), 1);
        traffic(client, 9_000, 200);
        assertDue(Due.PING, 10_200, client);
    }

    @Test
    void serverThatSaysNothingOfIdleness_isAskedEveryInterval() {
        Machine client = client(LivenessSettings.ofClient(15_000, 0, 0, 0, false));
        client.onHello(new HelloAnswer(1_000, 0), 1);
        assertDue(Due.PING, 15_000, client);
    }

    @Test
    void nothingWritten_forTheWriterIdleTime_asks() {
        Machine client = clientOfHelloPeer(LivenessSettings.ofClient(15_000, 3_000, 0, 0, false));
        traffic(client, 2_000, 100);
        assertDue(Due.PING, 3_100, client);
    }

    @Test
    void nothingEitherWay_forTheAllIdleTime_asks() {
        Machine client = clientOfHelloPeer(LivenessSettings.ofClient(15_000, 0, 5_000, 0, false));
        traffic(client, 2_000, 100);
        assertDue(Due.PING, 7_000, client);
        traffic(client, 2_000, 3_000);
        assertDue(Due.PING, 8_000, client);
    }

    @Test
    void ping_afterTheLast_comesNoSoonerThanTheServerAllows() {
        Machine client = clientOfHelloPeer(LivenessSettings.ofClient(15_000, 3_000, 0, 0, false));
        client.onPingSent(at(3_000));
        client.onPingLeft(at(3_000), at(3_000));
        traffic(client, 3_001, 3_000);
        assertDue(Due.PING, 8_000, client);
    }

    @Test
    void stretch_lengthensTheIntervalAndWhatTheServerAllows() {
        Machine client = client(LivenessSettings.ofClient(15_000, 0, 0, 0, false));
        client.onHello(HELLO, 2);
        assertDue(Due.PING, 30_000, client);
        client = client(LivenessSettings.ofClient(1_000, 0, 0, 0, false));
        client.onHello(HELLO, 4);
        assertDue(Due.PING, 4_000, client);
        client.onPingSent(at(4_000));
        traffic(client, 4_001, 4_000);
        assertDue(Due.PING, 24_000, client);
    }

    @Test
    void stretch_ofCenturies_isNever() {
        long century = TimeUnit.DAYS.toMillis(36_500);
        Machine client = client(LivenessSettings.ofClient(century, 0, 0, 0, false));
        client.onHello(new HelloAnswer(Long.MAX_VALUE, 0), 16);
        assertNeverDue(client, 1_000_000);
        client.onPingSent(at(1_000));
        traffic(client, 1_001, 1_000);
        client.onTimeout(at(2_000));
        assertNeverDue(client, 1_000_000);
    }

    @Test
    void stockPeer_isNeverAsked() {
        Machine client = client(LivenessSettings.ofClient(15_000, 3_000, 5_000, 0, false));
        assertNeverDue(client, 1_000_000);
    }

    @Test
    void server_doesNotAskWithoutAReason() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 0, 0, 1_000));
        server.onHello(new HelloAnswer(5_000, 0), 1);
        assertNeverDue(server, 1_000_000);
    }

    // ---------------------------------------------------------------- no answer

    @Test
    void ping_withoutAByteForFiveSecondsAfterItLeft_isTheEnd() {
        Machine client = clientOfHelloPeer();
        client.onPingSent(at(15_000));
        client.onPingLeft(at(15_000), at(16_000));
        traffic(client, 14_999, 15_000);
        assertDue(Due.DEAD, 21_000, client);
    }

    @Test
    void ping_answeredByAnyByteOfTheSameMoment_isAnswered() {
        Machine client = clientOfHelloPeer();
        client.onPingSent(at(15_000));
        client.onPingLeft(at(15_000), at(16_000));
        traffic(client, 15_000, 15_000);
        assertDue(Due.PING, 30_000, client);
    }

    @Test
    void ping_thatCannotLeave_isTheEndFiveSecondsAfterAnythingLeft() {
        Machine client = clientOfHelloPeer();
        client.onPingSent(at(15_000));
        client.onTraffic(BEGAN, at(15_000), BEGAN);
        assertDue(Due.DEAD, 20_000, client);
        client.onTraffic(BEGAN, at(15_000), at(17_000));
        assertDue(Due.DEAD, 22_000, client);
        // Once it has left, only an answer helps.
        client.onPingLeft(at(15_000), at(18_000));
        client.onTraffic(BEGAN, at(15_000), at(19_000));
        assertDue(Due.DEAD, 23_000, client);
    }

    @Test
    void pingBefore_thatLeavesLate_doesNotStandForTheOneUnderWay() {
        Machine client = clientOfHelloPeer();
        client.onPingSent(at(15_000));
        traffic(client, 15_100, 15_000);
        client.onPingSent(at(30_100));
        client.onPingLeft(at(15_000), at(30_200));
        assertDue(Due.DEAD, 35_100, client);
    }

    @Test
    void readerIdle_withoutAByte_isTheEndForAnyPeer() {
        LivenessSettings settings = LivenessSettings.ofClient(15_000, 0, 0, 10_000, false);
        Machine stock = client(settings);
        traffic(stock, 100, 9_000);
        assertDue(Due.DEAD, 10_100, stock);
        Machine hello = clientOfHelloPeer(settings);
        traffic(hello, 100, 9_000);
        assertDue(Due.DEAD, 10_100, hello);
    }

    // ---------------------------------------------------------------- a request that timed out

    @Test
    void timeout_withNothingReadSince_asksAHelloPeer() {
        Machine client = clientOfHelloPeer();
        traffic(client, 999, 1_000);
        client.onTimeout(at(1_000));
        assertEquals(Due.PING, client.due(at(2_000)));
    }

    @Test
    void timeout_withAnythingReadSince_isNoReasonToAsk() {
        Machine client = clientOfHelloPeer();
        traffic(client, 1_000, 1_000);
        client.onTimeout(at(1_000));
        assertDue(Due.PING, 16_000, client);
    }

    @Test
    void timeout_soonAfterAPing_asksWhenTheServerAllowsIt() {
        Machine client = clientOfHelloPeer();
        client.onPingSent(at(1_000));
        traffic(client, 1_001, 1_100);
        client.onTimeout(at(1_100));
        assertDue(Due.PING, 6_000, client);
        traffic(client, 5_000, 5_000);
        assertDue(Due.PING, 20_000, client);
    }

    @Test
    void timeout_ofAStockPeerWithNothingReadSince_isTheEndUnlessAByteTurnsUp() {
        Machine client = client(LivenessSettings.ofClient(15_000, 0, 0, 0, false));
        traffic(client, 999, 1_000);
        client.onTimeout(at(1_000));
        assertEquals(Due.DEAD, client.due(at(2_000)));
        traffic(client, 1_500, 1_000);
        assertNeverDue(client, 2_000);
    }

    @Test
    void timeout_onAServer_asksAHelloPeerAndLeavesAStockOne() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 0, 0, 1_000));
        traffic(server, 999, 1_000);
        server.onTimeout(at(1_000));
        assertNeverDue(server, 2_000);
        server.onHello(new HelloAnswer(5_000, 0), 1);
        server.onTimeout(at(1_000));
        assertEquals(Due.PING, server.due(at(2_000)));
        server.onPingSent(at(2_000));
        server.onPingLeft(at(2_000), at(2_000));
        assertDue(Due.DEAD, 7_000, server);
    }

    // ---------------------------------------------------------------- a server's patience

    @Test
    void helloPeer_silentForWhatItWasTold_isTheEndWhateverIsInFlight() {
        Machine server = server(LivenessSettings.ofServer(0, 1_000, 0, 0, 1_000));
        server.onHello(HELLO, 1);
        server.onUse(at(100), true);
        traffic(server, 100, 119_000);
        assertDue(Due.DEAD, 120_100, server);
    }

    @Test
    void helloPeer_thatTakesWhatPiledUp_isNotSilent() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 0, 0, 1_000));
        server.onHello(HELLO, 1);
        server.onTraffic(at(100), at(100), at(60_000));
        assertDue(Due.DEAD, 180_000, server);
    }

    @Test
    void stockPeer_withoutAByteEitherWay_isTheEnd() {
        Machine server = server(LivenessSettings.ofServer(0, 120_000, 0, 0, 1_000));
        traffic(server, 100, 200);
        assertDue(Due.DEAD, 120_200, server);
        traffic(server, 300, 200);
        assertDue(Due.DEAD, 120_300, server);
        server.onTraffic(at(300), at(200), at(400));
        assertDue(Due.DEAD, 120_400, server);
    }

    @Test
    void stockPeer_withWorkInFlight_isAskedAboutEverySecond() {
        Machine server = server(LivenessSettings.ofServer(0, 120_000, 0, 0, 1_000));
        server.onUse(BEGAN, true);
        assertEquals(Due.NOTHING, server.due(at(120_000)));
        assertEquals(Liveness.BUSY_NANOS, server.untilDueNanos(at(120_000)));
        server.onUse(BEGAN, false);
        assertEquals(Due.DEAD, server.due(at(121_000)));
    }

    @Test
    void readerIdle_onAServer_isTheEndWhateverIsInFlight() {
        Machine server = server(LivenessSettings.ofServer(10_000, 120_000, 0, 0, 1_000));
        server.onUse(at(100), true);
        traffic(server, 100, 9_000);
        assertDue(Due.DEAD, 10_100, server);
    }

    // ---------------------------------------------------------------- unused, and old

    @Test
    void connection_unusedForLong_isLetGoOnce() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000));
        traffic(server, 29_000, 29_000);
        server.onUse(at(1_000), false);
        assertDue(Due.UNUSED, 31_000, server);
        server.onRetired();
        assertNeverDue(server, 31_000);
    }

    @Test
    void connection_withWorkInFlight_isNotUnused() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 30_000, 0, 1_000));
        server.onUse(at(1_000), true);
        assertEquals(Due.NOTHING, server.due(at(31_000)));
        assertEquals(Liveness.BUSY_NANOS, server.untilDueNanos(at(31_000)));
    }

    @Test
    void connection_thatIsOld_isLetGoOnceWhateverItDoes() {
        Machine server = server(LivenessSettings.ofServer(0, 0, 0, 60_000, 1_000));
        server.onUse(at(59_000), true);
        assertDue(Due.OLD, 60_000, server);
        server.onRetired();
        assertNeverDue(server, 60_000);
    }

    @Test
    void age_withJitter_isATenthMoreOrLess() {
        LivenessSettings settings = LivenessSettings.ofServer(0, 0, 0, 60_000, 1_000);
        assertDue(Due.OLD, 54_000, new Machine(Side.SERVER, settings, -0.1));
        assertDue(Due.OLD, 66_000, new Machine(Side.SERVER, settings, 0.1));
    }

    @Test
    void age_ofAnyLength_isNotReachedAtOnce() {
        LivenessSettings settings = LivenessSettings.ofServer(0, 0, 0, Long.MAX_VALUE, 1_000);
        assertEquals(Due.NOTHING, new Machine(Side.SERVER, settings, -0.1).due(at(1_000_000_000)));
        assertEquals(Due.NOTHING, new Machine(Side.SERVER, settings, 0.1).due(at(1_000_000_000)));
    }

    @Test
    void settingsOff_nothingIsEverDue() {
        assertNeverDue(client(LivenessSettings.OFF), 1_000_000_000);
        assertNeverDue(clientOfHelloPeer(LivenessSettings.OFF), 1_000_000_000);
        assertNeverDue(server(LivenessSettings.OFF), 1_000_000_000);
    }
}
