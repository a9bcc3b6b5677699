package io.longlink.remoting.benchmarks;

import io.longlink.remoting.benchmarks.codec.RocketMqHeader;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.apache.rocketmq.remoting.InvokeCallback;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.NettyRemotingServer;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RemotingSysResponseCode;
import org.apache.rocketmq.remoting.protocol.SerializeType;
import org.jspecify.annotations.Nullable;

/** RocketMQ's remoting as a contender: the same fields and the same work as {@link LonglinkEcho}, its own settings. */
final class RocketMqEcho {
    private static final int CODE = 100;
    private static final long TIMEOUT_MILLIS = 10_000;

    private RocketMqEcho() {}

    private static final class Processor implements NettyRequestProcessor {
        private final LongAdder oneways;

        Processor(LongAdder oneways) {
            this.oneways = oneways;
        }

        @Override
        public @Nullable RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) throws Exception {
            RocketMqHeader header = request.decodeCommandCustomHeader(RocketMqHeader.class);
            if (!header.isComplete()) {
                throw new IllegalArgumentException("a field is missing");
            }
            if (request.isOnewayRPC()) {
                oneways.increment();
                return null;
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

    /** @param executor runs the processor; one of event loops goes with {@code onEventLoop} */
    static EchoServer server(boolean onEventLoop, ExecutorService executor) {
        NettyServerConfig config = new NettyServerConfig();
        config.setListenPort(0);
        config.setServerNettyWorkerGroupEnable(!onEventLoop);
        NettyRemotingServer server = new NettyRemotingServer(config);
        LongAdder oneways = new LongAdder();
        server.registerProcessor(CODE, new Processor(oneways), executor);
        server.start();
        return new EchoServer(server.localListenPort(), oneways);
    }

    static EchoClient client(boolean binary, boolean onEventLoop) {
        NettyClientConfig config = new NettyClientConfig();
        config.setDisableNettyWorkerGroup(onEventLoop);
        config.setDisableCallbackExecutor(onEventLoop);
        NettyRemotingClient client = new NettyRemotingClient(config);
        client.start();
        return new EchoClient() {
            @Override
            public void call(String address, byte[] body, Done done) {
                try {
                    client.invokeAsync(address, request(body, binary), TIMEOUT_MILLIS, new Told(body, done));
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
                if (!client.isChannelWritable(address)) {
                    return false;
                }
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

    /** Of the three methods, one that is called for every ending, and once. */
    private static final class Told implements InvokeCallback {
        private final byte[] body;
        private final EchoClient.Done done;

        Told(byte[] body, EchoClient.Done done) {
            this.body = body;
            this.done = done;
        }

        @Override
        public void operationSucceed(RemotingCommand response) {
            done.done(response == null ? new IllegalStateException("no answer") : wrong(response, body));
        }

        @Override
        public void operationFail(Throwable cause) {
            done.done(cause);
        }

        @Override
        public void operationComplete(ResponseFuture future) {
            // One of the others has been called or will be; a failure to connect is not told here.
        }
    }

    static RemotingCommand request(byte[] body, boolean binary) {
        RemotingCommand request = RemotingCommand.createRequestCommand(CODE, RocketMqHeader.sample());
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
