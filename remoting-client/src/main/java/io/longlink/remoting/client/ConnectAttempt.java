package io.longlink.remoting.client;

import io.longlink.remoting.ConnectionState;
import io.longlink.remoting.client.HelloMemory.Verdict;
import io.longlink.remoting.exception.RemotingConnectException;
import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingGoAwayException;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.internal.Connection;
import io.longlink.remoting.internal.ConnectionOwner;
import io.longlink.remoting.internal.HelloAnswer;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.RemotingEndpoint;
import io.longlink.remoting.protocol.RemotingCommand;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to make an address usable: look up, TCP, HELLO, session. Belongs to the slot's event loop; ends with exactly one call of its
 * {@link Listener}, unless it is cancelled.
 */
final class ConnectAttempt {

    /** Hears how an attempt ended, on the slot's event loop. */
    interface Listener {
        /** The connection is READY. */
        void onReady(ConnectAttempt attempt, Connection connection);

        /** It came to nothing; what there was of a connection is closed. */
        void onFailed(ConnectAttempt attempt, Throwable cause, boolean goAway);
    }

    private final String address;
    private final EventLoop loop;
    private final Connector connector;
    private final RemotingEndpoint endpoint;
    private final ClientSettings settings;
    private final HelloMemory helloMemory;
    private final ConnectionOwner owner;
    private final Listener listener;

    private @Nullable ChannelFuture connecting;
    private @Nullable Connection connection;
    private @Nullable Future<?> stepTimer;
    private boolean helloJudged;
    private boolean welcomed;
    private boolean ended;

    ConnectAttempt(
            String address,
            EventLoop loop,
            Connector connector,
            RemotingEndpoint endpoint,
            ClientSettings settings,
            HelloMemory helloMemory,
            ConnectionOwner owner,
            Listener listener) {
        this.address = address;
        this.loop = loop;
        this.connector = connector;
        this.endpoint = endpoint;
        this.settings = settings;
        this.helloMemory = helloMemory;
        this.owner = owner;
        this.listener = listener;
    }

    /** @param connectMillis how long looking the name up and TCP may take, each */
    void start(int connectMillis) {
        assert loop.inEventLoop();
        limit(connectMillis, "looking its name up took too long");
        connector.resolve(address).whenComplete((to, failure) -> onLoop(() -> {
            if (ended || connecting != null) {
                return;
            }
            if (failure != null) {
                fail(failure, false);
            } else {
                connect(to, connectMillis);
            }
        }));
    }

    private void connect(InetSocketAddress to, int connectMillis) {
        // TCP has a limit of its own, which this one only backs.
        limit(connectMillis + 1_000L, "TCP took too long");
        ChannelFuture future = connector.connect(to, connectMillis, address, loop, owner);
        connecting = future;
        future.addListener(done -> {
            if (!done.isSuccess()) {
                fail(done.cause(), false);
            }
        });
    }

    /** Every step has an end. One timer at a time: the next step replaces it. */
    private void limit(long millis, String otherwise) {
        cancelLimit();
        stepTimer = loop.schedule(
                () -> fail(failure(otherwise), false), millis, TimeUnit.MILLISECONDS);
    }

