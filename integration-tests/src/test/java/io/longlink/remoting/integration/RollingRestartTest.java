package io.longlink.remoting.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.RemotingStats.Counter;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A server is replaced on its port while calls are on their way. */
class RollingRestartTest {
    private static final int ECHO = 7;

    private final AtomicInteger executed = new AtomicInteger();

    private NettyRemotingServer startServer(int port) {
        NettyRemotingServer server =
                new NettyRemotingServer(new NettyServerConfig().setBindAddress("127.0.0.1").setListenPort(port));
        server.registerProcessor(ECHO, (ctx, request) -> {
            executed.incrementAndGet();
            RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
            response.setBody(request.getBody());
            return response;
        }, null);
        server.start();
        return server;
    }

    @Test
    void restart_underLoad_failsNothing() throws Exception {
        NettyRemotingServer first = startServer(0);
        int port = first.localListenPort();
        NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig());
        client.start();
        String addr = "127.0.0.1:" + port;
        List<CompletableFuture<RemotingCommand>> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            RemotingCommand request = RemotingCommand.createRequestCommand(ECHO, null);
            request.setBody(("m" + i).getBytes(StandardCharsets.UTF_8));
            calls.add(client.invoke(addr, request, 10_000));
            if (i == 1_000) {
                calls.get(0).get(5, TimeUnit.SECONDS);
                CompletableFuture<DrainReport> report = first.shutdownGracefully(Duration.ofSeconds(5));
                report.thenAccept(r -> startServer(port));
            }
        }
        for (CompletableFuture<RemotingCommand> call : calls) {
            assertEquals(0, call.get(15, TimeUnit.SECONDS).getCode());
        }
        assertEquals(2_000, executed.get());
        DrainReport report = first.shutdownGracefully(Duration.ZERO).get(1, TimeUnit.SECONDS);
        assertTrue(report.addsUp(), report::toString);
        System.out.println(report + " " + client.stats());
        assertTrue(client.stats().get(Counter.RETRIES) > 0);
        client.shutdown();
    }
}
