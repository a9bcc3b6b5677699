package peer;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.remoting.netty.NettyRemotingServer;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** The servers of this JVM by name. */
final class Servers {
    private static final int SUCCESS = 0;

    private final Map<String, NettyRemotingServer> servers = new ConcurrentHashMap<>();
    private final Ledger ledger;

    Servers(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Starts a server and tells its port.
     *
     * @param settings of its config, and "others=" for requests of unknown codes: {@code silent} never answers, {@code error} fails
     */
    String start(String name, List<String> settings) throws Exception {
        NettyServerConfig config = new NettyServerConfig();
        List<String> ofConfig = new ArrayList<>(settings);
        ofConfig.removeIf(setting -> setting.startsWith("others="));
        Settings.apply(ofConfig, config);
        NettyRemotingServer server = new NettyRemotingServer(config);
        registerProcessors(server);
        if (settings.contains("others=silent")) {
            server.registerDefaultProcessor(processor(request -> null), null);
        } else if (settings.contains("others=error")) {
            server.registerDefaultProcessor(processor(Servers::fail), null);
        }
        server.start();
        servers.put(name, server);
        return String.valueOf(server.localListenPort());
    }

    /** Returns when the shutdown has ended. */
    String stop(String name) {
        servers.get(name).shutdown();
        return "";
    }

    private void registerProcessors(NettyRemotingServer server) {
        server.registerProcessor(Codes.ECHO, processor(Servers::echo), null);
        server.registerProcessor(Codes.RECORD, processor(this::record), null);
        server.registerProcessor(Codes.HEADER, processor(Servers::header), null);
        server.registerProcessor(Codes.BROKEN, processor(Servers::fail), null);
        server.registerProcessor(Codes.WAS_EXECUTED, processor(this::wasExecuted), null);
        server.registerProcessor(Codes.BUSY, new Processor(Servers::echo, true), null);
        server.registerProcessor(Codes.ASK_BACK, new NettyRequestProcessor() {
            @Override
            public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) throws Exception {
                RemotingCommand question = RemotingCommand.createRequestCommand(Codes.ASKED_BACK, null);
                question.setBody(request.getBody());
                RemotingCommand answer = success();
                answer.setBody(server.invokeSync(ctx.channel(), question, 3_000).getBody());
                return answer;
            }

            @Override
            public boolean rejectRequest() {
                return false;
            }
        }, null);
    }

    private static RemotingCommand echo(RemotingCommand request) {
        RemotingCommand response = success();
        response.setBody(request.getBody());
        return response;
    }

    private RemotingCommand record(RemotingCommand request) {
        ledger.add(request.getExtFields());
        return success();
    }

    private RemotingCommand wasExecuted(RemotingCommand request) {
        RemotingCommand response = success();
        response.setRemark(String.valueOf(ledger.has(request.getExtFields())));
        return response;
    }

    private static RemotingCommand header(RemotingCommand request) throws Exception {
        EchoHeader header = (EchoHeader) request.decodeCommandCustomHeader(EchoHeader.class);
        RemotingCommand response = RemotingCommand.createResponseCommand(EchoHeader.class);
        EchoHeader answer = (EchoHeader) response.readCustomHeader();
        answer.setText(header.getText());
        answer.setNumber(header.getNumber());
        answer.setBig(header.getBig());
        answer.setYes(header.isYes());
        answer.setFraction(header.getFraction());
        response.setCode(SUCCESS);
        response.setRemark(null);
        return response;
    }

    private static RemotingCommand fail(RemotingCommand request) {
        throw new IllegalStateException("told to fail");
    }

    private static RemotingCommand success() {
        return RemotingCommand.createResponseCommand(SUCCESS, null);
    }

    private static NettyRequestProcessor processor(Processing processing) {
        return new Processor(processing, false);
    }

    /** A processor without its context. */
    interface Processing {
        RemotingCommand process(RemotingCommand request) throws Exception;
    }

    private static final class Processor implements NettyRequestProcessor {
        private final Processing processing;
        private final boolean busy;

        Processor(Processing processing, boolean busy) {
            this.processing = processing;
            this.busy = busy;
        }

        @Override
        public RemotingCommand processRequest(ChannelHandlerContext ctx, RemotingCommand request) throws Exception {
            return processing.process(request);
        }

        @Override
        public boolean rejectRequest() {
            return busy;
        }
    }
}
