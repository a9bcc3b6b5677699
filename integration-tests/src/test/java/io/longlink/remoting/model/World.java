package io.longlink.remoting.model;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.DrainReport;
import io.longlink.remoting.NettyRequestProcessor;
import io.longlink.remoting.client.NettyClientConfig;
import io.longlink.remoting.client.SlotsOfModel;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.DrainOrder;
import io.longlink.remoting.internal.DrainTally;
import io.longlink.remoting.internal.GoAwayNotice;
import io.longlink.remoting.internal.OwnThreads;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.internal.Side;
import io.longlink.remoting.protocol.RemotingCommand;
import io.longlink.remoting.server.NettyServerConfig;
import io.longlink.remoting.server.PortOfModel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One client, the server that it is connected to and that goes away, and the replacement. Everything runs on the caller's thread.
 *
 * <p>The actors, each with its own time: the client, which is its event loop; the server, which is its event loop and the threads of its
 * handlers; the replacement, which does what it has to at once, for only the client's side of it matters here. A handler and the writing of
 * its answer are one step (see {@link ModelLoop}); so is a call and its entry into the slot. One-way handlers touch nothing that others see
 * and run at once.
 *
 * <p>Time: a timer that is due within {@value #SOON_MILLIS} ms may come at any moment; the others only when nothing else can happen. That is the
 * promise's own condition: both sides make progress faster than deadlines pass.
 */
final class World implements Explorer.Explored {
    /** What comes within this time competes with everything else that can happen. */
    static final long SOON_MILLIS = 250;

    private static final String ADDRESS = "10.0.0.7:10911";
    private static final int CLIENT = 1;
    private static final int SERVER = 2;
    private static final int EVERYBODY = 3;
    private static final int FIRST_CODE = 100;
    private static final long DRAIN_MILLIS = 30_000;
    private static final long LATE_MILLIS = 3_000;
    private static final int MAX_WAITS = 200;
    private static final int MAX_STEPS = 300;

    /** A connection, or the attempt at one. */
    private static final class Link {
        final int number;
        final ConnectionOwner clientOwner;
        final ModelChannel client;
        final ModelChannel server;
        final ChannelPromise connected;
        final Map<Integer, Integer> requestsByCode = new TreeMap<>();
        boolean established;
        boolean toReplacement;
        boolean accepted;

        Link(int number, ConnectionOwner clientOwner, ModelLoop loop) {
            InetSocketAddress here = InetSocketAddress.createUnresolved("client", number);
            InetSocketAddress there = InetSocketAddress.createUnresolved("server", 10911);
            this.number = number;
            this.clientOwner = clientOwner;
            this.client = new ModelChannel(here, there);
            this.server = new ModelChannel(there, here);
            this.connected = new DefaultChannelPromise(client, loop);
        }

        boolean isOver() {
            return established ? !client.isOpen() && !server.isOpen() : connected.isDone();
        }
    }

    /** A request that its processor left unanswered for now. */
    private record ParkedRequest(String call, ChannelHandlerContext ctx, int opaque) {}

    private final Scenario scenario;
    private final List<Throwable> uncaught = new ArrayList<>();
    private final Outcomes outcomes = new Outcomes();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, ArrayDeque<Runnable>> handlers = new LinkedHashMap<>();
    private final List<ParkedRequest> parked = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final DrainTally tally = new DrainTally();
    private final DrainTally clientTally = new DrainTally();

    private final ModelLoop clientLoop = new ModelLoop(uncaught);
    private final EventsOfModel clientEvents = new EventsOfModel();
    private final RemotingEndpoint client;
    private final SlotsOfModel slots;

    private final ModelLoop serverLoop = new ModelLoop(uncaught);
    private final EventsOfModel serverEvents = new EventsOfModel();
    private final RemotingEndpoint server;
    private final PortOfModel port = new PortOfModel();

    private final ModelLoop replacementLoop = new ModelLoop(uncaught);
    private final RemotingEndpoint replacement;
    private final PortOfModel replacementPort = new PortOfModel();

    private int clientCallsMade;
    private int serverCallsMade;
    private int refusalsLeft;
    private boolean listening = true;
    private boolean draining;
    private boolean hookRan;
    private boolean hookRanAgain;
    private boolean dead;
    private boolean clientEnded;
    private int waits;

    // Not looked at by Fingerprint: it tells apart what is the same.
    private int stepsTaken;

    World(Scenario scenario) {
        this.scenario = scenario;
        this.refusalsLeft = scenario.refusals();
        resetOpaques();
        calls.addAll(scenario.clientCalls());
        calls.addAll(scenario.serverCalls());
        calls.forEach(outcomes::expect);
        NettyClientConfig clientConfig = new NettyClientConfig().setNegotiate(scenario.hello());
        client = new RemotingEndpoint(new OwnThreads("longlink-model"), SlotsOfModel.endpointSettings(clientConfig), clientEvents);
        slots = new SlotsOfModel(clientLoop, clientConfig, client, () -> 0, this::connect);
        NettyServerConfig serverConfig = new NettyServerConfig();
        server = new RemotingEndpoint(new OwnThreads("longlink-model"), PortOfModel.endpointSettings(serverConfig), serverEvents);
        replacement = new RemotingEndpoint(new OwnThreads("longlink-model"), PortOfModel.endpointSettings(serverConfig), null);
        for (String call : calls) {
            ArrayDeque<Runnable> queue = new ArrayDeque<>();
            handlers.put(call, queue);
            RemotingEndpoint callee = scenario.clientCalls().contains(call) ? server : client;
            callee.registerProcessor(code(call), processor(call, callee == server), queue::add);
            replacement.registerProcessor(code(call), processor(call, false), Runnable::run);
        }
        if (!scenario.cold()) {
            becomeReady();
        }
    }

    private void becomeReady() {
        clientLoop.fromOutside(() -> slots.list(ADDRESS));
        open(links.get(0));
        for (List<Step> next = now(); !next.isEmpty(); next = now()) {
            next.get(0).action().run();
        }
        if (slots.state(ADDRESS) != AddressState.READY) {
            throw new IllegalStateException("not ready: " + slots.state(ADDRESS) + " " + uncaught);
        }
    }

    /** The process's only counter: it must not tell one world from another. */
    private static void resetOpaques() {
        try {
            Field next = Class.forName("io.longlink.remoting.protocol.OpaqueSequence").getDeclaredField("NEXT");
            next.setAccessible(true);
            ((AtomicInteger) next.get(null)).set(0);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private int code(String call) {
        return FIRST_CODE + calls.indexOf(call);
    }

    private NettyRequestProcessor processor(String call, boolean mayPark) {
        return (ctx, request) -> {
            outcomes.executed(call);
            if (call.startsWith("d") && mayPark) {
                parked.add(new ParkedRequest(call, ctx, request.getOpaque()));
                if (scenario.parked() == Scenario.Parked.LATE) {
                    serverLoop.schedule(() -> answerParked(0), LATE_MILLIS, TimeUnit.MILLISECONDS);
                }
                return null;
            }
            return request.isOnewayRPC() ? null : RemotingCommand.createResponseCommand(0, call);
        };
    }

    // ---------------------------------------------------------------- the network

    private ChannelFuture connect(String address, ConnectionOwner owner) {
        Link link = new Link(links.size() + 1, owner, clientLoop);
        links.add(link);
        return link.connected;
    }

    /** TCP is established, with whoever listens. The server's loop hears of it later. */
    private void open(Link link) {
        link.established = true;
        link.toReplacement = !listening;
        ModelChannel.connect(link.client, link.server);
        link.server.onFrame(frame -> countRequest(link, frame));
        attach(link.client, client, Side.CLIENT, link.clientOwner);
        clientLoop.run(() -> {
            link.connected.setSuccess();
            link.client.register(clientLoop);
        });
        if (link.toReplacement) {
            link.accepted = true;
            attach(link.server, replacement, Side.SERVER, replacementPort.owner());
            replacementLoop.run(() -> link.server.register(replacementLoop));
        }
    }

    private void accept(Link link) {
        link.accepted = true;
        attach(link.server, server, Side.SERVER, port.owner());
        serverLoop.run(() -> link.server.register(serverLoop));
    }

    private static void attach(ModelChannel channel, RemotingEndpoint endpoint, Side side, ConnectionOwner owner) {
        channel.pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel ch) {
                endpoint.attach(ch, side, owner, ADDRESS);
            }
        });
    }

    private static void countRequest(Link link, String frame) {
        int at = frame.indexOf("\"code\":") + "\"code\":".length();
        int end = at;
        while (Character.isDigit(frame.charAt(end))) {
            end++;
        }
        link.requestsByCode.merge(Integer.parseInt(frame.substring(at, end)), 1, Integer::sum);
    }

    // ---------------------------------------------------------------- what can happen

    @Override
    public List<Step> enabled() {
        promptly();
        if (!uncaught.isEmpty() || ++stepsTaken > MAX_STEPS) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        addUsers(steps);
        steps.addAll(now());
        if (steps.isEmpty()) {
            return isSettled() || waits == MAX_WAITS ? steps : List.of(new Step("time passes", EVERYBODY, this::letTimePass));
        }
        if (scenario.death() != Scenario.Death.NONE && !dead && !links.get(0).isOver()) {
            steps.add(new Step("death", EVERYBODY, () -> {
                dead = true;
                if (scenario.death() == Scenario.Death.RESET) {
                    ModelChannel.cut(links.get(0).client, links.get(0).server);
                } else {
                    ModelChannel.freeze(links.get(0).client, links.get(0).server);
                }
            }));
        }
        return steps;
    }

    /** What nobody needs to choose. */
    private void promptly() {
        clientEvents.deliver(client.events());
        serverEvents.deliver(server.events());
        boolean more = true;
        while (more) {
            more = false;
            for (Map.Entry<String, ArrayDeque<Runnable>> handler : handlers.entrySet()) {
                if (isOneway(handler.getKey()) && !handler.getValue().isEmpty()) {
                    handler.getValue().remove().run();
                    more = true;
                }
            }
            if (replacementLoop.hasTask()) {
                replacementLoop.runTasks();
                more = true;
            }
            for (Link link : links) {
                link.server.endSegment();
                if (link.toReplacement && link.server.canRead()) {
                    replacementLoop.run(link.server::readNext);
                    more = true;
                }
            }
        }
    }

    private static boolean isOneway(String call) {
        return call.startsWith("w") || call.startsWith("y");
    }

    private void addUsers(List<Step> steps) {
        if (clientCallsMade < scenario.clientCalls().size()) {
            String call = scenario.clientCalls().get(clientCallsMade);
            steps.add(new Step("call " + call, CLIENT, () -> makeClientCall(call)));
        } else if (scenario.clientEnds() && !clientEnded && outcomes.allHeard(scenario.clientCalls())) {
            steps.add(new Step("client ends", CLIENT, () -> {
                clientEnded = true;
                clientLoop.fromOutside(() -> slots.shutdown(clientTally, 10_000));
            }));
        }
        if (serverCallsMade < scenario.serverCalls().size() && links.get(0).server.isOpen()) {
            String call = scenario.serverCalls().get(serverCallsMade);
            steps.add(new Step("server calls " + call, SERVER, () -> makeServerCall(call)));
        }
        boolean hooksFirst = scenario.parked() == Scenario.Parked.HOOK_BEFORE
                || scenario.parked() == Scenario.Parked.HOOK_BEFORE_AND_AGAIN;
        if (scenario.goAway() && hooksFirst && !hookRan) {
            steps.add(new Step("hook", SERVER, () -> {
                hookRan = true;
                answerParked(1500);
            }));
        } else if (scenario.goAway() && !draining) {
            steps.add(new Step("GO_AWAY", SERVER, this::drain));
        } else if (draining && scenario.parked() == Scenario.Parked.HOOK_AFTER && !hookRanAgain) {
            steps.add(new Step("hook", SERVER, () -> {
                hookRanAgain = true;
                answerParked(1500);
            }));
        } else if (draining && scenario.parked() == Scenario.Parked.HOOK_BEFORE_AND_AGAIN && !parked.isEmpty()) {
            steps.add(new Step("hook again", SERVER, () -> answerParked(1500)));
        }
        if (scenario.parked() == Scenario.Parked.ANY_TIME && !parked.isEmpty()) {
            steps.add(new Step("answer " + parked.get(0).call(), SERVER, () -> answerParked(0)));
        }
    }

    /** What loops, sockets and handlers can do without waiting. */
    private List<Step> now() {
        for (Link link : links) {
            link.client.endSegment();
            link.server.endSegment();
        }
        List<Step> steps = new ArrayList<>();
        addLoop(steps, "client", CLIENT, clientLoop);
        addLoop(steps, "server", SERVER, serverLoop);
        for (Link link : links) {
            addLink(steps, link);
        }
        for (Map.Entry<String, ArrayDeque<Runnable>> handler : handlers.entrySet()) {
            if (!handler.getValue().isEmpty()) {
                boolean clients = scenario.serverCalls().contains(handler.getKey());
                steps.add(new Step("run " + handler.getKey(), clients ? CLIENT : SERVER, () ->
                        (clients ? clientLoop : serverLoop).fromOutside(handler.getValue().remove())));
            }
        }
        return steps;
    }

    private static void addLoop(List<Step> steps, String name, int actor, ModelLoop loop) {
        if (loop.hasTask()) {
            steps.add(new Step(name + " tasks", actor, loop::runTasks));
        }
        if (loop.untilTimer() <= TimeUnit.MILLISECONDS.toNanos(SOON_MILLIS)) {
            steps.add(new Step(name + " timer", actor, loop::runTimer));
        }
    }

    private void addLink(List<Step> steps, Link link) {
        if (!link.established) {
            if (!link.connected.isDone()) {
                steps.add(new Step("connect " + link.number, listening ? EVERYBODY : CLIENT, () -> open(link)));
                if (refusalsLeft > 0) {
                    steps.add(new Step("refuse " + link.number, CLIENT, () -> {
                        refusalsLeft--;
                        clientLoop.run(() -> link.connected.setFailure(new IOException("refused")));
                    }));
                }
            }
            return;
        }
        if (!link.accepted) {
            steps.add(new Step("accept " + link.number, SERVER, () -> accept(link)));
        }
        if (link.client.canRead()) {
            steps.add(new Step("client reads " + link.number, CLIENT, () -> clientLoop.run(link.client::readNext)));
        }
        if (link.client.canReset()) {
            steps.add(new Step("client resets " + link.number, EVERYBODY, link.client::resetPeer));
        }
        if (!link.toReplacement && link.server.canRead()) {
            steps.add(new Step("server reads " + link.number, SERVER, () -> serverLoop.run(link.server::readNext)));
        }
        if (link.server.canReset()) {
            steps.add(new Step("server resets " + link.number, EVERYBODY, link.server::resetPeer));
        }
    }

    private void letTimePass() {
        waits++;
        ModelLoop next = clientLoop;
        for (ModelLoop loop : List.of(serverLoop, replacementLoop)) {
            if (loop.untilTimer() < next.untilTimer()) {
                next = loop;
            }
        }
        long nanos = next.untilTimer();
        if (nanos == Long.MAX_VALUE) {
            waits = MAX_WAITS;
            return;
        }
        for (ModelLoop loop : List.of(clientLoop, serverLoop, replacementLoop)) {
            if (loop != next) {
                loop.advance(nanos);
            }
        }
        next.runTimer();
    }

    // ---------------------------------------------------------------- what users do

    private void makeClientCall(String call) {
        clientCallsMade++;
        RemotingCommand request = RemotingCommand.createRequestCommand(code(call), null);
        long deadline = clientLoop.ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(scenario.timeoutMillis());
        clientLoop.fromOutside(() -> {
            if (isOneway(call)) {
                slots.submitOneway(ADDRESS, request, deadline, outcomes.written(call));
            } else {
                slots.submit(ADDRESS, request, deadline, outcomes.reply(call));
            }
        });
    }

    private void makeServerCall(String call) {
        serverCallsMade++;
        RemotingCommand request = RemotingCommand.createRequestCommand(code(call), null);
        long deadline = serverLoop.ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(scenario.timeoutMillis());
        Connection connection = Objects.requireNonNull(Connection.of(links.get(0).server));
        serverLoop.fromOutside(() -> {
            if (isOneway(call)) {
                request.markOnewayRPC();
                connection.sendOneway(request, deadline, outcomes.written(call));
            } else {
                connection.send(request, deadline, outcomes.reply(call));
            }
        });
    }

    private void answerParked(int code) {
        List<ParkedRequest> all = List.copyOf(parked);
        parked.clear();
        serverLoop.fromOutside(() -> {
            for (ParkedRequest request : all) {
                if (code == 1500) {
                    // It did not run, and says so.
                    outcomes.takeBack(request.call());
                }
                RemotingCommand answer = RemotingCommand.createResponseCommand(code, request.call());
                answer.setOpaque(request.opaque());
                request.ctx().writeAndFlush(answer);
            }
        });
    }

    private void drain() {
        listening = false;
        draining = true;
        DrainOrder order = new DrainOrder(tally, new GoAwayNotice(GoAwayNotice.REASON_SHUTDOWN, DRAIN_MILLIS), 1_000);
        serverLoop.fromOutside(() -> port.drain(order));
        serverLoop.run(() -> {
            serverLoop.schedule(port::force, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
            serverLoop.schedule(port::closeAll, DRAIN_MILLIS + 2_500, TimeUnit.MILLISECONDS);
        });
    }

    // ---------------------------------------------------------------- what must hold

    private boolean isSettled() {
        if (!outcomes.allHeard(scenario.clientCalls()) || !outcomes.allHeard(scenario.serverCalls().subList(0, serverCallsMade))) {
            return false;
        }
        if (scenario.clientEnds() && (!clientEnded || slots.openConnections() > 0)) {
            return false;
        }
        for (Link link : links) {
            boolean mustEnd = (draining && !link.toReplacement) || scenario.clientEnds() || (dead && link.number == 1);
            if (mustEnd && !link.isOver()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable String judge() {
        String wrong = judgeCalls();
        if (wrong == null) {
            wrong = judgeConnections();
        }
        return wrong == null ? null : wrong + "\n  outcomes: " + outcomes + "\n  drain: " + report();
    }

    private @Nullable String judgeCalls() {
        if (!uncaught.isEmpty()) {
            return "uncaught: " + uncaught;
        }
        if (waits == MAX_WAITS || stepsTaken > MAX_STEPS) {
            return "does not come to rest";
        }
        for (String call : calls) {
            List<String> heard = outcomes.of(call);
            int ran = outcomes.executions(call);
            if (ran > 1) {
                return call + " ran " + ran + " times";
            }
            if (heard.isEmpty() && scenario.serverCalls().contains(call)) {
                // The connection was gone before the server's user made the call.
                continue;
            }
            if (heard.size() != 1) {
                return call + " ended " + heard.size() + " times";
            }
            String outcome = heard.get(0);
            if (ran > 0 && (outcome.equals("NOT_SENT") || outcome.equals("REFUSED"))) {
                return call + " ran, and its caller was told " + outcome;
            }
            if (ran == 0 && outcome.equals(Outcomes.OK) && !(isOneway(call) && dead)) {
                return call + " did not run, and its caller was told that it did";
            }
            // A server's call to a client that leaves is in the client's hands; one to a client that was told to leave is not sent.
            if (ran > 0 && !outcome.equals(Outcomes.OK) && scenario.isQuiet() && !scenario.serverCalls().contains(call)) {
                return call + " ran, nothing broke, and its answer was lost: " + outcome;
            }
            boolean excused = !scenario.promisesAll()
                    || (scenario.serverCalls().contains(call) && (outcome.equals("NOT_SENT") || scenario.clientEnds()));
            if (!outcome.equals(Outcomes.OK) && !excused) {
                return call + " was lost: " + outcome;
            }
        }
        return null;
    }

    private @Nullable String judgeConnections() {
        for (Link link : links) {
            for (Map.Entry<Integer, Integer> requests : link.requestsByCode.entrySet()) {
                int call = requests.getKey() - FIRST_CODE;
                if (call >= 0 && call < calls.size() && requests.getValue() > 1) {
                    return "connection " + link.number + " saw " + calls.get(call) + " more than once";
                }
            }
        }
        DrainReport report = report();
        if (!report.addsUp() || !clientTally.report(Duration.ZERO).addsUp()) {
            return "the drain does not add up";
        }
        if (draining && port.open() > 0) {
            return "the server keeps a connection";
        }
        if (scenario.promisesAll() && waits > 0 && scenario.parked() == Scenario.Parked.ANY_TIME) {
            return "something waited " + waits + " times for a timer";
        }
        if (scenario.promisesAll() && report.forced() + report.broken() > 0) {
            return "a connection was not left in peace";
        }
        if (report.forced() > 0) {
            return "only the deadline ended a connection";
        }
        return judgeEvents();
    }

    /** Ends what is left, and looks at all events. */
    private @Nullable String judgeEvents() {
        clientLoop.fromOutside(() -> {
            slots.shutdown(new DrainTally(), 0);
            slots.end(false);
        });
        serverLoop.fromOutside(port::closeAll);
        while (clientLoop.hasTask() || serverLoop.hasTask()) {
            (clientLoop.hasTask() ? clientLoop : serverLoop).runTasks();
        }
        clientEvents.deliver(client.events());
        serverEvents.deliver(server.events());
        String wrong = clientEvents.judge();
        return wrong != null ? wrong : serverEvents.judge();
    }

    private DrainReport report() {
        return tally.report(Duration.ZERO);
    }

    @Override
    public String toString() {
        return outcomes.toString();
    }
}
