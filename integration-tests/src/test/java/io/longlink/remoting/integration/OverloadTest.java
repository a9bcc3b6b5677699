package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.address;
import static io.longlink.remoting.integration.Services.eventually;
import static io.longlink.remoting.integration.Services.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.testkit.Frame;
import io.longlink.remoting.testkit.LeakGuard;
import io.longlink.remoting.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More than a server takes: who is told what, and that it adds up, in a drain as well (DESIGN 8). */
@ExtendWith(LeakGuard.class)
class OverloadTest {
    private static final int HELD = 7;

    @RegisterExtension
    final Services services = new Services();

    private final Executions executions = new Executions();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseWhatIsStillHeld() {
        release.countDown();
    }

    private static void assertAnswer(int opaque, int code, Frame answer) {
        assertEquals(opaque, answer.opaque(), answer::toString);
        assertEquals(code, answer.code(), answer::toString);
    }

    /** Its executor has one thread and room for one more. */
    private NettyRemotingServer smallServer() {
        NettyRemotingServer server = services.server();
        server.registerProcessor(HELD, (ctx, request) -> {
            executions.count(Services.text(request));
            held.countDown();
            release.await();
            return Services.response("held");
        }, services.ended(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1))));
        return server;
    }

    @Test
    void fullExecutor_beforeAndDuringADrain_turnsAwayWhatTheGateLetsPass_andItAddsUp() throws Exception {
        NettyRemotingServer server = smallServer();
        ScriptedPeer.Connection hello = Scripts.sayHello(services.connect(server.localListenPort()));
        ScriptedPeer.Connection stock = services.connect(server.localListenPort());
        hello.send(Scripts.request(HELD, "running").withOpaque(1));
        held.await();
        hello.send(Scripts.request(HELD, "queued").withOpaque(2));
        hello.send(Scripts.request(HELD, "beyond").withOpaque(3));
        assertAnswer(3, ResponseCode.SYSTEM_BUSY, hello.receive());
        stock.send(Scripts.request(HELD, "beyond").withOpaque(4));
        assertAnswer(4, ResponseCode.SYSTEM_BUSY, stock.receive());

        CompletableFuture<DrainReport> drained = server.shutdownGracefully(Duration.ofSeconds(8));
        Scripts.receiveAnnouncement(hello);
        hello.send(Scripts.request(HELD, "refused").withOpaque(5));
        assertAnswer(5, ResponseCode.GO_AWAY, hello.receive());
        hello.send(Scripts.oneway(HELD, "dropped"));
        stock.send(Scripts.request(HELD, "beyond").withOpaque(6).withVersion(475));
        assertAnswer(6, ResponseCode.SYSTEM_BUSY, stock.receive());
        stock.expectEndOfStream();
        eventually().until(() -> server.stats().get(Counter.ONEWAYS_DROPPED) == 1);
        release.countDown();
        assertAnswer(1, 0, hello.receive());
        assertAnswer(2, 0, hello.receive());
        hello.halfClose();
        hello.expectEndOfStream();

        DrainReport report = get(drained);
        assertTrue(report.addsUp(), report::toString);
        assertEquals(2, report.inFlight(), report::toString);
        assertEquals(2, report.finished(), report::toString);
        assertEquals(0, report.acceptedLater(), report::toString);
        assertEquals(1, report.refused(), report::toString);
        assertEquals(0, report.oneWaysExecuted(), report::toString);
        assertEquals(1, report.quietClosed(), report::toString);
        assertEquals(1, report.closedByPeer(), report::toString);
        assertEquals(4, server.stats().get(Counter.BUSY));
        assertEquals(2, executions.total());
    }

    @Test
    void fullExecutor_clientThatMovesMeanwhile_isNotToldBusyByAServerThatLeaves() throws Exception {
        NettyRemotingServer server = smallServer();
        NettyRemotingClient client = services.client();
        CompletableFuture<RemotingCommand> running = client.invoke(address(server), Services.request(HELD, "running"), 8_000);
        held.await();
        CompletableFuture<RemotingCommand> queued = client.invoke(address(server), Services.request(HELD, "queued"), 8_000);
        RemotingCommand busy = get(client.invoke(address(server), Services.request(HELD, "busy"), 8_000));
        assertEquals(ResponseCode.SYSTEM_BUSY, busy.getCode());

        CompletableFuture<DrainReport> drained = server.shutdownGracefully(Duration.ofSeconds(8));
        eventually().until(() -> client.stats().get(Counter.GO_AWAYS_RECEIVED) == 1);
        CompletableFuture<RemotingCommand> moved = client.invoke(address(server), Services.request(HELD, "moved"), 8_000);
        NettyRemotingServer next = services.server(Services.serverConfig().setListenPort(server.localListenPort()));
        next.registerProcessor(HELD, executions.echo(), null);

        assertEquals("moved", Services.text(get(moved)));
        release.countDown();
        assertEquals("held", Services.text(get(running)));
        assertEquals("held", Services.text(get(queued)));
        DrainReport report = get(drained);
        assertTrue(report.addsUp() && report.forced() == 0 && report.unanswered() == 0, report::toString);
        assertEquals(1, executions.of("moved"));
    }
}
