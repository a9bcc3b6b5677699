package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.AddressStateListener;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.InvokeCallback;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.RPCHook;
import io.longlink.remoting.RemotingClient;
import io.longlink.remoting.RemotingStats;
import io.longlink.remoting.protocol.RemotingCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** A client that sends nothing and notes what it was asked to send; the test answers. */
final class FakeClient implements RemotingClient {

    /** One two-way request. */
    record Call(String address, RemotingCommand request, long timeoutMillis, CompletableFuture<RemotingCommand> answer) {
        void succeed() {
            respond(0);
        }

        void respond(int code) {
            answer.complete(RemotingCommand.createResponseCommand(code, "remark " + code));
        }

        void fail() {
            answer.completeExceptionally(new IllegalStateException("not today"));
        }
    }

    final List<Call> calls = new ArrayList<>();

    List<String> addresses() {
        return calls.stream().map(Call::address).toList();
    }

    Call last() {
        return calls.get(calls.size() - 1);
    }

    @Override
    public CompletableFuture<RemotingCommand> invoke(String addr, RemotingCommand request, long timeoutMillis) {
        CompletableFuture<RemotingCommand> answer = new CompletableFuture<>();
        calls.add(new Call(addr, request, timeoutMillis, answer));
        return answer;
    }

    @Override
    public RemotingCommand invokeSync(String addr, RemotingCommand request, long timeoutMillis) {
        throw new UnsupportedOperationException("would block");
    }

    @Override
    public void invokeAsync(String addr, RemotingCommand request, long timeoutMillis, InvokeCallback invokeCallback) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void invokeOneway(String addr, RemotingCommand request, long timeoutMillis) {
        throw new UnsupportedOperationException("would block");
    }

    @Override
    public CompletableFuture<@Nullable Void> invokeOnewayAsync(String addr, RemotingCommand request, long timeoutMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void registerProcessor(int requestCode, NettyRequestProcessor processor, @Nullable ExecutorService executor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setCallbackExecutor(ExecutorService callbackExecutor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isChannelWritable(String addr) {
        return true;
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<DrainReport> shutdownGracefully(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public void registerRPCHook(RPCHook rpcHook) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void clearRPCHook() {
        throw new UnsupportedOperationException();
    }

    @Override
    public RemotingStats stats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void updateNameServerAddressList(List<String> addrs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> getNameServerAddressList() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> getAvailableNameSrvList() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AddressState addressState(String addr) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addAddressStateListener(AddressStateListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeAddressStateListener(AddressStateListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void closeChannels(List<String> addrList) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isAddressReachable(String addr) {
        throw new UnsupportedOperationException();
    }
}