    private void cancelLimit() {
        Future<?> timer = stepTimer;
        stepTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** The owner heard that a connection is established: it is the one of this attempt. */
    void onConnected(Connection established) {
        assert loop.inEventLoop();
        connection = established;
        Channel channel = established.channel();
        if (channel.localAddress() != null && channel.localAddress().equals(channel.remoteAddress())) {
            fail(failure("connected to itself: nobody listens there"), false);
        } else if (settings.negotiate() && !helloMemory.skips(loop.ticker().nanoTime())) {
            sayHello(established);
        } else {
            restoreSession(established);
        }
    }

    /** Whether TCP was established, so that the connection itself tells of its end. */
    boolean isConnected() {
        return connection != null;
    }

    /** Whether the server answered HELLO, which it would have refused if it were leaving. */
    boolean isWelcomed() {
        return welcomed;
    }

    /** Whether this is the connection being made. */
    boolean owns(Connection other) {
        return connection == other;
    }

    /** The connection being made broke, or was told to go away. */
    void onUnusable(boolean goAway) {
        fail(failure(goAway ? "it is going away" : "the new connection broke"), goAway);
    }

    /** Ends it without telling anybody. */
    void cancel() {
        end(null, false);
    }

    private RemotingConnectException failure(String why) {
        return new RemotingConnectException("cannot connect to " + address + ": " + why, null, Outcome.NOT_SENT);
    }

    private void fail(Throwable cause, boolean goAway) {
        if (!ended) {
            end(cause, goAway);
            listener.onFailed(this, cause, goAway);
        }
    }

    private void end(@Nullable Throwable cause, boolean goAway) {
        ended = true;
        cancelLimit();
        Connection made = connection;
        ChannelFuture future = connecting;
        if (made == null) {
            // A connection that came about later would be taken for one of the next attempt.
            if (future != null) {
                future.cancel(false);
            }
        } else if (cause == null) {
            made.close(null);
        } else if (goAway && welcomed && made.state() == ConnectionState.DRAINING) {
            // The server goes on with one-ways until we end our stream, and may have asked something: they are owed to it.
            made.failDraining();
        } else {
            made.fail(cause);
        }
    }

    // ---------------------------------------------------------------- HELLO

    private void sayHello(Connection established) {
        RemotingCommand hello = HelloAnswer.request();
        if (endpoint.hooks().isEmpty()) {
            sendHello(established, hello);
            return;
        }
        limit(settings.connectTimeoutMillis(), "hooks took too long");
        onExecutor(() -> {
            try {
                endpoint.hooks().beforeCall(address, hello);
                onLoop(() -> sendHello(established, hello));
            } catch (RemotingSendRequestException e) {
                onLoop(() -> fail(e, false));
            }
        });
    }

    private void sendHello(Connection established, RemotingCommand hello) {
        if (ended) {
            return;
        }
        cancelLimit();
        stepTimer = loop.schedule(
                () -> judge(established, helloMemory.onSilence(loop.ticker().nanoTime())),
                HelloMemory.ANSWER_MILLIS,
                TimeUnit.MILLISECONDS);
        // Waits longer than we do: a late good answer still tells who the peer is.
        long deadlineNanos = established.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        established.sendWhileOpening(hello, deadlineNanos, new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                Verdict verdict = helloMemory.onAnswer(response, loop.ticker().nanoTime());
                if (helloJudged) {
                    return;
                }
                if (verdict == Verdict.HELLO_PEER && !endpoint.hooks().isEmpty()) {
                    showAnswerToHooks(established, hello, response);
                } else {
                    judge(established, verdict);
                }
            }

            @Override
            public void onFailure(RemotingException cause) {
                if (!helloJudged) {
                    fail(cause, false);
                }
            }
        });
    }

    private void showAnswerToHooks(Connection established, RemotingCommand hello, RemotingCommand response) {
        limit(settings.connectTimeoutMillis(), "hooks took too long");
        onExecutor(() -> {
            try {
                endpoint.hooks().afterCall(address, hello, response);
                onLoop(() -> judge(established, Verdict.HELLO_PEER));
            } catch (RemotingSendRequestException e) {
                onLoop(() -> fail(e, false));
            }
        });
    }

    private void judge(Connection established, Verdict verdict) {
        helloJudged = true;
        if (ended) {
            return;
        }
        cancelLimit();
        switch (verdict) {
            case HELLO_PEER -> {
                welcomed = true;
                restoreSession(established);
            }
            case STOCK -> restoreSession(established);
            case GO_AWAY -> fail(new RemotingGoAwayException(address + " answered HELLO with go away"), true);
            case FAILED -> fail(failure("it did not answer HELLO"), false);
            case RECONNECT_WITHOUT -> {
                connection = null;
                connecting = null;
                helloJudged = false;
                established.close(null);
                start(settings.connectTimeoutMillis());
            }
            default -> throw new AssertionError(verdict);
        }
    }

    // ---------------------------------------------------------------- the session

    private void restoreSession(Connection established) {
        SessionRestorer restorer = settings.sessionRestorer();
        if (restorer == null) {
            becomeReady(established);
            return;
        }
        limit(settings.connectTimeoutMillis(), "restoring the session took too long");
        OpenSession session = new OpenSession(address, established, endpoint);
        onExecutor(() -> {
            CompletionStage<?> restored;
            try {
                restored = Objects.requireNonNull(restorer.restore(session), "the session restorer returned no stage");
            } catch (RuntimeException | Error e) {
                restored = CompletableFuture.failedFuture(e);
            }
            restored.whenComplete((value, failure) -> onLoop(() -> {
                if (ended) {
                    return;
                }
                if (failure != null || session.wasRefused()) {
                    Throwable cause = failure != null ? failure : new RemotingGoAwayException(address + " refused the session");
                    fail(cause, session.wasRefused());
                } else {
                    becomeReady(established);
                }
            }));
        });
    }

    private void becomeReady(Connection established) {
        if (established.tryReady()) {
            ended = true;
            cancelLimit();
            listener.onReady(this, established);
        } else {
            fail(failure("the new connection ended"), false);
        }
    }

    // ---------------------------------------------------------------- threads

    private void onExecutor(Runnable userCode) {
        try {
            endpoint.setupExecutor().execute(userCode);
        } catch (RejectedExecutionException e) {
            fail(new RemotingSendRequestException("the client has ended", e, Outcome.NOT_SENT), false);
        }
    }

    private void onLoop(Runnable command) {
        if (loop.inEventLoop()) {
            command.run();
        } else if (!loop.isShuttingDown()) {
            loop.execute(command);
        }
    }
}
