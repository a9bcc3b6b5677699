package io.longlink.remoting.benchmarks;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.annotation.CFNotNull;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.NettyRemotingServer;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RemotingSysResponseCode;
import org.apache.rocketmq.remoting.protocol.SerializeType;
import org.jspecify.annotations.Nullable;

/** RocketMQ's remoting as a contender: the same fields and the same work as {@link LonglinkEcho}, its own settings. */
final class RocketMqEcho {
    private static final int CODE = 100;
    private static final long TIMEOUT_MILLIS = 10_000;

    private RocketMqEcho() {}

    /** The fields of {@link LonglinkEcho.Header}. Public, with accessors, because its remoting reads it so. */
    public static final class Header implements CommandCustomHeader {
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

    private static final class Processor implements NettyRequestProcessor {
        @Override
        public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) throws Exception {
            Header header = request.decodeCommandCustomHeader(Header.class);
            if (!header.isComplete()) {
                throw new IllegalArgumentException("a field is missing");
            }
            RemotingCommand response = RemotingCommand.createResponseCommand(RemotingSysResponseCode.SUCCESS, null);
            response.setOpaque(request.getOpaque());
            response.setBody(request.getBody());
            return response;
        }

        @Override
        public boolean rejectRequest() {
            return false;
        }
    }

    static EchoServer server() {
        NettyServerConfig config = new NettyServerConfig();
        config.setListenPort(0);
        NettyRemotingServer server = new NettyRemotingServer(config);
        ExecutorService executor = Executors.newFixedThreadPool(Contender.EXECUTOR_THREADS);
        server.registerProcessor(CODE, new Processor(), executor);
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
        NettyClientConfig config = new NettyClientConfig();
        config.setClientOnewaySemaphoreValue(65_535);
        NettyRemotingClient client = new NettyRemotingClient(config);
        client.start();
        return new EchoClient() {
            @Override
            public void call(String address, byte[] body, Done done) {
                try {
                    client.invokeAsync(address, request(body, binary), TIMEOUT_MILLIS, future -> {
                        RemotingCommand response = future.getResponseCommand();
                        done.done(response == null ? new IllegalStateException("no answer: " + future) : wrong(response, body));
                    });
                } catch (Exception e) {
                    done.done(e);
                }
            }

            @Override
            public void callSync(String address, byte[] body) throws Exception {
                Throwable wrong = wrong(client.invokeSync(address, request(body, binary), TIMEOUT_MILLIS), body);
                if (wrong != null) {
                    throw new IllegalStateException(wrong);
                }
            }

            @Override
            public boolean send(String address, byte[] body) throws Exception {
                try {
                    client.invokeOneway(address, request(body, binary), TIMEOUT_MILLIS);
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

    static RemotingCommand request(byte[] body, boolean binary) {
        RemotingCommand request = RemotingCommand.createRequestCommand(CODE, Header.sample());
        request.setSerializeTypeCurrentRPC(binary ? SerializeType.ROCKETMQ : SerializeType.JSON);
        request.setBody(body);
        return request;
    }

    private static @Nullable Throwable wrong(RemotingCommand response, byte[] body) {
        byte[] echoed = response.getBody();
        int length = echoed == null ? 0 : echoed.length;
        return response.getCode() == RemotingSysResponseCode.SUCCESS && length == body.length
                ? null
                : new IllegalStateException("answered " + response);
    }
}
