package io.longlink.remoting.benchmarks;

import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.NettyRemotingClient;
import io.longlink.remoting.exception.RemotingTooMuchRequestException;
import io.longlink.remoting.protocol.CFNotNull;
import io.longlink.remoting.protocol.CommandCustomHeader;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.protocol.ResponseCode;
import io.longlink.remoting.protocol.SerializeType;
import io.longlink.remoting.server.NettyRemotingServer;
import io.longlink.remoting.server.NettyServerConfig;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Longlink as a contender: five header fields written and read back into the header object, the body echoed. */
final class LonglinkEcho {
    static final int CODE = 100;
    private static final long TIMEOUT_MILLIS = 10_000;

    private LonglinkEcho() {}

    /** Five fields of the usual types. */
    static final class Header implements CommandCustomHeader {
        @CFNotNull
        private @Nullable String topic;

        @CFNotNull
        private @Nullable Integer queueId;

        @CFNotNull
        private @Nullable Long bornTimestamp;

        private @Nullable String producerGroup;
        private @Nullable Boolean batch;

        static Header sample() {
            Header header = new Header();
            header.topic = "orders";
            header.queueId = 7;
            header.bornTimestamp = 1_700_000_000_000L;
            header.producerGroup = "checkout";
            header.batch = Boolean.FALSE;
            return header;
        }

        boolean isComplete() {
            return topic != null && queueId != null && bornTimestamp != null && producerGroup != null && batch != null;
        }

        @Override
        public void checkFields() {}
    }

    private static SerializeType type(boolean binary) {
        return binary ? SerializeType.ROCKETMQ : SerializeType.JSON;
    }

    static EchoServer server(boolean binary) {
        NettyRemotingServer server =
                new NettyRemotingServer(new NettyServerConfig().setListenPort(0).setSerializeType(type(binary)));
        ExecutorService executor = Executors.newFixedThreadPool(Contender.EXECUTOR_THREADS);
        server.registerProcessor(CODE, (ctx, request) -> {
            if (!request.decodeCommandCustomHeader(Header.class).isComplete()) {
                throw new IllegalArgumentException("a field is missing");
            }
            RemotingCommand response = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
            response.setBody(request.getBody());
            return response;
        }, executor);
        server.start();
        return new EchoServer() {
            @Override
            public int port() {
                return server.localListenPort();
            }

            @Override
            public void close() {
                server.shutdown();
                executor.shutdownNow();
            }
        };
    }

    static EchoClient client(boolean binary) {
        NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig().setSerializeType(type(binary)));
        client.start();
        return new EchoClient() {
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
            public boolean send(String address, byte[] body) throws Exception {
                try {
                    client.invokeOneway(address, request(body), TIMEOUT_MILLIS);
                    return true;
                } catch (RemotingTooMuchRequestException e) {
                    return false;
                }
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }

    static RemotingCommand request(byte[] body) {
        RemotingCommand request = RemotingCommand.createRequestCommand(CODE, Header.sample());
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
