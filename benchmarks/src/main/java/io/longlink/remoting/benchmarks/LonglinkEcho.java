package io.longlink.remoting.benchmarks;

import io.longlink.remoting.RequestExecutors;
import io.longlink.remoting.benchmarks.codec.LonglinkHeader;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Longlink as a contender: five header fields written and read back into the header object, the body echoed. */
final class LonglinkEcho {
    static final int CODE = 100;
    private static final long TIMEOUT_MILLIS = 10_000;

    private LonglinkEcho() {}

    private static SerializeType type(boolean binary) {
        return binary ? SerializeType.ROCKETMQ : SerializeType.JSON;
    }

    static EchoServer server(boolean binary, boolean onEventLoop) {
        LongAdder oneways = new LongAdder();
        NettyRemotingServer server =
                new NettyRemotingServer(new NettyServerConfig().setListenPort(0).setSerializeType(type(binary)));
        server.registerProcessor(CODE, (ctx, request) -> {
            if (!request.decodeCommandCustomHeader(LonglinkHeader.class).isComplete()) {
                throw new IllegalArgumentException("a field is missing");
            }
            if (request.isOnewayRPC()) {
                oneways.increment();
                return null;
            }
            RemotingCommand response = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
            response.setBody(request.getBody());
            return response;
        }, onEventLoop ? RequestExecutors.eventLoop() : Contender.fourThreads());
        server.start();
        return new EchoServer(server.localListenPort(), oneways);
    }

    static EchoClient client(boolean binary, boolean onEventLoop) {
        NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig().setSerializeType(type(binary)));
        if (onEventLoop) {
            client.setCallbackExecutor(RequestExecutors.eventLoop());
        }
        client.start();
        return new Client(client);
    }

    private static final class Client implements EchoClient {
        private final NettyRemotingClient client;
        private final LongAdder refusedLate = new LongAdder();
        private final AtomicReference<@Nullable Throwable> onewayFailure = new AtomicReference<>();

        Client(NettyRemotingClient client) {
            this.client = client;
        }

        @Override
        public void call(String address, byte[] body, Done done) {
            client.invokeAsync(address, request(body), TIMEOUT_MILLIS, future -> {
                RemotingCommand response = future.getResponseCommand();
                done.done(response == null ? future.getCause() : wrong(response, body));
            });
        }

        @Override
        public void callSync(String address, byte[] body) throws Exception {
            Throwable wrong = wrong(client.invokeSync(address, request(body), TIMEOUT_MILLIS), body);
            if (wrong != null) {
                throw new IllegalStateException(wrong);
            }
        }

        @Override
        public boolean send(String address, byte[] body) {
            if (!client.isChannelWritable(address)) {
                return false;
            }
            client.invokeOnewayAsync(address, request(body), TIMEOUT_MILLIS).whenComplete(this::sent);
            return true;
        }

        private void sent(@Nullable Void written, @Nullable Throwable failure) {
            if (failure instanceof RemotingException said && said.outcome() == RemotingException.Outcome.NOT_SENT) {
                refusedLate.increment();
            } else if (failure != null) {
                onewayFailure.compareAndSet(null, failure);
            }
        }

        @Override
        public long refusedLate() {
            Throwable failure = onewayFailure.get();
            if (failure != null) {
                throw new IllegalStateException("a one-way failed: " + failure, failure);
            }
            return refusedLate.sum();
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }

    static RemotingCommand request(byte[] body) {
        RemotingCommand request = RemotingCommand.createRequestCommand(CODE, LonglinkHeader.sample());
        request.setBody(body);
        return request;
    }

    private static @Nullable Throwable wrong(RemotingCommand response, byte[] body) {
        byte[] echoed = response.getBody();
        int length = echoed == null ? 0 : echoed.length;
        return response.getCode() == ResponseCode.SUCCESS && length == body.length
                ? null
                : new IllegalStateException("answered " + response);
    }
}
