package peer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** Single calls whose answers are looked at closely. */
final class Calls {
    private static final long TIMEOUT_MILLIS = 10_000;
    private static final byte[] TEXT = "hello \u6d88\u606f".getBytes(StandardCharsets.UTF_8);

    private final NettyRemotingClient client;
    private final String address;

    Calls(NettyRemotingClient client, String address) {
        this.client = client;
        this.address = address;
    }

    /** Runs one case; an exception says what was wrong. */
    String run(String name) throws Exception {
        switch (name) {
            case "sync":
                checkEcho(TEXT, sync(Codes.ECHO, TEXT));
                break;
            case "async":
                async();
                break;
            case "oneway":
                oneway();
                break;
            case "header":
                header();
                break;
            case "empty":
                checkEcho(new byte[0], sync(Codes.ECHO, null));
                checkEcho(new byte[0], sync(Codes.ECHO, new byte[0]));
                break;
            case "large":
                byte[] large = large();
                checkEcho(large, sync(Codes.ECHO, large));
                break;
            case "unknown":
                checkCode(3, sync(Codes.UNKNOWN, TEXT));
                break;
            case "busy":
                checkCode(2, sync(Codes.BUSY, TEXT));
                break;
            case "error":
                checkCode(1, sync(Codes.BROKEN, TEXT));
                break;
            case "back":
                checkEcho(TEXT, sync(Codes.ASK_BACK, TEXT));
                break;
            default:
                throw new IllegalArgumentException("unknown case " + name);
        }
        return "";
    }

    /** Sends a request with this version on it, and tells the code of its answer. */
    String stamped(int version, long timeoutMillis) throws Exception {
        RemotingCommand request = request(Codes.ECHO, TEXT);
        request.setVersion(version);
        return String.valueOf(client.invokeSync(address, request, timeoutMillis).getCode());
    }

    private static RemotingCommand request(int code, byte[] body) {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        request.setBody(body);
        return request;
    }

    private RemotingCommand sync(int code, byte[] body) throws Exception {
        RemotingCommand request = request(code, body);
        int opaque = request.getOpaque();
        RemotingCommand response = client.invokeSync(address, request, TIMEOUT_MILLIS);
        check(response.getOpaque() == opaque, "opaque " + response.getOpaque() + " for " + opaque);
        check(response.isResponseType(), "no response: " + response);
        return response;
    }

    private void async() throws Exception {
        CompletableFuture<ResponseFuture> result = new CompletableFuture<>();
        client.invokeAsync(address, request(Codes.ECHO, TEXT), TIMEOUT_MILLIS, result::complete);
        ResponseFuture future = result.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        check(future.isSendRequestOK(), "sent, but isSendRequestOK is false");
        checkEcho(TEXT, future.getResponseCommand());
    }

    private void oneway() throws Exception {
        String id = UUID.randomUUID().toString();
        RemotingCommand request = identified(Codes.RECORD, id);
        client.invokeOneway(address, request, TIMEOUT_MILLIS);
        long beganNanos = System.nanoTime();
        // Another connection, or another thread there, may be faster than the one-way.
        while (!"true".equals(client.invokeSync(address, identified(Codes.WAS_EXECUTED, id), TIMEOUT_MILLIS).getRemark())) {
            check(System.nanoTime() - beganNanos < TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS), "the one-way request did not run");
        }
    }

    private static RemotingCommand identified(int code, String id) {
        RemotingCommand request = request(code, null);
        request.addExtField(Codes.RUN, "oneway");
        request.addExtField(Codes.ID, id);
        return request;
    }

    private void header() throws Exception {
        RemotingCommand request = RemotingCommand.createRequestCommand(Codes.HEADER, EchoHeader.sample());
        RemotingCommand response = client.invokeSync(address, request, TIMEOUT_MILLIS);
        checkCode(0, response);
        EchoHeader header = (EchoHeader) response.decodeCommandCustomHeader(EchoHeader.class);
        check(header.isSample(), "another header came back: " + response.getExtFields());
    }

    private static byte[] large() {
        byte[] large = new byte[4 * 1024 * 1024];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + i / 251);
        }
        return large;
    }

    private static void checkEcho(byte[] expected, RemotingCommand response) {
        checkCode(0, response);
        byte[] body = response.getBody() == null ? new byte[0] : response.getBody();
        check(Arrays.equals(expected, body), "another body came back, of " + body.length + " bytes");
    }

    private static void checkCode(int expected, RemotingCommand response) {
        check(response.getCode() == expected, "code " + response.getCode() + " for " + expected + ": " + response.getRemark());
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
