package peer;

import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** The clients of this JVM by name, and the loads they carry. */
final class Clients {
    private final Map<String, NettyRemotingClient> clients = new ConcurrentHashMap<>();
    private final Map<String, Load> loads = new ConcurrentHashMap<>();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    /** @param settings of its config */
    String start(String name, List<String> settings) throws ReflectiveOperationException {
        NettyClientConfig config = new NettyClientConfig();
        Settings.apply(settings, config);
        NettyRemotingClient client = new NettyRemotingClient(config);
        client.registerProcessor(Codes.ASKED_BACK, new NettyRequestProcessor() {
            @Override
            public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) {
                RemotingCommand response = RemotingCommand.createResponseCommand(0, null);
                response.setBody(request.getBody());
                return response;
            }

            @Override
            public boolean rejectRequest() {
                return false;
            }
        }, callers);
        client.start();
        clients.put(name, client);
        return "";
    }

    NettyRemotingClient get(String name) {
        return clients.get(name);
    }

    String close(String name) {
        clients.get(name).shutdown();
        return "";
    }

    /** Begins a load whose name is its run's. */
    String load(String client, String address, String run, int rate) {
        Load load = new Load(clients.get(client), address, run, callers);
        loads.put(client + run, load);
        load.start(rate);
        return "";
    }

    /** How many calls of all loads of a run have been answered. */
    String answered(String run) {
        int answered = 0;
        for (Map.Entry<String, Load> load : loads.entrySet()) {
            if (load.getKey().endsWith(run)) {
                answered += load.getValue().answered();
            }
        }
        return String.valueOf(answered);
    }

    /** Ends a load, and writes what became of each of its calls into a file. */
    String unload(String clientAndRun, String file) throws IOException, InterruptedException {
        return loads.get(clientAndRun).stop(file);
    }
}
