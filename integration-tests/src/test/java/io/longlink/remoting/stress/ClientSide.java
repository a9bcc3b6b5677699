package io.longlink.remoting.stress;

import io.longlink.remoting.TransportOptions;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.client.SessionRestorer;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.stress.Call.Kind;
import io.longlink.remoting.stress.Call.Promise;
import io.longlink.remoting.stress.Call.Shape;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A client of a lane, and what its listener and its processors saw. Thread-safe. */
final class ClientSide {
    private final Batch batch;
    private final String name;
    private final NettyRemotingClient client;
    private final Connections connections;
    private final Processors processors;

    ClientSide(Batch batch, String name, Supplier<Story> story, RandomGenerator random) {
        this.batch = batch;
        this.name = name;
        this.connections = new Connections(name, story);
        this.processors = new Processors(batch, name);
        NettyClientConfig config = new NettyClientConfig()
                .setClientCallbackExecutorThreads(2)
                .setClientAsyncSemaphoreValue(200)
                .setClientOnewaySemaphoreValue(200)
                .setSerializeType(random.nextBoolean() ? SerializeType.JSON : SerializeType.ROCKETMQ)
                .setTransport(TransportOptions.defaults().withEventLoopThreads(1));
        if (random.nextInt(3) == 0) {
            config.setSessionRestorer(restorer(batch, story));
        }
        this.client = new NettyRemotingClient(config, connections);
        client.registerProcessor(Kind.BACK.code(), processors.answering(), null);
        client.registerProcessor(Kind.BACK_DEFERRED.code(), processors.deferring(), null);
        client.registerProcessor(Kind.BACK_ONEWAY.code(), processors.taking(), null);
        client.start();
    }

    private static SessionRestorer restorer(Batch batch, Supplier<Story> story) {
        return session -> {
            Call call = batch.newCall(
                    new Call.Plan(Kind.ECHO, Shape.FUTURE, -1, 0, false, false, Long.BYTES, Batch.CALL_MILLIS, Promise.TRUTH), story.get());
            call.tell("restores the session of " + session.channel());
            return session.invoke(call.request(), Batch.CALL_MILLIS).whenComplete(call::end);
        };
    }

    NettyRemotingClient client() {
        return client;
    }

    Connections connections() {
        return connections;
    }

    /** Asserts that nothing is left, after the end. */
    void assertNothingLeft() throws Exception {
        Leftovers.assertNone(batch, name, client, connections, processors);
    }
}
