package io.longlink.remoting.integration;

import static io.longlink.remoting.integration.Services.address;

import io.longlink.remoting.DrainReport;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.server.NettyRemotingServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A program for a JVM of its own: a call, a drain, and a line about both. */
final class WithoutFlightRecorder {
    private static final int ECHO = 7;

    private WithoutFlightRecorder() {}

    public static void main(String[] args) throws Exception {
        NettyRemotingServer server = new NettyRemotingServer(Services.serverConfig());
        server.registerProcessor(ECHO, (ctx, request) -> Services.response("echo"), null);
        server.start();
        NettyRemotingClient client = new NettyRemotingClient(Services.clientConfig());
        client.start();
        String answer = Services.text(client.invokeSync(address(server), Services.request(ECHO, ""), Services.CALL_MILLIS));
        DrainReport report = server.shutdownGracefully(Duration.ofSeconds(8)).get(Services.CALL_MILLIS, TimeUnit.MILLISECONDS);
        DrainReport clients = client.shutdownGracefully(Duration.ofSeconds(8)).get(Services.CALL_MILLIS, TimeUnit.MILLISECONDS);
        boolean recorder = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
        System.out.println("recorder " + recorder + ", answer " + answer + ", told " + report.told() + ", adds up "
                + (report.addsUp() && clients.addsUp()));
    }
}
